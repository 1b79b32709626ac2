import { compile, type Compiled, type Tensor, type Tree } from '@neurite/core'
import type { Layer } from './layer.js'

/** A function compiled for one owner, and the programs it keeps, one for each combination of shapes; at most 16. */
export type CompiledOnce<A extends readonly unknown[], R> = Pick<Compiled<A, R>, 'program' | 'dispose'> &
  ((...args: A) => R)

/**
 * Compiles a function of an object (a model, a loss) and of tensors once for each such object, which is found again for as long
 * as the object lives. What its programs keep on a device goes when the object is collected, or at `dispose()`, after which
 * it compiles anew.
 *
 * @param f - as `compile` takes it, with the object before its arguments. Both must be pure: they are traced once for each
 * combination of shapes
 * @example
 * ```ts
 * import { mul, tensor, type Tensor } from '@neurite/core'
 * import { compileOnce } from '@neurite/nn'
 * const scaled = compileOnce((unit: { factor: number }, x: Tensor) => mul(x, unit.factor))
 * const metres = { factor: 0.001 }
 * await scaled(metres)(tensor([1500])).toArray() // => [1.5]
 * scaled(metres) === scaled(metres) // => true
 * ```
 */
export function compileOnce<K extends object, A extends readonly unknown[], R>(
  f: (owner: K, ...args: A) => R,
): (owner: K) => CompiledOnce<A, R> {
  const known = new WeakMap<K, CompiledOnce<A, R>>()
  return (owner) => {
    let found = known.get(owner)
    if (found === undefined) {
      const compiled = compileFor(f, new WeakRef(owner))
      collected.register(owner, compiled.dispose)
      found = keeping(owner, compiled)
      known.set(owner, found)
    }
    return found
  }
}

/**
 * The output of a model outside training, compiled once for the model: `forwardOf(model)(params, state, x)` is
 * `model.apply(params, x, { state })`. Whatever predicts or measures goes this way, so that a model has one set of programs,
 * of every backend, dtype and number of rows in use.
 *
 * @returns a function of params, state (undefined for a model without one) and a batch x
 * @throws NeuriteError what `model.apply` throws; `MIXED_BACKENDS`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { dense, forwardOf, sequential } from '@neurite/nn'
 * const model = sequential([dense(1)])
 * const params = [{ weight: tensor([[2]]), bias: tensor([1]) }]
 * const forward = forwardOf(model)
 * await forward(params, undefined, tensor([[3], [4]])).toArray() // => [[7], [9]]
 * forward.dispose() // frees the programs; not needed where the model goes as well
 * ```
 */
export const forwardOf: (model: Layer) => CompiledOnce<[params: Tree, state: Tree | undefined, x: Tensor], Tensor> =
  /* @__PURE__ */ compileOnce((model: Layer, params: Tree, state: Tree | undefined, x: Tensor) =>
    model.apply(params, x, state === undefined ? {} : { state }),
  )

const collected = /* @__PURE__ */ new FinalizationRegistry<() => void>((dispose) => dispose())

/** Holds the owner weakly: what the registry holds would keep it alive otherwise. */
function compileFor<K extends object, A extends readonly unknown[], R>(
  f: (owner: K, ...args: A) => R,
  owner: WeakRef<K>,
): Compiled<A, R> {
  return compile((...args: A) => f(owner.deref()!, ...args))
}

/** Holds the owner for whoever holds the function alone. */
function keeping<K extends object, A extends readonly unknown[], R>(
  owner: K,
  compiled: Compiled<A, R>,
): CompiledOnce<A, R> {
  const { program, dispose } = compiled
  return Object.assign((...args: A) => compiled(...args), { program, dispose, owner })
}
