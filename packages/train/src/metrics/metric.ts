import { checkOptions, NeuriteError, type ArrayData, type HostArray } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { checkFinite } from '../fit/data/finite.js'

/** What a metric may be told at a call. */
export interface MetricContext {
  /** One number >= 0 a row; default 1 each. */
  readonly weights?: HostArray
  /** True where predictions are logits; `fit` and `evaluate` take it from the loss. Default false. */
  readonly fromLogits?: boolean
}

/**
 * One number that judges predictions, computed over the whole set at once and never averaged over batches: the mean of
 * per-batch F1 scores, say, is no F1 score. Values are numbers on the host.
 */
export interface Metric {
  (prediction: HostArray, target: HostArray, context?: MetricContext): number
  /** The name it is exported under. */
  readonly kind: string
  /** Which way is better; `earlyStopping` and searches go by it. */
  readonly better: 'higher' | 'lower'
  /**
   * Refuses targets that the metric means nothing for, before anything is trained.
   *
   * @param width - numbers that the model predicts a row
   */
  readonly checkTarget?: (target: ArrayData, width: number) => void
}

/** A metric with default options, and the function that makes it with others: `f1(p, t)` and `f1({ average: 'micro' })(p, t)`. */
export type MetricFactory<O extends object> = Metric & ((options?: O) => Metric)

/** Prediction and target of a metric, checked: as many rows, and what each row counts. */
export interface Pair {
  readonly kind: string
  readonly rows: number
  readonly prediction: ArrayData
  readonly target: ArrayData
  readonly weights: ArrayData['data'] | undefined
  readonly fromLogits: boolean
}

/** Makes a metric and its factory. */
export function defineMetric<O extends object>(
  kind: string,
  better: Metric['better'],
  defaults: Required<O> | O,
  compute: (pair: Pair, options: O) => number,
  check?: (options: O) => void,
  known: readonly string[] = Object.keys(defaults),
  checkTarget?: (kind: string, target: ArrayData, width: number) => void,
): MetricFactory<O> {
  const described = {
    kind,
    better,
    ...(checkTarget && { checkTarget: (target: ArrayData, width: number) => checkTarget(kind, target, width) }),
  }
  const make = (given: O | undefined): Metric => {
    if (given !== undefined) checkOptions(kind, given, known)
    const options = { ...defaults, ...given }
    check?.(options)
    const metric = (prediction: HostArray, target: HostArray, context: MetricContext = {}): number =>
      compute(pairOf(kind, prediction, target, context), options)
    return Object.assign(metric, described)
  }
  const standard = make(undefined)
  const both = (first?: HostArray | O, target?: HostArray, context?: MetricContext): Metric | number =>
    target === undefined ? make(first as O | undefined) : standard(first as HostArray, target, context)
  return Object.assign(
    both as ((options?: O) => Metric) & ((prediction: HostArray, target: HostArray, context?: MetricContext) => number),
    described,
  )
}

/** @throws NeuriteError where the two do not have the same number of rows, at least one, or are not finite */
export function pairOf(kind: string, prediction: HostArray, target: HostArray, context: MetricContext = {}): Pair {
  checkOptions(kind, context, ['weights', 'fromLogits'])
  const p = hostArray(`${kind}: prediction`, prediction)
  const t = hostArray(`${kind}: target`, target)
  const rows = p.shape[0] ?? 0
  if (rows !== (t.shape[0] ?? 0) || rows === 0) {
    const message = `${kind}: prediction has shape [${p.shape.join(', ')}], target has shape [${t.shape.join(', ')}]; both need the same number of rows, at least one.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { prediction: p.shape, target: t.shape })
  }
  checkFinite(`${kind}: prediction`, p)
  checkFinite(`${kind}: target`, t)
  const weights = context.weights === undefined ? undefined : hostArray(`${kind}: weights`, context.weights).data
  if (
    weights !== undefined &&
    (weights.length !== rows || weights.some((weight) => !(weight >= 0)) || !weights.some((weight) => weight > 0))
  ) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${kind}: weights must be one number >= 0 for each of the ${rows} rows, not all 0.`,
      { rows },
    )
  }
  return { kind, rows, prediction: p, target: t, weights, fromLogits: context.fromLogits ?? false }
}
