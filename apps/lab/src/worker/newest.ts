import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'

/** An answer that follows its question. */
export interface Followed<R> {
  readonly answer: Signal<R | undefined>
  readonly failure: Signal<string | undefined>
  /** Whether the answer is that of the present question. */
  readonly settled: Signal<boolean>
  /** Follows while the lab is open; returns what ends it. */
  start(): () => void
}

/**
 * Asks the worker again whenever the question changes: one call at a time and always the newest question, so that dragging never piles up
 * calls. The last answer stays until the next is there.
 */
export function newest<Q, R>(question: ReadonlySignal<Q>, ask: (question: Q) => Promise<R>): Followed<R> {
  const answer = signal<R | undefined>(undefined)
  const failure = signal<string | undefined>(undefined)
  const settled = signal(false)
  let waiting: { readonly question: Q } | undefined
  let busy = false
  const drain = async (): Promise<void> => {
    if (busy) return
    busy = true
    while (waiting !== undefined) {
      const { question: now } = waiting
      waiting = undefined
      try {
        answer.value = await ask(now)
        failure.value = undefined
      } catch (error) {
        failure.value = error instanceof Error ? error.message : String(error)
      }
    }
    busy = false
    settled.value = true
  }
  return {
    answer,
    failure,
    settled,
    start() {
      const stop = effect(() => {
        waiting = { question: question.value }
        settled.value = false
        void drain()
      })
      return () => {
        stop()
        waiting = undefined
      }
    },
  }
}
