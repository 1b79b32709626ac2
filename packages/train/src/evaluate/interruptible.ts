import { NeuriteError } from '@neurite/core'
import { takeTurns } from '../fit/run/event-loop.js'

/**
 * For work that leaves nothing when it is cut short: called between its parts, it gives the event loop a turn where one is due.
 *
 * @throws NeuriteError `ABORTED`, now or at a later call, once the signal is aborted
 */
export function interruptible(where: string, signal: AbortSignal | undefined): () => Promise<void> | undefined {
  const turn = takeTurns()
  const heed = (): void => {
    if (signal?.aborted === true) throw aborted(where, signal)
  }
  heed()
  return () => {
    heed()
    return turn()?.then(heed)
  }
}

export function aborted(where: string, signal: AbortSignal | undefined): NeuriteError {
  return new NeuriteError('ABORTED', `${where}: the signal was aborted before the work was done.`, {}, signal?.reason)
}
