import { PRIMITIVE_NAMES } from '@neurite/core'
import { getKernel } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import readme from '../README.md?raw'
import { capabilitiesOf, precisionsOf } from '../src/capabilities.js'
import { ENGINES } from '../src/engines.js'
import { tfjs } from '../src/index.js'
import { compositionsOf } from '../src/manifest.js'

// The README's tables say what the engines' manifests say.

await Promise.all([
  import('@tensorflow/tfjs-backend-cpu'),
  import('@tensorflow/tfjs-backend-wasm'),
  import('@tensorflow/tfjs-backend-webgl'),
  import('@tensorflow/tfjs-backend-webgpu'),
])

type Row = readonly [title: string, ...cells: string[]]

const kernelsOf =
  (engine: string) =>
  (kernel: string): boolean =>
    Boolean(getKernel(kernel, engine))

/** A row for each capability, as its property is called. */
async function capabilityRows(): Promise<Row[]> {
  const backend = await tfjs('cpu')
  const all = ENGINES.map((engine) => capabilitiesOf(engine, kernelsOf(engine), precisionsOf(engine)[0]!))
  const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
  return [
    ['dtypes', ...all.map(({ dtypes }) => dtypes.join(', '))],
    ['syncRead', ...all.map(({ syncRead }) => yesNo(syncRead))],
    ['float32Precision', ...ENGINES.map((engine) => precisionsOf(engine).join(' or '))],
    ['int32Precision', ...all.map(({ int32Precision }) => String(int32Precision))],
    ['missing', ...all.map(({ missing }) => missing.join(', ') || 'none')],
    // One object literal makes the backends of all engines.
    ['compile', ...ENGINES.map(() => yesNo(backend.compile !== undefined))],
  ]
}

/** Primitives that some engine runs by a composition, with its reason. */
function compositionRows(): Row[] {
  const tables = ENGINES.map((engine) => compositionsOf(engine, kernelsOf(engine)))
  return PRIMITIVE_NAMES.filter((name) => tables.some((table) => table.has(name))).map((name) => [
    name,
    ...tables.map((table) => table.get(name) ?? 'kernel'),
  ])
}

const tableOf = (corner: string, rows: readonly Row[]): string =>
  [[corner, ...ENGINES], ...rows.map(([title, ...cells]) => [`\`${title}\``, ...cells])]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')

/** A table's cells, whatever the formatter made of its spaces. */
const cells = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
    .map((line) => line.replace(/\s+/g, ' ').trim())

test.each([
  ['capabilities', async () => tableOf('capability', await capabilityRows())],
  ['compositions', async () => tableOf('primitive', compositionRows())],
])('the table of %s is up to date', async (name, expected) => {
  const [, table = ''] = readme.split(`<!-- ${name} -->`)
  expect(cells(table)).toEqual(cells(await expected()))
})

test.each(['cpu', 'wasm'])('the engine %s has the capabilities of the table', async (engine) => {
  const { capabilities } = await tfjs(engine)
  expect(capabilities).toEqual(capabilitiesOf(engine, kernelsOf(engine), precisionsOf(engine)[0]!))
})
