import { effect, type ReadonlySignal } from '@preact/signals'

/**
 * Answers the present request, and again whenever it changes. One answer is made at a time; of the requests that come meanwhile
 * only the last is answered, so that a drag never queues.
 *
 * @returns ends it
 */
export function latest<Q, R>(
  request: ReadonlySignal<Q>,
  answer: (request: Q, signal: AbortSignal) => Promise<R>,
  take: (answer: R, request: Q) => void,
  fail: (error: unknown) => void,
): () => void {
  const ended = new AbortController()
  let waiting: { readonly request: Q } | undefined
  let busy = false
  const run = async (): Promise<void> => {
    busy = true
    while (waiting !== undefined && !ended.signal.aborted) {
      const asked = waiting.request
      waiting = undefined
      try {
        const found = await answer(asked, ended.signal)
        if (!ended.signal.aborted) take(found, asked)
      } catch (error) {
        if (!ended.signal.aborted) fail(error)
      }
    }
    busy = false
  }
  const stop = effect(() => {
    waiting = { request: request.value }
    if (!busy) void run()
  })
  return () => {
    stop()
    ended.abort(new Error('The lab was left.'))
  }
}
