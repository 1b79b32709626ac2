import { checkArgument, checkOptions, isTensor, tidy, type Tensor } from '@neurite/core'
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

/** A pure function of prediction and target. */
export interface Loss {
  (prediction: Tensor, target: Tensor, options?: LossCallOptions): Tensor
  /** The name it is exported by. */
  readonly kind: string
  /** The options it was made with, defaults included. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A loss with the default options, and the function that makes it with others: `mse(p, t)`, `mse({ reduction: 'sum' })(p, t)`. */
export interface LossFactory<O extends LossOptions = LossOptions> extends Loss {
  (options?: O): Loss
}

/** The options with no value missing. */
export type Resolved<O extends LossOptions> = { readonly [K in keyof O]-?: O[K] } & { readonly reduction: Reduction }

/**
 * Makes a loss that is its own factory.
 *
 * @param defaults - a value for every option; `undefined` for one that has none
 * @param terms - the loss before weights and reduction
 * @param check - refuses option values
 */
export function defineLoss<O extends LossOptions>(
  kind: string,
  defaults: Resolved<O>,
  terms: (kind: string, prediction: Tensor, target: Tensor, options: Resolved<O>) => Terms,
  check?: (kind: string, options: Resolved<O>) => void,
): LossFactory<O> {
  const make = (given: O | undefined): Loss => {
    checkOptions(kind, given ?? {}, Object.keys(defaults))
    const options: Resolved<O> = { ...defaults, ...given }
    const { reduction } = options
    checkArgument(
      ['mean', 'sum', 'none'].includes(reduction),
      () => `${kind}: reduction must be 'mean', 'sum' or 'none', got ${String(reduction)}.`,
    )
    for (const [name, value] of Object.entries(options)) {
      const yesOrNo = typeof defaults[name as keyof O] === 'boolean'
      checkArgument(
        !yesOrNo || typeof value === 'boolean',
        () => `${kind}: ${name} must be true or false, got ${String(value)}.`,
      )
    }
    check?.(kind, options)
    const loss = (prediction: Tensor, target: Tensor, call: LossCallOptions = {}): Tensor => {
      checkOptions(kind, call, ['weights'])
      return tidy(() => reduce(kind, terms(kind, prediction, target, options), reduction, call.weights))
    }
    return Object.assign(loss, { kind, options: Object.freeze(options) })
  }
  const standard = make(undefined)
  function both(prediction: Tensor, target: Tensor, call?: LossCallOptions): Tensor
  function both(options?: O): Loss
  function both(first?: Tensor | O, ...rest: [target?: Tensor, call?: LossCallOptions]): Loss | Tensor {
    return isTensor(first) || rest.length > 0 ? standard(first as Tensor, rest[0] as Tensor, rest[1]) : make(first)
  }
  return Object.assign(both, { kind, options: standard.options })
}
