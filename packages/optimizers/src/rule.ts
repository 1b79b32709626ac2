import type { DType, Tensor, Tree } from '@neurite/core'
import type { ReadBy, Reader } from '@neurite/core/arguments'
import { configFrom } from './config.js'
import { aLearningRate, rateOf, rateOn, type LearningRate } from './learning-rate.js'
import { add, cast, checkArgument, full, mul, or, readOptions, reshape, tensorsIn, tidy } from './ops.js'
import type { Optimizer } from './optimizer.js'
import { aMask, notNegative } from './readers.js'
import { fill, home, mapTrees, readMask, type Mask } from './tree.js'

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** A number >= 0, a schedule, or an adjustable rate. */
  readonly learningRate?: LearningRate
  /** >= 0: how strongly weights are pulled toward 0. Added to the gradient (L2), except in `adamw` and `lion`. Default 0. */
  readonly weightDecay?: number
  /** Which params decay: by path and tensor, or a tree of booleans. Default: all. */
  readonly weightDecayMask?: Mask
}

/** A number, or a 0-d tensor of the params' dtype. */
export type Scalar = number | Tensor

/** a * b, where numbers stay numbers: literals of the program. */
export function times(a: Scalar, b: number): Scalar {
  return typeof a === 'number' ? a * b : mul(a, b)
}

/** A sum that forgets: beta * memory + x. */
export function fade(memory: Tensor, beta: number, x: Tensor): Tensor {
  return add(mul(memory, beta), x)
}

/** From a leaf's gradient and slots to its update and new slots. */
type Formula = (gradient: Tensor, ...slots: Tensor[]) => readonly Tensor[]

/** How one optimizer goes: what it remembers, and its formula. */
export interface Rule {
  /** Names of trees of the params' shapes in the state, and what they begin as. */
  readonly slots: Readonly<Record<string, number>>
  /** The formula depends on the number of the step. */
  readonly counts?: boolean
  /** A number in the state, by name, which begins as 1 and which step t multiplies by a factor. */
  readonly product?: { readonly name: string; readonly factor: (t: Tensor) => Tensor }
  /** Weights decay beside the gradient rather than through it (Loshchilov & Hutter 2019). */
  readonly decoupled?: boolean
  /**
   * Computes what all leaves of a dtype share, once.
   *
   * @param t - the number of this step, from 1 on; only where the rule counts
   * @param product - after this step; only where the rule has one
   */
  readonly prepare: (rate: Scalar, t: Tensor, product: Tensor) => Formula
}

/** A reader for each option that is the optimizer's own. */
type OwnReaders<O extends OptimizerOptions> = {
  readonly [Name in Exclude<keyof O, keyof OptimizerOptions>]-?: Reader<O[Name]>
}

/** What differs of the options that all optimizers take. */
interface Standard {
  readonly learningRate: number
  readonly weightDecay?: number
}

/** The optimizer of a rule. Its state has `step` and `learningRate` only where something needs them. */
export function fromRule<O extends OptimizerOptions, const R extends OwnReaders<O>>(
  where: string,
  given: O,
  standard: Standard,
  own: R,
  rule: (options: ReadBy<R>) => Rule,
): Optimizer {
  const common = {
    learningRate: or(standard.learningRate, aLearningRate),
    weightDecay: or(standard.weightDecay ?? 0, notNegative),
    weightDecayMask: or(true, aMask),
  }
  const options: ReadBy<typeof common> = readOptions<OptimizerOptions, typeof common>(where, given, {
    ...own,
    ...common,
  })
  const { learningRate, weightDecay, weightDecayMask } = options
  const {
    slots,
    counts = typeof learningRate === 'function',
    product,
    decoupled = false,
    prepare,
  } = rule(options as ReadBy<typeof common & R>)
  const names = Object.keys(slots)

  const init = (params: Tree): Tree => {
    const dtype = tensorsIn(params)[0]?.dtype ?? 'float32'
    const scalar = (value: number, as = dtype): Tensor => full([], value, { dtype: as, ...home(params) })
    return {
      ...(counts && { step: scalar(0, 'int32') }),
      ...(typeof learningRate === 'object' && { learningRate: scalar(learningRate.initial) }),
      ...(product && { [product.name]: scalar(1) }),
      ...Object.fromEntries(names.map((name) => [name, fill(params, slots[name]!)])),
    }
  }

  const update = (grads: Tree, state: Tree, params: Tree): [Tree, Tree] => {
    const scalars = state as { readonly [name: string]: Tensor | undefined }
    checkArgument(
      (!counts || 'step' in state) && names.every((name) => name in state),
      () => `${where}: the state is another optimizer's; begin with init(params).`,
    )
    const step = scalars.step && add(scalars.step, 1)
    const before = product && scalars[product.name]!
    const after = before && mul(before, product.factor(cast(step!, before.dtype)))
    const given = rateOf(learningRate, scalars)

    const prepared = new Map<DType, { readonly formula: Formula; readonly pull: Scalar }>()
    const preparedFor = (dtype: DType): { readonly formula: Formula; readonly pull: Scalar } => {
      const known = prepared.get(dtype)
      if (known) return known
      const rate = typeof given === 'number' ? given : cast(given, dtype)
      // Scalars that the rule did not ask for are absent.
      const formula = prepare(rate, (step && cast(step, dtype))!, (after && cast(after, dtype))!)
      const made = { formula, pull: decoupled ? times(rate, -weightDecay) : weightDecay }
      prepared.set(dtype, made)
      return made
    }
    const decays = weightDecay === 0 ? [] : readMask(where, 'weightDecayMask', weightDecayMask, params)
    let leaf = 0
    const [updates, ...nextSlots] = mapTrees(
      1 + names.length,
      (param, gradient, ...own) => {
        const { formula, pull } = preparedFor(param.dtype)
        const decay = decays[leaf++] ? mul(param, pull) : undefined
        const [change, ...rest] = formula(decay && !decoupled ? add(gradient, decay) : gradient, ...own)
        return [decay && decoupled ? add(change!, decay) : change!, ...rest]
      },
      params,
      grads,
      ...names.map((name) => (state as { readonly [name: string]: Tree })[name]!),
    )
    const next: Tree = {
      ...(step && { step }),
      // A handle of its own: whoever disposes of the old state must not take it along.
      ...(scalars.learningRate && { learningRate: reshape(scalars.learningRate, []) }),
      ...(after && { [product.name]: after }),
      ...Object.fromEntries(names.map((name, i) => [name, nextSlots[i]!])),
    }
    return [updates!, next]
  }

  return Object.freeze<Optimizer>({
    config: configFrom(where, options),
    init: (params) => tidy(() => init(params)),
    update: (grads, state, params) => tidy(() => update(grads, state, params)),
    learningRate: (state) =>
      tidy(() => {
        const rate = rateOf(learningRate, state as { readonly [name: string]: Tensor })
        return typeof rate === 'number' ? rateOn(full([], 0, home(state)).backend, rate) : reshape(rate, [])
      }),
    ...(typeof learningRate === 'object' && {
      withLearningRate(state: Tree, rate: number): Tree {
        const own = state as { readonly learningRate: Tensor }
        const { dtype, backend } = own.learningRate
        notNegative(where, 'the learning rate', rate)
        return { ...own, learningRate: full([], rate, { dtype, backend }) }
      },
    }),
  })
}
