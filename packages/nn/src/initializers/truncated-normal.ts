import { fillRandom, fold, resolveKey, sizeOf, tensor } from '@neurite/core'
import { initializer, type Initializer } from './initializer.js'
import { readNormal, type NormalOptions } from './simple.js'

/**
 * Normal with `mean` (default 0) and `standardDeviation` (default 0.05), without what lies more than two standard deviations from
 * the mean: such numbers are drawn again. The result's own standard deviation is 0.8796 times the given one.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a negative standard deviation, `UNKNOWN_OPTION`
 *
 * @example
 * ```ts
 * import { abs, key, max } from '@neurite/core'
 * import { truncatedNormal } from '@neurite/nn/initializers'
 * const w = truncatedNormal({ standardDeviation: 1 })([1000], key(0))
 * const largest = await max(abs(w)).item()
 * largest <= 2 // => true
 * ```
 */
export function truncatedNormal(parameters: NormalOptions = {}): Initializer {
  const { mean, standardDeviation } = readNormal('truncatedNormal', parameters)
  return initializer(
    { kind: 'truncatedNormal', mean, standardDeviation },
    (shape, key, { dtype = 'float32', ...place } = {}) => {
      // On the host, as what is drawn again depends on the values.
      const data = new Float64Array(sizeOf(shape))
      let missing = Array.from(data, (_, i) => i)
      for (let attempt = 0; missing.length > 0; attempt++) {
        const draws = new Float64Array(missing.length)
        fillRandom('normal', resolveKey(fold(key, attempt).source), draws)
        missing.forEach((i, j) => (data[i] = draws[j]!))
        missing = missing.filter((i) => Math.abs(data[i]!) > 2)
      }
      return tensor({ shape, data: data.map((z) => mean + standardDeviation * z) }, { dtype, ...place })
    },
  )
}
