import { writeBytes } from '../../src/index.js'

// A process of its own that writes files of one byte over and over, until it is killed or has done its part.
const [path = '', byte = '0', size = '1', times = 'Infinity'] = process.argv.slice(2)

for (let i = 0; i < Number(times); i++) {
  await writeBytes('writer', path, new Uint8Array(Number(size)).fill(Number(byte)))
  if (i === 0) process.stdout.write('first\n')
}
