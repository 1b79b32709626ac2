import { isExample, NAMES } from './names.js'

const [name] = process.argv.slice(2)
if (name === undefined) {
  console.log(`pnpm start NAME runs one of: ${NAMES.join(', ')}`)
} else if (isExample(name)) {
  await import(`./${name}.ts`)
} else {
  console.error(`There is no example '${name}'; there are: ${NAMES.join(', ')}.`)
  process.exitCode = 2
}
