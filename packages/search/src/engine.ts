import type { TrialCandidate, Trial } from './trials.js'

/** What is searched: plain data, by which an engine knows the same search again. */
export interface Study {
  readonly search: 'gridSearch' | 'randomSearch' | 'successiveHalving'
  /** The name of the objective in the installation of those who run it. */
  readonly objective: string
  readonly seed: number
  readonly mode: 'min' | 'max'
  /** Other numbers that the search depends on, such as the factor of successive halving. */
  readonly settings: Readonly<Record<string, number>>
  /** The points of the first round, in the order of trials. */
  readonly points: readonly unknown[]
}

/** Trials that do not depend on one another. Successive halving has several rounds; other searches have one. */
export interface Round<P> {
  /** From 0. */
  readonly index: number
  /** Which trials: those that the caller's leaderboard has already are left out. */
  readonly candidates: readonly TrialCandidate<P>[]
  readonly signal: AbortSignal | undefined
  /** Told of each trial as the engine learns of its end; awaited. */
  readonly onTrial: ((trial: Trial<P>) => void | Promise<void>) | undefined
}

/**
 * Runs the trials of a search elsewhere: on many machines, say. Points, seeds and ranking stay with the search, so that what it finds
 * does not depend on the engine.
 *
 * An engine gives each trial the seed `childSeed(study.seed, 'trial', id)`, counts it once, and answers in the order of the
 * candidates, with undefined for those that the signal came before. A trial that diverges (`NON_FINITE`), or gives a number that is not finite, is a failed trial;
 * it ends no search.
 */
export interface SearchEngine {
  runRound<P>(study: Study, round: Round<P>): Promise<(Trial<P> | undefined)[]>
}
