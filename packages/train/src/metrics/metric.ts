import { NeuriteError, type ArrayData, type HostArray } from '@neurite/core'
import { aBoolean, asGiven, hostArray, or, readOptions, show } from '@neurite/core/arguments'
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
 * per-batch F1 scores, say, is no F1 score. Any function of a prediction and a target on the host is one.
 */
export interface Metric {
  (prediction: ArrayData, target: ArrayData, context?: MetricContext): number
  /** The name it is exported under. */
  readonly kind?: string
  /** Which way is better: `earlyStopping` and searches go by it. */
  readonly mode?: 'min' | 'max'
  /**
   * Refuses targets that the metric means nothing for, before anything is trained.
   *
   * @param width - numbers that the model predicts a row
   */
  readonly checkTarget?: (target: ArrayData, width: number) => void
}

/** A metric of this package: it takes whatever numbers a person has, and says what it is. */
export interface DescribedMetric extends Metric {
  (prediction: HostArray, target: HostArray, context?: MetricContext): number
  readonly kind: string
  readonly mode: 'min' | 'max'
}

/** A metric with default options, and the function that makes it with others: `f1(p, t)` and `f1({ average: 'micro' })(p, t)`. */
export interface MetricFactory<O extends object> extends DescribedMetric {
  (options?: O): DescribedMetric
}

/** The options of a metric that has none. */
export type None = Readonly<Record<never, never>>

/** Prediction and target of a metric, checked: as many rows, and what each row counts. */
export interface Pair {
  readonly kind: string
  readonly rows: number
  readonly prediction: ArrayData
  readonly target: ArrayData
  readonly weights: ArrayData['data'] | undefined
  readonly fromLogits: boolean
}

/** What makes a metric. */
export interface MetricDefinition<O extends object, R> {
  readonly kind: string
  readonly mode: 'min' | 'max'
  /** Checks the options and adds the defaults. */
  readonly read: (given: O) => R
  readonly compute: (pair: Pair, options: R) => number
  readonly checkTarget?: (kind: string, target: ArrayData, width: number) => void
}

/** Makes a metric and its factory. */
export function defineMetric<O extends object, R>(definition: MetricDefinition<O, R>): MetricFactory<O> {
  const { kind, mode, read, compute, checkTarget } = definition
  const described = {
    kind,
    mode,
    ...(checkTarget && { checkTarget: (target: ArrayData, width: number) => checkTarget(kind, target, width) }),
  }
  const make = (given: unknown): DescribedMetric => {
    if (!isPlain(given))
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${kind}: takes a prediction and a target, or an object of options to make a metric, got ${show(given)} alone.`,
      )
    const options = read(given as O)
    const metric = (prediction: unknown, target: unknown, context: MetricContext = {}): number =>
      compute(pairOf(kind, prediction, target, readOptions(kind, context, CONTEXT)), options)
    return Object.assign(metric, described)
  }
  const standard = make({})
  const both = (...given: unknown[]): DescribedMetric | number =>
    given.length > 1
      ? standard(...(given as [HostArray, HostArray, MetricContext?]))
      : make(given[0] === undefined ? {} : given[0])
  return Object.assign(both as MetricFactory<O>, described)
}

/** Makes a metric that has no options. */
export function plainMetric(definition: Omit<MetricDefinition<None, None>, 'read'>): MetricFactory<None> {
  return defineMetric({ ...definition, read: (given: None) => readOptions(definition.kind, given, {}) })
}

/** The readers of {@link MetricContext}. */
export const CONTEXT = {
  weights: asGiven<HostArray | undefined>,
  fromLogits: /* @__PURE__ */ or(false, aBoolean),
}

/** @throws NeuriteError where the two do not have the same number of rows, at least one, or are not finite */
export function pairOf(
  kind: string,
  prediction: unknown,
  target: unknown,
  { weights, fromLogits }: { readonly weights: HostArray | undefined; readonly fromLogits: boolean },
): Pair {
  const p = hostArray(`${kind}: prediction`, prediction)
  const t = hostArray(`${kind}: target`, target)
  const [rows = 0] = p.shape
  if (rows !== t.shape[0] || p.data.length === 0 || t.data.length === 0) {
    const message = `${kind}: prediction has shape [${p.shape.join(', ')}], target has shape [${t.shape.join(', ')}]; both need the same number of rows, at least one.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { prediction: p.shape, target: t.shape })
  }
  checkFinite(`${kind}: prediction`, p)
  checkFinite(`${kind}: target`, t)
  const counts = weights === undefined ? undefined : hostArray(`${kind}: weights`, weights).data
  if (
    counts !== undefined &&
    (counts.length !== rows ||
      !counts.every((weight) => weight >= 0 && weight < Infinity) ||
      counts.every((weight) => weight === 0))
  ) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${kind}: weights must be one finite number >= 0 for each of the ${rows} rows, not all 0.`,
      { rows },
    )
  }
  return { kind, rows, prediction: p, target: t, weights: counts, fromLogits }
}

/** Options are plain objects: a promise or a tensor is none, though it has no unknown names. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
