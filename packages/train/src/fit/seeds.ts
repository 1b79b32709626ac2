import { fold, key, resolveKey, type Key } from '@neurite/core'

/** What a run draws random numbers for. Each has a stream of its own, so that one more draw for one changes no other. */
export type Purpose = 'shuffle' | 'split' | 'step' | 'source'

/** A seed for functions that take seeds, independent of those of other purposes. */
export function seedFor(seed: number, purpose: Purpose): number {
  return seedOf(fold(key(seed), purpose))
}

/** A seed for one epoch of a source, which may shuffle by it. */
export function epochSeed(seed: number, epoch: number): number {
  return seedOf(fold(fold(key(seed), 'source' satisfies Purpose), epoch))
}

function seedOf(key: Key): number {
  const [high, low] = resolveKey(key.source)
  // 53 bits: what a number holds exactly.
  return (high & 0x1f_ffff) * 0x1_0000_0000 + low
}
