import { fold, key, resolveKey } from '@neurite/core'

/** What a run draws random numbers for. Each has a stream of its own, so that one more draw for one changes no other. */
export type Purpose = 'shuffle' | 'split' | 'step'

/** A seed for functions that take seeds, independent of those of other purposes. */
export function seedFor(seed: number, purpose: Purpose): number {
  const [high, low] = resolveKey(fold(key(seed), purpose).source)
  // 53 bits: what a number holds exactly.
  return (high & 0x1f_ffff) * 0x1_0000_0000 + low
}
