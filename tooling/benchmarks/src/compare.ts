import type { Aim } from './aims.js'
import type { Outcome } from './harness/measure.js'
import { ENOUGH_ROUNDS, ratios, type Summary } from './statistics.js'

/**
 * `unclear`: the middle half of the rounds' ratios lies on both sides of the aim, or fewer than 3 rounds are no proof.
 * Run again, longer or on a quieter machine.
 */
export type Verdict = 'met' | 'missed' | 'unclear'

export interface Comparison extends Aim {
  readonly ratio: Summary
  readonly verdict: Verdict
}

/** Whether a ratio reaches an aim. With too few rounds only a ratio of twice the aim, or of half of it, is clear. */
export function judge({ count, quartile1, median, quartile3 }: Summary, atLeast: number): Verdict {
  const [low, high] = count >= ENOUGH_ROUNDS ? [quartile1, quartile3] : [median / 2, median * 2]
  return low >= atLeast ? 'met' : high < atLeast ? 'missed' : 'unclear'
}

/** The aims that both sides were measured for, with what came of them. */
export function compare(
  aims: readonly Aim[],
  outcomes: ReadonlyMap<string, ReadonlyMap<string, Outcome>>,
): readonly Comparison[] {
  return aims.flatMap((aim) => {
    const measured = outcomes.get(aim.workload)
    const [ours, peer] = [measured?.get(aim.subject), measured?.get(aim.peer)]
    if (ours?.status !== 'measured' || peer?.status !== 'measured') return []
    const ratio = ratios(ours.samples, peer.samples)
    return [{ ...aim, ratio, verdict: judge(ratio, aim.atLeast) }]
  })
}
