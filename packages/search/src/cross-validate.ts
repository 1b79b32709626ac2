import { checkArgument, disposeTree, NeuriteError } from '@neurite/core'
import {
  aFunction,
  asGiven,
  either,
  must,
  optional,
  or,
  readOptions,
  whole,
  type Reader,
} from '@neurite/core/arguments'
import { kFold, type Labels, type SplitIndices } from '@neurite/data'
import type { Layer } from '@neurite/nn'
import { evaluate, fit, fitReaders, type Dataset, type FitOptions, type Metric } from '@neurite/train'
import { hostDataset, rowsOfDataset, type HostDataset } from './rows.js'

/** Options of {@link crossValidate}: those of each fold's `fit`, and how rows are dealt out. */
export interface CrossValidateOptions<M extends Readonly<Record<string, Metric>>> extends Omit<
  FitOptions,
  'metrics' | 'resume' | 'resumeDespite' | 'stratify' | 'groups'
> {
  readonly metrics?: M
  /**
   * How many, drawn with the seed; or the folds themselves, from `timeSeriesSplit`, `kFold` or elsewhere: rows to train with and
   * rows to test with. Default 5.
   */
  readonly folds?: number | readonly SplitIndices[]
  /** One label a row: each fold then has the classes in proportion. */
  readonly stratify?: Labels
  /** One label a row: rows of one label are in one fold, so that no person, say, is both learned from and tested. Not with `stratify`. */
  readonly groups?: Labels
  /**
   * Preparation learned from a fold's training rows alone, and applied to both parts: scalers that have seen the test rows
   * make results look better than they are.
   */
  readonly prepare?: Prepare
}

type Prepare = (train: HostDataset) => (part: HostDataset) => Dataset

/** What {@link crossValidate} found. */
export interface CrossValidation<Names extends string> {
  /** Loss and metrics of each fold's test rows. */
  readonly values: { readonly [Name in Names | 'loss']: readonly number[] }
  readonly mean: { readonly [Name in Names | 'loss']: number }
  /** Between folds, divided by their number. */
  readonly standardDeviation: { readonly [Name in Names | 'loss']: number }
  readonly folds: readonly (SplitIndices & { readonly epochs: number })[]
}

/**
 * Trains once for each fold on the rows of the others and measures on its own: how good a model can be expected to be on
 * rows it has not seen, and how much that varies. Rows in the order of time take `folds: timeSeriesSplit(rows)`, which tests on
 * later rows than it trains on.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for folds of rows that there are not, or that train with a row that they test; `ABORTED`;
 * what `fit`, `evaluate` and `kFold` throw
 * @example
 * ```ts
 * import { sparseCrossEntropy } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { adam } from '@neurite/optimizers'
 * import { crossValidate } from '@neurite/search'
 * import { accuracy } from '@neurite/train'
 * import { labelEncoder, readCsv, standardScaler } from '@neurite/data'
 * const table = (await readCsv('iris.csv')).withTarget('species')
 * const y = labelEncoder().fit(table.column('species')).transform(table.column('species'))
 * const { mean } = await crossValidate(sequential([dense(8, { activation: 'tanh' }), dense(3)]), { x: table.features, y }, {
 *   loss: sparseCrossEntropy({ fromLogits: true }), optimizer: adam({ learningRate: 0.02 }), epochs: 30,
 *   metrics: { accuracy }, folds: 5, stratify: y,
 *   prepare: ({ x }) => {
 *     const scaler = standardScaler().fit(x)
 *     return (part) => ({ ...part, x: scaler.transform(part.x) })
 *   },
 * })
 * mean.accuracy > 0.93 // => true
 * ```
 */
export async function crossValidate<M extends Readonly<Record<string, Metric>> = Readonly<Record<never, Metric>>>(
  model: Layer,
  data: Dataset,
  options: CrossValidateOptions<M>,
): Promise<CrossValidation<keyof M & string>> {
  const { resume: _resume, resumeDespite: _despite, ...readers } = fitReaders()
  const given: CrossValidateOptions<Readonly<Record<string, Metric>>> = options
  const { folds, stratify, groups, prepare, metrics, ...rest } = readOptions('crossValidate', given, {
    ...readers,
    folds: or(5, someFolds),
    groups: optional(asGiven<Labels>),
    prepare: or(unprepared, aFunction<Prepare>),
  })
  const { seed, loss, signal } = rest
  const host = await hostDataset('crossValidate', data)
  const splits = splitsOf(host.x.shape[0] ?? 0, folds, {
    seed,
    ...(stratify !== undefined && { stratify }),
    ...(groups !== undefined && { groups }),
  })
  const reports: Record<string, number>[] = []
  const done: (SplitIndices & { epochs: number })[] = []
  for (const split of splits) {
    checkSignal(signal, done.length, splits.length)
    const train = rowsOfDataset(host, split.trainIndices)
    const prepared = prepare(train)
    const order = typeof rest.order === 'object' ? rest.order.only(split.trainIndices) : rest.order
    const result = await fit(model, prepared(train), { ...rest, order } as FitOptions)
    try {
      // An abort leaves a fit that is not done.
      checkSignal(signal, done.length, splits.length)
      const { params, state } = result
      const test = prepared(rowsOfDataset(host, split.testIndices))
      const measured = { loss, metrics, state, ...(signal && { signal }) }
      reports.push(await evaluate(model, params, test, measured))
    } finally {
      disposeTree([result.params, result.state, result.optimizerState])
    }
    done.push({ ...split, epochs: result.epochs })
  }
  const names = ['loss', ...Object.keys(metrics)]
  const values = Object.fromEntries(names.map((name) => [name, reports.map((report) => report[name]!)]))
  const mean = Object.fromEntries(names.map((name) => [name, average(values[name]!)]))
  const standardDeviation = Object.fromEntries(
    names.map((name) => [name, Math.sqrt(average(values[name]!.map((value) => (value - mean[name]!) ** 2)))]),
  )
  const result: CrossValidation<string> = {
    values: withLoss(values),
    mean: withLoss(mean),
    standardDeviation: withLoss(standardDeviation),
    folds: done,
  }
  return result
}

const someFolds: Reader<number | readonly SplitIndices[]> = /* @__PURE__ */ either(
  'a whole number >= 2, or a list of folds, { trainIndices, testIndices } each',
  /* @__PURE__ */ whole(2),
  /* @__PURE__ */ must('a list of folds', areFolds),
)

function areFolds(value: unknown): value is readonly SplitIndices[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFold)
}

function isFold(value: unknown): value is SplitIndices {
  const { trainIndices, testIndices } = (value ?? {}) as Partial<SplitIndices>
  return [trainIndices, testIndices].every((rows) => rows instanceof Int32Array && rows.length > 0)
}

/** The folds that were given, checked, or new ones. */
function splitsOf(
  rows: number,
  folds: number | readonly SplitIndices[],
  options: { readonly seed: number; readonly stratify?: Labels; readonly groups?: Labels },
): readonly SplitIndices[] {
  if (typeof folds === 'number') return kFold(rows, { folds, ...options })
  checkArgument(
    options.stratify === undefined && options.groups === undefined,
    () => 'crossValidate: stratify and groups decide how folds are drawn; give folds, or one of them.',
  )
  for (const [k, { trainIndices, testIndices }] of folds.entries()) {
    const outside = [...trainIndices, ...testIndices].find((row) => row < 0 || row >= rows)
    checkArgument(
      outside === undefined,
      () => `crossValidate: fold ${k} has row ${outside}, the data has ${rows} rows.`,
    )
    const trained = new Set(trainIndices)
    const both = testIndices.find((row) => trained.has(row))
    checkArgument(both === undefined, () => `crossValidate: fold ${k} trains with row ${both}, which it tests.`)
  }
  return folds
}

function checkSignal(signal: AbortSignal | undefined, done: number, folds: number): void {
  if (signal?.aborted !== true) return
  throw new NeuriteError(
    'ABORTED',
    `crossValidate: aborted after ${done} of ${folds} folds.`,
    { folds: done },
    signal.reason,
  )
}

const unprepared =
  () =>
  (part: HostDataset): Dataset =>
    part

function average(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length
}

/** The record with the entry that it always has, as its type says. */
function withLoss<T>(record: Readonly<Record<string, T>>): Record<string, T> & { loss: T } {
  return { ...record, loss: record.loss! }
}
