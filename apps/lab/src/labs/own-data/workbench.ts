import { cpu } from '@neurite/backend-cpu'
import { NeuriteError } from '@neurite/core'
import { parseCsv, readCsv, type Table } from '@neurite/data'
import { decodeModel, type SavedModel } from '@neurite/io'
import type { TaskContext } from '@neurite/worker'
import { training } from './compute.js'
import { barsOf, summaryOf, type ColumnSummary, type TableSummary } from './describe.js'
import type { Cell, TrainingEvent } from './events.js'
import { csvOf, exampleCsv } from './examples.js'
import { MOST_BYTES, MOST_COLUMNS, MOST_ROWS } from './limits.js'
import type { Choices } from './plan.js'
import type { Example } from './state.js'

export type Source =
  | { readonly example: Example }
  /** A file that was dropped, or text that was pasted. It stays in this worker. */
  | { readonly file: Blob }

interface Opened {
  readonly table: Table
  readonly columns: readonly ColumnSummary[]
}

export interface Answer {
  readonly prediction: string | number
  /** Of each label. */
  readonly probabilities: readonly number[] | undefined
}

/** What the worker keeps: tables by name, and the model of the last training, from its file. */
const tables = new Map<string, Opened>()
let own = 0
const stopped = new Set<number>()
let loaded: { readonly run: number; readonly model: SavedModel } | undefined

function found(name: string): Opened {
  const opened = tables.get(name)
  if (opened === undefined) throw new NeuriteError('INVALID_ARGUMENT', `there is no table '${name}'.`)
  return opened
}

function opened(name: string, table: Table): TableSummary {
  if (table.columnNames.length > MOST_COLUMNS)
    throw new NeuriteError(
      'BAD_CSV',
      `the table has ${table.columnNames.length} columns; the lab takes ${MOST_COLUMNS}.`,
    )
  if (table.numRows === 0) throw new NeuriteError('BAD_CSV', 'the table has names, but no rows.')
  const columns = table.columnNames.map((column) => summaryOf(column, table.column(column)))
  tables.set(name, { table, columns })
  return { table: name, rows: table.numRows, columns, bars: barsOf(table) }
}

export async function openTable(source: Source, { signal }: TaskContext): Promise<TableSummary> {
  if ('example' in source) return opened(source.example, parseCsv(exampleCsv(source.example)))
  const table = await readCsv(source.file, { delimiter: 'auto', maxRows: MOST_ROWS, maxBytes: MOST_BYTES, signal })
  const summary = opened(`own ${own + 1}`, table)
  // One at a time: the last one goes when the next is there.
  tables.delete(`own ${own++}`)
  return summary
}

export async function* train(
  { table: name, choices, run }: { readonly table: string; readonly choices: Choices; readonly run: number },
  { signal }: TaskContext,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { table, columns } = found(name)
  const backend = cpu()
  try {
    for await (const event of training(table, columns, choices, { backend, stop: () => stopped.has(run), signal })) {
      if (event.kind === 'end') await load(run, event.file)
      yield event
    }
  } finally {
    stopped.delete(run)
    backend.dispose()
  }
}

/** Ends a training after its present epoch; what was learned stays. */
export function stopTraining({ run }: { readonly run: number }): void {
  stopped.add(run)
}

/** What is predicted with is the model file, as anybody who downloads it would have it. */
async function load(run: number, file: Uint8Array<ArrayBuffer>): Promise<void> {
  loaded?.model.dispose()
  loaded = { run, model: await decodeModel(file, { backend: cpu() }) }
}

export async function predictRow({
  run,
  names,
  cells,
}: {
  readonly run: number
  readonly names: readonly string[]
  readonly cells: readonly Cell[]
}): Promise<Answer | undefined> {
  if (loaded?.run !== run) return undefined
  const { model } = loaded
  // Names are data: '__proto__' is one like any other.
  const row = Object.fromEntries(names.map((name, i) => [name, cells[i]]))
  const prediction = await model.predict(row)
  const value = Array.isArray(prediction) ? prediction[0] : prediction
  return {
    prediction: typeof value === 'number' ? value : String(value),
    probabilities: model.labels === undefined ? undefined : await model.predictProbabilities(row),
  }
}

export const tableCsv = ({ table }: { readonly table: string }): string => csvOf(found(table).table)
