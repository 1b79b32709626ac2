import type { Held, RoundKey, TrialKey } from '../store/trial-key.js'

/** What became of a job: nothing is left to do, or it is to be handed out again: at once, in so many ms, or, after a failure, later each time. */
export type Handled = 'done' | 'again' | 'failed' | { readonly later: number }

/** What is done with work that was handed out. */
export interface Handlers {
  readonly trial: (key: TrialKey) => Promise<Handled>
  /** Closes a round of a training, if it can be closed. */
  readonly close: (key: RoundKey) => Promise<Handled>
}

/** Who takes work from a queue, until it is closed. */
export interface Taker {
  /** Takes no more, and waits for what it has. */
  close(): Promise<void>
}

/** Options of a taker. */
export interface TakerOptions {
  /** How many jobs it has at once. */
  readonly concurrency: number
  /** ms after which a taker that was not heard of loses its jobs. */
  readonly lease: number
  readonly name: string
  readonly onError: (error: Error) => void
}

/**
 * Hands out work, at least once. What is true stands in the database; the queue is told of it, may lose it, and is told again.
 */
export interface Dispatch {
  /** That of another queue of the same services. */
  to(queue: string): Dispatch
  /** A trial has one job for each fence: telling it twice is telling it once. */
  add(trials: readonly Held[]): Promise<void>
  /**
   * A round as a flow: that it be closed is handed out when its trials are over, and once more after the deadline, in ms. As `add`, telling it
   * twice is telling it once.
   */
  addRound(round: RoundKey, trials: readonly Held[], deadline: number | null): Promise<void>
  /** Hands out once more that a round be closed, in case that was lost. */
  askToClose(round: RoundKey): Promise<void>
  /** Takes back what was to come at the deadline of a round that is closed. */
  forgetDeadline(round: RoundKey): Promise<void>
  take(handlers: Handlers, options: TakerOptions): Taker
  /** Calls back, soon after, when some job has ended somewhere. */
  onEnd(listener: () => void): Promise<Taker>
  /** How many jobs wait, wait for others, run, and are delayed. */
  counts(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}
