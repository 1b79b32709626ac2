import { takesNoOptions } from '@neurite/core/arguments'
import { checkArgument, greaterEqual, mul, randomUniform, where } from '@neurite/core'
import { configFrom } from '../config.js'
import { layer } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'
import { share } from '../readers.js'

/**
 * In training, sets each number to 0 with probability `rate` and divides the others by 1 - rate, so that the expected value
 * stays; otherwise does nothing (Srivastava et al. 2014; "inverted" dropout). Chapter 4.5, dropout ratio.
 *
 * @param rate - in [0, 1)
 * @throws NeuriteError `INVALID_ARGUMENT` for a rate outside [0, 1), and when training without `random`
 * @example
 * ```ts
 * import { key, ones } from '@neurite/core'
 * import { dropout } from '@neurite/nn'
 * const x = ones([1, 4])
 * await dropout(0.5).apply({}, x).toArray() // => [[1, 1, 1, 1]]
 * await dropout(0.5).apply({}, x, { training: true, random: key(3) }).toArray() // => [[2, 0, 2, 2]]
 * ```
 */
export function dropout(rate: number, ...none: readonly []): Layer<Nothing, Nothing> {
  takesNoOptions('dropout', none)
  share('dropout', 'rate', rate)
  return layer({
    name: 'dropout',
    config: configFrom('dropout', { rate }),
    map: 'identity',
    apply(_params, x, { training, random }) {
      if (!training || rate === 0) return x
      checkArgument(
        random !== undefined,
        () =>
          'dropout: training needs random numbers; pass { training: true, random: key(seed) }, with another key at each step.',
      )
      // float32 whatever x is: the same key drops the same elements in every dtype.
      const kept = greaterEqual(randomUniform(random, x.shape, { backend: x.backend }), rate)
      return where(kept, mul(x, 1 / (1 - rate)), 0)
    },
  })
}
