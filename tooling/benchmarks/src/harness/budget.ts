/** How much time goes into each subject at each workload. */
export interface Budget {
  /** Timed rounds. Each gives one sample. */
  readonly rounds: number
  /** Seconds of warming up before the first round: the compiler needs them. */
  readonly warmUp: number
  /** Seconds that a round should take; a run that takes longer is one run. */
  readonly round: number
  /** Seconds in all rounds together: slow runs get fewer rounds, though 3 where the budget has 3. */
  readonly total: number
  /** Runs longer than this many seconds are not repeated: the last run of the check is their only sample. */
  readonly once: number
}

export const FULL: Budget = { rounds: 9, warmUp: 0.4, round: 0.2, total: 8, once: 10 }

export const QUICK: Budget = { rounds: 3, warmUp: 0.1, round: 0.05, total: 2, once: 1 }

/** Many rounds shorter than the slices that a busy machine's scheduler deals out, for those who look at the best of them. */
export const BEST: Budget = { rounds: 60, warmUp: 0.3, round: 0.003, total: 3, once: 10 }

/** Rounds that runs of this length get. */
export function roundsFor(budget: Budget, seconds: number): number {
  const affordable = Math.floor(budget.total / Math.max(seconds, budget.round))
  return Math.min(budget.rounds, Math.max(3, affordable))
}

/** Runs in a round, from the length of one. */
export function runsFor(budget: Budget, seconds: number): number {
  return Math.max(1, Math.round(budget.round / seconds))
}
