import { isTensor, tidy, type Tensor } from '@neurite/core'
import { aTensor, oneOf, optional, or, readOptions, type Reader } from '@neurite/core/arguments'
import { reduce, type Reduction, type Terms } from './reduce.js'

/** What every loss takes when it is made. */
export interface LossOptions {
  /**
   * How the losses of a batch become one number: 'mean', 'sum', or 'none' to leave them as they are. Default 'mean',
   * but 'sum' for the two that are sums by name, `sse` and `sumAbsoluteResiduals`.
   */
  readonly reduction?: Reduction
}

/** What every loss takes when it is called. */
export interface LossCallOptions {
  /**
   * One factor >= 0 a row (the first axis), of the prediction's dtype. 'mean' then divides by the sum of the weights,
   * as scikit-learn does; the loss is 0 if all are 0.
   */
  readonly weights?: Tensor
}

/**
 * What a loss compares with: class indices, a row of class probabilities for each example, -1 and 1, or numbers as the prediction has.
 * Where the prediction is logits or probabilities, `'values'` are between 0 and 1.
 */
export type Targets = 'indices' | 'rows' | 'signs' | 'values'

/** What a loss takes for a prediction: scores before softmax or sigmoid, those after it, or numbers of any other kind. */
export type Expects = 'logits' | 'probabilities' | 'values'

/**
 * A pure function of prediction and target: any `(prediction, target) => Tensor` is one. Those of this package also say what they
 * are, so that whoever prepares their targets or judges their predictions needs no list of names.
 */
export interface Loss {
  (prediction: Tensor, target: Tensor, options?: LossCallOptions): Tensor
  /** Its name. */
  readonly kind?: string
  /** The options it was made with, defaults included. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Default: unknown; targets go to it as they are. */
  readonly targets?: Targets
  /** Default: unknown. */
  readonly expects?: Expects
  /** Whether it heeds `weights`. Default: it does not, and weights are refused. */
  readonly weighs?: boolean
}

/** A loss that says all about itself, as every loss of this package does. */
export interface DescribedLoss extends Loss {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly targets: Targets
  readonly expects: Expects
  readonly weighs: true
}

/** A loss with the default options, and the function that makes it with others: `mse(p, t)`, `mse({ reduction: 'sum' })(p, t)`. */
export interface LossFactory<O extends LossOptions = LossOptions> extends DescribedLoss {
  (options?: O): DescribedLoss
}

/** The options with no value missing. */
export type Resolved<O extends LossOptions> = { readonly [K in keyof O]-?: O[K] } & { readonly reduction: Reduction }

/** A reader for each option but `reduction`. */
export type OwnReaders<O extends LossOptions> = {
  readonly [K in Exclude<keyof O, 'reduction'>]-?: Reader<Resolved<O>[K]>
}

/**
 * Makes a loss that is its own factory.
 *
 * @param reduction - the default
 * @param terms - the loss before weights and reduction
 * @param own - called, rather than given: a bundler then drops the readers with the loss
 */
export function defineLoss<O extends LossOptions>(
  kind: string,
  targets: Targets,
  reduction: Reduction,
  terms: (kind: string, prediction: Tensor, target: Tensor, options: Resolved<O>) => Terms,
  own?: () => OwnReaders<O>,
): LossFactory<O> {
  const make = (given: LossOptions = {}): DescribedLoss => {
    const readers = { reduction: or(reduction, oneOf('mean', 'sum', 'none')), ...own?.() }
    // The type of `own` holds the readers of O complete.
    const options = Object.freeze(readOptions(kind, given, readers)) as Resolved<O> & { readonly fromLogits?: boolean }
    const loss = (prediction: Tensor, target: Tensor, call: LossCallOptions = {}): Tensor => {
      const { weights } = readOptions(kind, call, { weights: optional(aTensor) })
      return tidy(() => reduce(kind, terms(kind, prediction, target, options), options.reduction, weights))
    }
    const expects = options.fromLogits === undefined ? 'values' : options.fromLogits ? 'logits' : 'probabilities'
    return Object.assign(loss, { kind, options, targets, expects, weighs: true } as const)
  }
  const standard = make()
  function both(prediction: Tensor, target: Tensor, call?: LossCallOptions): Tensor
  function both(options?: O): DescribedLoss
  function both(first?: Tensor | O, ...rest: [target?: Tensor, call?: LossCallOptions]): DescribedLoss | Tensor {
    return isTensor(first) || rest.length > 0 ? standard(first as Tensor, rest[0] as Tensor, rest[1]) : make(first)
  }
  const { options, expects } = standard
  return Object.assign(both, { kind, options, targets, expects, weighs: true } as const)
}
