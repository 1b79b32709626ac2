import { fold, key, resolveKey } from './key.js'

/**
 * A seed for a part of what a seed stands for: a layer of a network, a trial of a search, the shuffling of a training. It depends
 * on the seed and on the path alone, so that one more draw for one part changes no other.
 *
 * @param seed - a whole number within ±(2^53 - 1)
 * @param path - names or whole numbers >= 0, as {@link fold} takes them
 * @returns a whole number in [0, 2^53)
 * @throws NeuriteError `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { childSeed } from '@neurite/core'
 * childSeed(0, 'shuffle') === childSeed(0, 'split') // => false
 * childSeed(7, 'trial', 3) === childSeed(7, 'trial', 3) // => true
 * ```
 */
export function childSeed(seed: number, ...path: readonly (number | string)[]): number {
  const [high, low] = resolveKey(path.reduce(fold, key(seed)).source)
  // 53 bits: what a number holds exactly.
  return (high >>> 11) * 0x1_0000_0000 + low
}
