import { NeuriteError } from '@neurite/core'

/** As much of an AbortSignal as is looked at. */
export interface Abortable {
  readonly aborted: boolean
  readonly reason?: unknown
}

// What Node and browsers have; nn compiles without the types of either.
declare const performance: { now(): number }
declare const setImmediate: ((call: () => void) => void) | undefined
declare const MessageChannel: new () => { readonly port1: Port; readonly port2: Port }
interface Port {
  onmessage: (() => void) | null
  postMessage(message: null): void
  close(): void
}

/** How long work may hold the event loop before it lets others run: less than a frame of a page at 60 frames a second, 16.7 ms. */
const SLICE_MS = 10

/**
 * Gives the event loop a turn whenever 10 ms have passed since the last: input events, timers and requests are served, and
 * an abort can arrive. Awaiting a promise is not enough for that, since microtasks run before anything else.
 *
 * @returns called between parts of the work; undefined where no turn is due
 * @example
 * ```ts
 * import { takeTurns } from '@neurite/nn'
 * const turn = takeTurns()
 * turn() // => undefined
 * ```
 */
export function takeTurns(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < SLICE_MS) return undefined
    return macrotask().then(() => {
      last = performance.now()
    })
  }
}

/**
 * For work that leaves nothing when it is cut short: called between its parts, what it returns gives the event loop a turn where one is due, as
 * {@link takeTurns} does, and heeds a signal.
 *
 * @param where - the function's name, for the message
 * @throws NeuriteError `ABORTED`, with the signal's reason as its cause, now or at a later call, once the signal is aborted
 * @example
 * ```ts
 * import { interruptible } from '@neurite/nn'
 * interruptible('predict', undefined)() // => undefined
 * interruptible('predict', AbortSignal.abort()) // => throws ABORTED
 * ```
 */
export function interruptible(where: string, signal: Abortable | undefined): () => Promise<void> | undefined {
  const turn = takeTurns()
  const heed = (): void => {
    if (signal?.aborted === true) throw abortError(where, signal)
  }
  heed()
  return () => {
    heed()
    return turn()?.then(heed)
  }
}

/**
 * What work rejects with that a signal ended before it was done: `ABORTED`, with the signal's reason as its cause.
 *
 * @param where - the function's name, for the message
 * @example
 * ```ts
 * import { abortError } from '@neurite/nn'
 * abortError('predict', AbortSignal.abort('enough')).cause // => 'enough'
 * ```
 */
export function abortError(where: string, signal: Abortable | undefined): NeuriteError {
  return new NeuriteError('ABORTED', `${where}: the signal was aborted before the work was done.`, {}, signal?.reason)
}

/** Resolves in a later turn of the event loop. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve)
      return
    }
    // Browsers hold nested timers back by 4 ms; a message comes at once.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
