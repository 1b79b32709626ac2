import { refusePromise } from '../errors/check.js'
import type { Tensor } from './tensor.js'
import { tensorsIn } from './tree.js'

const scopes: Set<Tensor>[] = []

/** Puts a new tensor under the innermost scope's care. */
export function register(tensor: Tensor): void {
  if (scopes.length > 0) scopes[scopes.length - 1]!.add(tensor)
}

/**
 * Runs `f` and gives back the memory of every tensor made in it, except those in its result (a tensor, or nested
 * arrays and objects of them). If `f` throws, everything made in it is given back.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` if `f` returns a promise: work after an await would escape the scope
 * @example
 * ```ts
 * import { mul, sum, tensor, tidy } from '@neurite/core'
 * const x = tensor([1, 2, 3])
 * const total = tidy(() => sum(mul(x, x))) // the product is released
 * await total.item() // => 14
 * ```
 */
export function tidy<T>(f: () => T): T {
  const scope = new Set<Tensor>()
  scopes.push(scope)
  let kept: ReadonlySet<Tensor> = new Set()
  try {
    const result = f()
    refusePromise('tidy', result)
    kept = new Set(tensorsIn(result))
    return result
  } finally {
    scopes.pop()
    for (const tensor of scope) {
      if (kept.has(tensor)) register(tensor)
      else tensor.dispose()
    }
  }
}

/**
 * Takes a tensor out of every surrounding `tidy`: it lives until disposed or garbage collected.
 *
 * @returns the tensor itself
 * @example
 * ```ts
 * import { keep, tensor, tidy, type Tensor } from '@neurite/core'
 * let best: Tensor | undefined
 * tidy(() => {
 *   best = keep(tensor([1, 2]))
 * })
 * best?.isReleased // => false
 * ```
 */
export function keep(tensor: Tensor): Tensor {
  for (const scope of scopes) scope.delete(tensor)
  return tensor
}
