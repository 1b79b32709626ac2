import { fold, key, resolveKey } from '@neurite/core'

/** The seed of the i-th part: 53 bits of a folded key, so it depends on the seed and on i, and on nothing else. */
export function childSeed(seed: number, i: number): number {
  const [high, low] = resolveKey(fold(key(seed), i).source)
  return (high >>> 11) * 0x1_0000_0000 + low
}
