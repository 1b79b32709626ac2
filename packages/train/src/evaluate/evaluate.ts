import { checkArgument, type Tree } from '@neurite/core'
import { optional, or, readOptions } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import { abortError, inputIndices, type Layer } from '@neurite/nn'
import type { Dataset } from '../fit/data/dataset.js'
import { firstRows } from '../fit/data/host.js'
import { load, placeOf, type Placement } from '../fit/data/place.js'
import { Pull } from '../fit/data/pull.js'
import { isSource, type BatchSource } from '../fit/data/source.js'
import type { Metric } from '../metrics/metric.js'
import { aLoss, aSignal, aState, checkTrained, namedMetrics, someRows } from './arguments.js'
import { checkFiniteParams } from './finite-params.js'
import { evaluatorOf, type Measures } from './evaluator.js'
import { sourceEvaluatorOf } from './source-evaluator.js'

/** Options of {@link evaluate}. */
export interface EvaluateOptions<M extends Readonly<Record<string, Metric>> = Readonly<Record<string, Metric>>> {
  /** Reported as `loss`. Metrics ask it whether predictions are logits, so give it with them. */
  readonly loss?: Loss
  /** Reported under these names. */
  readonly metrics?: M
  /** Running statistics, as `fit` returned them. Needed only by models that have some (batchNorm). */
  readonly state?: Tree
  /** Rows that go through the model at once; no effect on the result but rounding. Default 256. */
  readonly batchSize?: number
  /** Ends the work with `ABORTED`. The event loop gets a turn between batches, so that an abort can arrive. */
  readonly signal?: AbortSignal
}

/** `loss` if one was given, and each metric. */
export type Report<Names extends string, L> = { readonly [Name in Names]: number } & (L extends Loss
  ? { readonly loss: number }
  : unknown)

/**
 * How good params are on data they were not fitted to: the loss, and metrics computed over all rows at once. Nothing is
 * learned, dropout is off. `sampleWeights` in the data count in both. A source of batches is gone through once; metrics then hold
 * every row's prediction and target.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` if neither loss nor metrics are given, or a metric does not suit the targets;
 * `SHAPE_MISMATCH`, `NON_FINITE` for data or params with NaN, or data that the params' dtype cannot hold, `ABORTED`,
 * `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { dense, sequential } from '@neurite/nn'
 * import { binaryCrossEntropy } from '@neurite/losses'
 * import { accuracy, evaluate } from '@neurite/train'
 * const model = sequential([dense(1)])
 * const params = [{ weight: tensor([[1]]), bias: tensor([0]) }] as const
 * const data = { x: [[-2], [3], [-1], [4]], y: [0, 1, 1, 1] }
 * const report = await evaluate(model, params, data, { loss: binaryCrossEntropy({ fromLogits: true }), metrics: { accuracy } })
 * report.accuracy // => 0.75
 * report.loss // => 0.376731753
 * ```
 */
export async function evaluate<
  L extends Loss | undefined = undefined,
  M extends Readonly<Record<string, Metric>> = Readonly<Record<never, Metric>>,
>(
  model: Layer,
  params: Tree,
  data: Dataset | BatchSource,
  options: EvaluateOptions<M> & { readonly loss?: L },
): Promise<Report<keyof M & string, L>> {
  checkTrained('evaluate', model, params)
  const { signal, ...read } = readOptions<EvaluateOptions, typeof READERS>('evaluate', options, READERS)
  const { loss, metrics, state, batchSize } = read
  checkArgument(
    loss !== undefined || Object.keys(metrics).length > 0,
    () => 'evaluate: nothing to measure; give a loss, metrics, or both.',
  )
  if (signal?.aborted === true) throw abortError('evaluate', signal)
  await checkFiniteParams('evaluate', { params, state })
  const measures = { model, loss, withLoss: loss !== undefined, metrics, batchSize, signal }
  const placement = (rows: Dataset): Placement => ({
    ...placeOf('evaluate', { params }, rows),
    indices: inputIndices(model),
    loss,
    outputShape: (inputShape) => model.outputShape(inputShape),
  })
  const values = isSource('evaluate', data)
    ? await overSource(measures, params, state, data, placement)
    : await inMemory(measures, params, state, data, placement)
  if (values === undefined) throw abortError('evaluate', signal)
  return values as Report<keyof M & string, L>
}

const READERS = {
  loss: /* @__PURE__ */ optional(aLoss),
  metrics: /* @__PURE__ */ or({}, namedMetrics),
  state: aState,
  batchSize: someRows,
  signal: /* @__PURE__ */ optional(aSignal),
}

async function inMemory(
  measures: Measures,
  params: Tree,
  state: Tree | undefined,
  data: Dataset,
  placement: (rows: Dataset) => Placement,
): Promise<Record<string, number> | undefined> {
  const loaded = await load('evaluate', data, placement(data))
  const rows = firstRows(loaded.rows)
  const evaluator = evaluatorOf('evaluate', measures, loaded, rows)
  try {
    return await evaluator.measure(params, state, 0)
  } finally {
    evaluator.dispose()
    for (const tensor of loaded.owned) tensor.dispose()
  }
}

/** In one pass. */
async function overSource(
  measures: Measures,
  params: Tree,
  state: Tree | undefined,
  source: BatchSource,
  placement: (rows: Dataset) => Placement,
): Promise<Record<string, number> | undefined> {
  const pull = new Pull('evaluate', source, { epoch: 0, seed: 0, signal: measures.signal }, undefined)
  try {
    const first = await pull.peek()
    // Only a signal comes before the first batch.
    if (first === undefined) return undefined
    return await sourceEvaluatorOf('evaluate', measures, () => pull, placement(first)).measure(params, state, 0)
  } finally {
    await pull.close()
  }
}
