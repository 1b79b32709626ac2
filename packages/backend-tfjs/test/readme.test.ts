import { PRIMITIVE_NAMES } from '@neurite/core'
import { getKernel } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import readme from '../README.md?raw'
import { ENGINES } from '../src/engines.js'
import { compositionsOf } from '../src/manifest.js'

// The README's table says what the manifest says.

await Promise.all([
  import('@tensorflow/tfjs-backend-cpu'),
  import('@tensorflow/tfjs-backend-wasm'),
  import('@tensorflow/tfjs-backend-webgl'),
  import('@tensorflow/tfjs-backend-webgpu'),
])

/** The rows of the table: primitives that some engine runs by a composition, with its reason. */
function tableOf(): string {
  const tables = ENGINES.map((engine) => compositionsOf(engine, (kernel) => Boolean(getKernel(kernel, engine))))
  const rows = PRIMITIVE_NAMES.filter((name) => tables.some((table) => table.has(name))).map(
    (name) => `| \`${name}\` | ${tables.map((table) => table.get(name) ?? 'kernel').join(' | ')} |`,
  )
  return [`| primitive | ${ENGINES.join(' | ')} |`, `| --- | ${ENGINES.map(() => '---').join(' | ')} |`, ...rows].join(
    '\n',
  )
}

/** A table's cells, whatever the formatter made of its spaces. */
const cells = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
    .map((line) => line.replace(/\s+/g, ' ').trim())

test('the table of compositions is up to date', () => {
  const [, table = ''] = readme.split('<!-- compositions -->')
  expect(cells(table)).toEqual(cells(tableOf()))
})
