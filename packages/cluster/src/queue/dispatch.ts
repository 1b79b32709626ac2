import type { Held, TrialKey } from '../store/trial-key.js'

/** What became of a job: nothing is left to do, or it is to be handed out again, after a failure later than at once. */
export type Handled = 'done' | 'again' | 'failed'

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
  /** A trial has one job for each fence: telling it twice is telling it once. */
  add(trials: readonly Held[]): Promise<void>
  take(handle: (key: TrialKey) => Promise<Handled>, options: TakerOptions): Taker
  /** Calls back, soon after, when some job has ended somewhere. */
  onEnd(listener: () => void): Promise<Taker>
  /** How many jobs wait, run, and are delayed. */
  counts(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}
