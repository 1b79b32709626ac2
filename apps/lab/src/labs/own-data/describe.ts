import { minMaxScaler, standardScaler, type Column, type Table } from '@neurite/data'
import type { ColumnFacts, Task } from './plan.js'

/** More kinds of text than this are names, not categories. */
export const MOST_CATEGORIES = 100
/** More classes than this are not told apart in a picture. */
export const MOST_CLASSES = 30
/** Whole numbers of so few kinds may be meant as classes. */
export const FEW = 10
const BINS = 14
const SHOWN_CATEGORIES = 8

export interface ColumnSummary extends ColumnFacts {
  /** Different values, missing ones not counted. */
  readonly distinct: number
  readonly whole: boolean
  /** Of numbers, as standardScaler and minMaxScaler learn them; absent where there are none. */
  readonly spread?: { readonly mean: number; readonly deviation: number; readonly low: number; readonly high: number }
  /** Of text: what the first values of a form are, the most frequent first. */
  readonly categories: readonly string[]
}

export interface TableSummary {
  readonly table: string
  readonly rows: number
  readonly columns: readonly ColumnSummary[]
  readonly bars: readonly Bars[]
}

/** A small histogram: for each bin, how many rows of each class; without classes, of one. */
export interface Bars {
  readonly bins: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

export const isMissing = (cell: number | string): boolean =>
  typeof cell === 'number' ? Number.isNaN(cell) : cell === ''

export function summaryOf(name: string, column: Column): ColumnSummary {
  const present = Array.from<number | string>(column).filter((cell) => !isMissing(cell))
  const counts = new Map<number | string, number>()
  for (const cell of present) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const facts = { name, missing: column.length - present.length, distinct: counts.size }
  if (!(column instanceof Float64Array)) {
    const common = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_CATEGORIES)
    return { ...facts, type: 'text', whole: false, categories: common.map(([category]) => String(category)) }
  }
  const whole = present.every(Number.isInteger)
  return { ...facts, type: 'number', whole, categories: [], ...(present.length > 0 && { spread: spreadOf(column) }) }
}

function spreadOf(column: Float64Array): NonNullable<ColumnSummary['spread']> {
  const values = { shape: [column.length, 1], data: column }
  const { mean, scale } = standardScaler().fit(values)
  const { dataMin, dataMax } = minMaxScaler().fit(values)
  return { mean: mean[0]!, deviation: scale[0]!, low: dataMin[0]!, high: dataMax[0]! }
}

/** What a target may be learned as; none for a column that cannot be a target. The first is the suggestion. */
export function tasksOf({ type, distinct, whole }: ColumnSummary): readonly Task[] {
  if (distinct < 2) return []
  if (type === 'text') return distinct <= MOST_CLASSES ? ['classes'] : []
  if (!whole || distinct > MOST_CLASSES) return ['values']
  return distinct <= FEW ? ['classes', 'values'] : ['values', 'classes']
}

export const canBeFeature = ({ type, distinct }: ColumnSummary): boolean =>
  distinct > 0 && (type === 'number' || distinct <= MOST_CATEGORIES)

/** Columns that tell nothing, or that only number the rows, are left out until somebody wants them. */
export function isWorthwhile(column: ColumnSummary, rows: number): boolean {
  const { type, distinct, whole, spread } = column
  if (!canBeFeature(column) || distinct < 2) return false
  if (type === 'text') return distinct <= MOST_CLASSES && distinct < rows
  return !(whole && distinct === rows && spread !== undefined && spread.high - spread.low === rows - 1)
}

/** Histograms of all columns, by the classes of the target where there are some. */
export function barsOf(
  table: Table,
  target?: { readonly column: Column; readonly labels: readonly (number | string)[] },
): Bars[] {
  const classes = target?.labels.length ?? 1
  const classOf = target === undefined ? undefined : indexOf(target.labels)
  return table.columnNames.map((name) => {
    const column = table.column(name)
    const { bins, binOf } = column instanceof Float64Array ? numberBins(column) : textBins(column)
    const counts = bins.map(() => new Array<number>(classes).fill(0))
    for (let i = 0; i < column.length; i++) {
      const [bin, c] = [binOf(column[i]!), classOf === undefined ? 0 : classOf(target!.column[i]!)]
      if (bin !== undefined && c !== undefined) counts[bin]![c]!++
    }
    return { bins, counts }
  })
}

function indexOf(labels: readonly (number | string)[]): (cell: number | string) => number | undefined {
  const index = new Map(labels.map((label, i) => [label, i]))
  return (cell) => index.get(cell)
}

interface Bins {
  readonly bins: readonly string[]
  readonly binOf: (cell: number | string) => number | undefined
}

function numberBins(column: Float64Array): Bins {
  let [low, high] = [Infinity, -Infinity]
  for (const value of column) if (!Number.isNaN(value)) [low, high] = [Math.min(low, value), Math.max(high, value)]
  if (low > high) return { bins: [], binOf: () => undefined }
  const kinds = new Set(column.filter((value) => !Number.isNaN(value)))
  if (kinds.size <= FEW) {
    const values = [...kinds].sort((a, b) => a - b)
    return { bins: values.map(String), binOf: indexOf(values) }
  }
  const width = (high - low) / BINS
  return {
    bins: Array.from({ length: BINS }, (_, i) => `${Number((low + i * width).toPrecision(3))}`),
    binOf: (cell) => {
      const bin = Math.floor((Number(cell) - low) / width)
      return Number.isNaN(bin) ? undefined : Math.min(BINS - 1, Math.max(0, bin))
    },
  }
}

/** The most frequent kinds; the others share the last bin. */
function textBins(column: readonly string[]): Bins {
  const { categories } = summaryOf('', column)
  const shown = categories.length <= SHOWN_CATEGORIES ? categories : categories.slice(0, SHOWN_CATEGORIES - 1)
  const index = indexOf(shown)
  const others = shown.length < categories.length ? shown.length : undefined
  return {
    bins: others === undefined ? shown : [...shown, '…'],
    binOf: (cell) => (cell === '' ? undefined : (index(cell) ?? others)),
  }
}
