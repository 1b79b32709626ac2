import { number, or, readOptions } from '../arguments/index.js'
import { NeuriteError } from '../errors/index.js'
import { sum, mul } from '../ops/index.js'
import { tensor } from '../tensor/create.js'
import type { Tensor } from '../tensor/tensor.js'
import { tidy } from '../tensor/scope.js'
import { allocate, type TypedArray } from '../tensor/dtype.js'
import { vjp } from './grad.js'

/** What {@link checkGradients} found. */
export interface GradientCheck {
  /** True if no gradient is off by more than the tolerance. */
  readonly ok: boolean
  /** The largest |analytic - numeric| / max(1, |analytic|, |numeric|). */
  readonly maxError: number
  /** Where that is: which input, and which of its elements (flat), with both values. */
  readonly worst: {
    readonly input: number
    readonly element: number
    readonly analytic: number
    readonly numeric: number
  }
}

/**
 * Compares the gradients of sum(f(xs) * c), for fixed uneven weights c, with central differences
 * (f(x + h) - f(x - h)) / 2h, element by element. Use float64 tensors: float32 has too few digits for differences.
 *
 * @param f - from tensors to one tensor, smooth around xs
 * @param options - `epsilon` (h) default 1e-5, `tolerance` default 1e-6
 * @throws NeuriteError `DTYPE_MISMATCH` for tensors that are not float64
 * @example
 * ```ts
 * import { checkGradients, tanh, tensor } from '@neurite/core'
 * const check = await checkGradients((x) => tanh(x!), [tensor([0.3, -2], { dtype: 'float64' })])
 * check.ok // => true
 * ```
 */
export async function checkGradients(
  f: (...xs: Tensor[]) => Tensor,
  xs: readonly Tensor[],
  options: { readonly epsilon?: number; readonly tolerance?: number } = {},
): Promise<GradientCheck> {
  const { epsilon, tolerance } = readOptions('checkGradients', options, {
    epsilon: or(1e-5, number('(0, Infinity)')),
    tolerance: or(1e-6, number('(0, Infinity)')),
  })
  for (const x of xs) {
    if (x.dtype !== 'float64')
      throw new NeuriteError(
        'DTYPE_MISMATCH',
        `checkGradients: differences need float64, got ${x.dtype}; make the tensors with { dtype: 'float64' }.`,
        { dtype: x.dtype },
      )
  }
  const [value, pullback] = vjp(f, ...xs)
  const weights = allocate(value.dtype, value.size).map((_, i) => Math.cos(i + 1) + 0.1)
  const c = tensor({ shape: value.shape, data: weights }, { backend: value.backend })
  const gradients = pullback(c)
  pullback.dispose()

  const evaluate = async (input: number, data: TypedArray): Promise<number> => {
    const total = tidy(() => {
      const moved = xs.map((x, i) => (i === input ? tensor({ shape: x.shape, data }, { backend: x.backend }) : x))
      return sum(mul(f(...moved), c))
    })
    const result = await total.item()
    total.dispose()
    return result
  }

  let maxError = 0
  let worst = { input: 0, element: 0, analytic: 0, numeric: 0 }
  for (const [input, x] of xs.entries()) {
    const data = await x.data()
    const analytics = await gradients[input]!.data()
    for (let element = 0; element < data.length; element++) {
      const at = data[element]!
      data[element] = at + epsilon
      const above = await evaluate(input, data)
      data[element] = at - epsilon
      const below = await evaluate(input, data)
      data[element] = at
      const numeric = (above - below) / (2 * epsilon)
      const analytic = analytics[element]!
      const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(analytic), Math.abs(numeric))
      // A NaN error must not look like none.
      if (!(error <= maxError)) {
        maxError = error
        worst = { input, element, analytic, numeric }
      }
    }
  }
  for (const own of [value, c, ...gradients]) own.dispose()
  return { ok: maxError <= tolerance, maxError, worst }
}
