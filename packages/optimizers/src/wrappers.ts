import type { Tensor, Tree } from '@neurite/core'
import { add, checkArgument, equal, full, isTensor, mapTree, mul, or, readOptions, sub, tidy, where } from './ops.js'
import { configFrom } from './config.js'
import { applyUpdates, type Optimizer } from './optimizer.js'
import { anOptimizer, count as aCount, share } from './readers.js'
import { fill, home } from './tree.js'

/** The state of {@link accumulate}. */
export type AccumulateState = { readonly count: Tensor; readonly total: Tree; readonly inner: Tree }

/**
 * Gathers gradients over `every` steps and lets the optimizer take one step with their mean, as with a batch `every` times as large.
 * In the steps between, updates are 0 and the optimizer's state (its step count too) stands still.
 *
 * @param options - `every`: a whole number >= 1
 * @example
 * ```ts
 * import { accumulate, adam } from '@neurite/optimizers'
 * const optimizer = accumulate(adam({ learningRate: 0.01 }), { every: 4 })
 * ```
 */
export function accumulate(optimizer: Optimizer, options: { readonly every: number }): Optimizer<AccumulateState> {
  const { every } = readOptions('accumulate', options, { every: aCount })
  return wrap('accumulate', { every }, optimizer, {
    init: (params) => ({
      count: full([], 0, { dtype: 'int32', ...home(params) }),
      total: fill(params, 0),
      inner: optimizer.init(params),
    }),
    update: (grads, { count, total, inner }, params) => {
      const sum = mapTree((before, gradient) => add(before, gradient), total, grads)
      const [updates, after] = optimizer.update(
        mapTree((x) => mul(x, 1 / every), sum),
        inner,
        params,
      )
      // There is no branching in a program: the step is always computed, and thrown away while it is not due.
      const due = equal(count, every - 1)
      return [
        mapTree((update) => where(due, update, 0), updates),
        {
          count: where(due, 0, add(count, 1)),
          total: mapTree((x) => where(due, 0, x), sum),
          inner: mapTree((now, before) => where(due, now, before), after, inner),
        },
      ]
    },
  })
}

/** The state of {@link ema}. */
export type EmaState = { readonly average: Tree; readonly inner: Tree }

/**
 * Keeps an exponential moving average of the params beside them: average <- decay * average + (1 - decay) * params after each step
 * (Polyak averaging). It often does better on new data than the last params. Read it with `averageParams`.
 *
 * @param options - `decay` in [0, 1), default 0.999
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { averageParams, ema, sgd } from '@neurite/optimizers'
 * const optimizer = ema(sgd({ learningRate: 1 }), { decay: 0.5 })
 * const params = { w: tensor([4]) }
 * const [, state] = optimizer.update({ w: tensor([4]) }, optimizer.init(params), params)
 * await (averageParams(state) as typeof params).w.item() // => 2
 * ```
 */
export function ema(optimizer: Optimizer, options: { readonly decay?: number } = {}): Optimizer<EmaState> {
  const { decay } = readOptions('ema', options, { decay: or(0.999, share) })
  return wrap('ema', { decay }, optimizer, {
    // Copies: the params themselves may be donated or disposed of.
    init: (params) => ({ average: mapTree((param) => mul(param, 1), params), inner: optimizer.init(params) }),
    update: (grads, { average, inner }, params) => {
      const [updates, after] = optimizer.update(grads, inner, params)
      const next = applyUpdates(params, updates)
      // One multiplication less than the two-sided form.
      return [
        updates,
        { average: mapTree((mean, param) => add(mul(sub(mean, param), decay), param), average, next), inner: after },
      ]
    },
  })
}

/**
 * The averaged params in the state of an optimizer made with `ema`, for evaluating or saving them. Looks into `chain` and `accumulate`.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` if there is none
 */
export function averageParams(state: Tree): Tree {
  const find = (node: Tree): Tree | undefined => {
    if (isTensor(node)) return undefined
    if (Array.isArray(node)) return node.map(find).find((found) => found !== undefined)
    const { average, inner } = node as Readonly<Record<string, Tree>>
    return inner && (average ?? find(inner))
  }
  const found = find(state)
  checkArgument(found !== undefined, () => 'averageParams: there are none; the optimizer needs ema(optimizer).')
  return found
}

function wrap<S extends { readonly inner: Tree } & Tree>(
  where: string,
  options: object,
  inner: Optimizer,
  { init, update }: Optimizer<S>,
): Optimizer<S> {
  anOptimizer(where, 'optimizer', inner)
  return Object.freeze<Optimizer<S>>({
    config: configFrom(where, { ...options, optimizer: inner }),
    init: (params) => tidy(() => init(params)),
    update: (grads, state, params) => tidy(() => update(grads, state, params)),
    ...(inner.learningRate && { learningRate: (state: S) => inner.learningRate!(state.inner) }),
    ...(inner.withLearningRate && {
      withLearningRate: (state: S, rate: number) => ({ ...state, inner: inner.withLearningRate!(state.inner, rate) }),
    }),
  })
}
