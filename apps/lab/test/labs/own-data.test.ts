import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { cpu } from '@neurite/backend-cpu'
import { parseCsv, type Table } from '@neurite/data'
import { decodeModel } from '@neurite/io'
import { expect, test } from 'vitest'
import { training } from '../../src/labs/own-data/compute.js'
import { summaryOf, type ColumnSummary } from '../../src/labs/own-data/describe.js'
import type { End, TrainingEvent } from '../../src/labs/own-data/events.js'
import { exampleCsv } from '../../src/labs/own-data/examples.js'
import type { Choices } from '../../src/labs/own-data/plan.js'
import { programOf } from '../../src/labs/own-data/program.js'
import { suggested } from '../../src/labs/own-data/suggest.js'

const LAB = resolve(import.meta.dirname, '../..')
const WAY: Omit<Choices, 'target' | 'task' | 'features'> = {
  scaling: 'standard',
  scaleTarget: true,
  hidden: [8],
  activation: 'tanh',
  learningRate: 0.01,
  batchSize: 16,
  epochs: 12,
  seed: 3,
}

const columnsOf = (table: Table): ColumnSummary[] =>
  table.columnNames.map((name) => summaryOf(name, table.column(name)))

async function trained(
  table: Table,
  choices: Choices,
  stopAfter = Infinity,
): Promise<{ events: TrainingEvent[]; end: End }> {
  const events: TrainingEvent[] = []
  let epochs = 0
  const options = { backend: cpu(), stop: () => ++epochs >= stopAfter }
  for await (const event of training(table, columnsOf(table), choices, options)) events.push(event)
  const end = events.at(-1)
  if (end?.kind !== 'end') throw new Error('a training ends')
  return { events, end }
}

function choose(csv: string, changes: Partial<Choices> = {}): { table: Table; choices: Choices } {
  const table = parseCsv(csv, { delimiter: 'auto' })
  return { table, choices: { ...suggested(columnsOf(table), table.numRows)!, ...WAY, ...changes } }
}

/** Writes program and table into a folder from which the packages are found, and runs it. */
async function run(program: string, csv: string): Promise<{ said: string; model: Buffer }> {
  await mkdir(join(LAB, '.reports'), { recursive: true })
  const folder = await mkdtemp(join(LAB, '.reports/program-'))
  try {
    await writeFile(join(folder, 'program.ts'), program)
    await writeFile(join(folder, 'table.csv'), csv)
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--conditions=@neurite/source', 'program.ts', 'table.csv', 'model.safetensors'],
      { cwd: folder },
    )
    return { said: stdout, model: await readFile(join(folder, 'model.safetensors')) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A table that a page must not stumble over: names that are code, gaps everywhere, quotes, a target with gaps. */
const HOSTILE = [
  '__proto__;"a ""quoted"" name";${process.exit(1)};constructor;kind',
  ...Array.from({ length: 90 }, (_, i) => {
    const gap = i % 11 === 0 ? '' : String(i % 7)
    return `${i % 5};${gap};${(i * 37) % 101};${['x', 'y', ''][i % 3]};${i % 13 === 0 ? '' : i % 5 < 2 ? "it's `low`" : '</script>'}`
  }),
].join('\n')

test.each([
  ['classes, text and gaps, hostile names', HOSTILE, {}],
  ['values, with what was learned of the target', exampleCsv('cafe'), {}],
  ['values as they are, min-max', exampleCsv('diabetes'), { scaling: 'minMax', scaleTarget: false, hidden: [] }],
  [
    'classes of numbers, nothing scaled',
    exampleCsv('cafe'),
    {
      target: 'discount_percent',
      task: 'classes',
      features: ['cups_sold', 'temperature_c'],
      scaling: 'none',
      hidden: [6, 4],
    },
  ],
] as const)(
  'the program makes the same numbers and the same model file: %s',
  { timeout: 60_000 },
  async (_, csv, changes) => {
    const { table, choices } = choose(csv, changes)
    const { end } = await trained(table, choices)
    const { said, model } = await run(programOf(columnsOf(table), choices, 'table.csv'), csv)
    const [loss, validation, score] = said.split('\n')
    expect(loss).toBe(`loss ${end.loss}`)
    expect(validation).toBe(`validation loss ${end.valLoss}`)
    expect(score).toBe(`test ${choices.task === 'classes' ? 'accuracy' : 'r2'} ${end.report.score}`)
    expect(model.equals(end.file)).toBe(true)
  },
)

test('a training that was stopped is that of as many epochs', async () => {
  const { table, choices } = choose(exampleCsv('iris'))
  const { end } = await trained(table, choices, 5)
  expect([end.epochs, end.stoppedBy]).toEqual([5, 'user'])
  const { end: short } = await trained(table, { ...choices, epochs: 5 })
  expect(end.loss).toBe(short.loss)
  expect(end.file).toEqual(short.file)
})

test('the model file takes raw rows, gaps and unknown text included', async () => {
  const { table, choices } = choose(HOSTILE)
  const { end } = await trained(table, choices)
  const model = await decodeModel(end.file, { backend: cpu() })
  const [first] = end.cells
  const known = Object.fromEntries(choices.features.map((name, i) => [name, first![i]]))
  const odd = { ...known, 'a "quoted" name': null, constructor: 'never seen' }
  expect(['</script>', "it's `low`"]).toContain(await model.predict(odd))
  if (end.shown.task !== 'classes') throw new Error('classes are told')
  expect(await model.predict(known)).toBe(['</script>', "it's `low`"].sort()[end.shown.told[0]!])
})

test('raw columns of wine fail where z-scores succeed, and diagnose says so beforehand', async () => {
  const { table, choices } = choose(exampleCsv('wine'), { hidden: [16], activation: 'relu', epochs: 60, seed: 5 })
  const scaled = await trained(table, choices)
  const raw = await trained(table, { ...choices, scaling: 'none' })
  expect(scaled.end.report.score).toBeGreaterThan(0.95)
  expect(raw.end.report.score).toBeLessThan(0.95)
  const kinds = ({ events: [ready] }: typeof raw): string[] =>
    ready?.kind === 'ready' ? ready.findings.map(({ kind }) => kind) : []
  expect(kinds(raw)).toEqual(['feature-scales', 'unscaled-features'])
  expect(kinds(scaled)).toEqual([])
})

test('what the lab suggests: the last column that can be told, and no column that only numbers the rows', () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i + 1},name ${i},${i % 4},${Math.sin(i)},${i % 2 ? 'yes' : 'no'},always`,
  )
  const { choices } = choose(['id,name,grade,x,answer,constant', ...rows].join('\n'))
  expect(choices).toMatchObject({ target: 'answer', task: 'classes', features: ['grade', 'x'] })
})
