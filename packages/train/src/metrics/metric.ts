import { NeuriteError, type ArrayData, type HostArray } from '@neurite/core'
import { aBoolean, asGiven, optional, or, readOptions, show } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import { pairOf, type Pair, type Takes } from './pair.js'
import { namesOfClasses } from './names.js'
import { rescaled } from './weighted-mean.js'

/** What a metric may be told at a call. */
export interface MetricContext {
  /** One number >= 0 a row; default 1 each. */
  readonly weights?: HostArray
  /** True where predictions are logits; `fit` and `evaluate` take it from the loss. Default false. */
  readonly fromLogits?: boolean
  /**
   * The names of the classes, in the order of the outputs: targets and predicted classes may then be these names. Default: where
   * both are names, those that come, sorted.
   */
  readonly labels?: readonly string[]
  /**
   * Whether a row of the target is a 0 or 1 for each of several labels, any number of which may hold, rather than one class;
   * `fit` and `evaluate` take it from the loss. Default: where a row of zeros and ones is not one-hot.
   */
  readonly multiLabel?: boolean
}

/**
 * One number that judges predictions, computed over the whole set at once and never averaged over batches: the mean of
 * per-batch F1 scores, say, is no F1 score. Any function of a prediction and a target on the host is one.
 */
export interface Metric {
  (prediction: ArrayData, target: ArrayData, context?: MetricContext): number
  /** The name it is exported under. */
  readonly kind?: string
  /** The options it was made with, defaults included. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Which way is better: `earlyStopping` and searches go by it. */
  readonly mode?: 'min' | 'max'
  /**
   * Refuses targets that the metric means nothing for, before anything is trained.
   *
   * @param width - numbers that the model predicts a row
   * @param context - as it will be told
   */
  readonly checkTarget?: (target: ArrayData, width: number, context?: MetricContext) => void
}

/** A metric of this package: it takes whatever numbers a person has (`Labels`: class names, too), and says what it is. */
export interface DescribedMetric<Input = HostArray> extends Metric {
  (prediction: Input, target: Input, context?: MetricContext): number
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly mode: 'min' | 'max'
}

/** A metric with default options, and the function that makes it with others: `f1(p, t)` and `f1({ average: 'micro' })(p, t)`. */
export interface MetricFactory<O extends object, Input = HostArray> extends DescribedMetric<Input> {
  (options?: O): DescribedMetric<Input>
}

/** The options of a metric that has none. */
export type None = Readonly<Record<never, never>>

/** What makes a metric. */
export interface MetricDefinition<O extends object, R, Value = number> {
  readonly kind: string
  readonly mode: 'min' | 'max'
  /** Default 'numbers'. */
  readonly takes?: Takes
  /** Checks the options and adds the defaults. */
  readonly read: (given: O) => R
  readonly compute: (pair: Pair, options: R) => Value
  readonly checkTarget?: (target: Pair, width: number, options: R) => void
}

/** Makes a metric and its factory. */
export function defineMetric<O extends object, R extends object, Value = number>(
  definition: MetricDefinition<O, R, Value> & { readonly takes: 'classes' | 'scores' },
): MetricFactory<O, Labels>
export function defineMetric<O extends object, R extends object, Value = number>(
  definition: MetricDefinition<O, R, Value>,
): MetricFactory<O>
export function defineMetric<O extends object, R extends object, Value>({
  kind,
  mode,
  takes = 'numbers',
  read,
  compute,
  checkTarget,
}: MetricDefinition<O, R, Value>): unknown {
  const make = (given: unknown): object => {
    if (!isPlain(given))
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${kind}: takes a prediction and a target, or an object of options to make a metric, got ${show(given)} alone.`,
      )
    const options = Object.freeze(read(given as O))
    const metric = (prediction: unknown, target: unknown, context: MetricContext = {}): Value => {
      const pair = pairOf(kind, takes, prediction, target, readOptions(kind, context, CONTEXT))
      return compute({ ...pair, weights: rescaled(pair.weights) }, options)
    }
    const check = checkTarget && {
      checkTarget(target: ArrayData, width: number, context: MetricContext = {}) {
        checkTarget(pairOf(kind, takes, target, target, readOptions(kind, context, CONTEXT)), width, options)
      },
    }
    return Object.assign(metric, { kind, mode, options, ...check })
  }
  const standard = make({}) as DescribedMetric
  const both = (...given: unknown[]): unknown =>
    given.length > 1
      ? standard(...(given as [HostArray, HostArray, MetricContext?]))
      : make(given[0] === undefined ? {} : given[0])
  const { options, checkTarget: check } = standard
  return Object.assign(both, { kind, mode, options, ...(check && { checkTarget: check }) })
}

/** Makes a metric that has no options. */
export function plainMetric(
  definition: Omit<MetricDefinition<None, None>, 'read'> & { readonly takes: 'classes' | 'scores' },
): MetricFactory<None, Labels>
export function plainMetric(definition: Omit<MetricDefinition<None, None>, 'read'>): MetricFactory<None>
export function plainMetric(definition: Omit<MetricDefinition<None, None>, 'read'>): MetricFactory<None> {
  return defineMetric({ ...definition, read: (given: None) => readOptions(definition.kind, given, {}) })
}

/** The readers of {@link MetricContext}. */
export const CONTEXT = {
  weights: asGiven<HostArray | undefined>,
  fromLogits: /* @__PURE__ */ or(false, aBoolean),
  labels: /* @__PURE__ */ optional(namesOfClasses),
  multiLabel: /* @__PURE__ */ optional(aBoolean),
}

/** Options are plain objects: a promise or a tensor is none, though it has no unknown names. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
