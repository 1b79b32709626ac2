/** What is reported of a handful of samples. On a shared machine the middle half says more than mean and deviation. */
export interface Summary {
  readonly count: number
  readonly minimum: number
  readonly quartile1: number
  readonly median: number
  readonly quartile3: number
}

/** The q-th quantile (0 to 1) by linear interpolation between the sorted samples, as NumPy's default. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new Error('a quantile needs at least one sample')
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = Math.floor(at)
  const below = sorted[low]!
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!
  return below + (above - below) * (at - low)
}

/** @throws Error without samples */
export function summarize(samples: readonly number[]): Summary {
  return {
    count: samples.length,
    minimum: Math.min(...samples),
    quartile1: quantile(samples, 0.25),
    median: quantile(samples, 0.5),
    quartile3: quantile(samples, 0.75),
  }
}

/** The distance between the quartiles, as a part of the median. */
export function spread({ quartile1, median, quartile3 }: Summary): number {
  return (quartile3 - quartile1) / median
}

/** Fewer rounds than this have no spread worth the name. */
export const ENOUGH_ROUNDS = 3

/**
 * How many times faster `ours` is than `peer`: the ratio within each round, so that a slow moment of the machine, which
 * both felt, cancels. The rounds that only one of them has do not count. With too few rounds, the ratio of the medians.
 */
export function ratios(ours: readonly number[], peer: readonly number[]): Summary {
  const rounds = Math.min(ours.length, peer.length)
  if (rounds >= ENOUGH_ROUNDS) return summarize(Array.from({ length: rounds }, (_, i) => peer[i]! / ours[i]!))
  return { ...summarize([quantile(peer, 0.5) / quantile(ours, 0.5)]), count: rounds }
}
