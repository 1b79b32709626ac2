import { disposeTree, NeuriteError } from '@neurite/core'
import { aFunction, or, readOptions, whole } from '@neurite/core/arguments'
import { kFold, type Labels, type SplitIndices } from '@neurite/data'
import type { Layer } from '@neurite/nn'
import { evaluate, fit, fitReaders, type Dataset, type FitOptions, type Metric } from '@neurite/train'
import { hostDataset, rowsOfDataset, type HostDataset } from './rows.js'

/** Options of {@link crossValidate}: those of each fold's `fit`, and how rows are dealt out. */
export interface CrossValidateOptions<M extends Readonly<Record<string, Metric>>> extends Omit<
  FitOptions,
  'metrics' | 'resume' | 'resumeDespite' | 'stratify'
> {
  readonly metrics?: M
  /** Default 5. */
  readonly folds?: number
  /** One label a row: each fold then has the classes in proportion. */
  readonly stratify?: Labels
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
 * rows it has not seen, and how much that varies.
 *
 * @throws NeuriteError what `fit`, `evaluate` and `kFold` throw
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
  const { folds, stratify, prepare, metrics, ...rest } = readOptions('crossValidate', given, {
    ...readers,
    folds: or(5, whole(2)),
    prepare: or(unprepared, aFunction<Prepare>),
  })
  const { seed, loss, signal } = rest
  const host = await hostDataset('crossValidate', data)
  const splits = kFold(host.x.shape[0] ?? 0, { folds, seed, ...(stratify !== undefined && { stratify }) })
  const reports: Record<string, number>[] = []
  const done: (SplitIndices & { epochs: number })[] = []
  for (const split of splits) {
    if (signal?.aborted === true)
      throw new NeuriteError(
        'ABORTED',
        `crossValidate: aborted after ${done.length} of ${folds} folds.`,
        { folds: done.length },
        signal.reason,
      )
    const train = rowsOfDataset(host, split.trainIndices)
    const prepared = prepare(train)
    const order = typeof rest.order === 'object' ? rest.order.only(split.trainIndices) : rest.order
    const result = await fit(model, prepared(train), { ...rest, order } as FitOptions)
    reports.push(
      await evaluate(model, result.params, prepared(rowsOfDataset(host, split.testIndices)), {
        loss,
        metrics,
        state: result.state,
      }),
    )
    done.push({ ...split, epochs: result.epochs })
    disposeTree([result.params, result.state, result.optimizerState])
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
