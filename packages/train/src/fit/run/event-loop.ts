/** How long work may hold the event loop before it lets others run: less than a frame of a page at 60 frames a second, 16.7 ms. */
const SLICE_MS = 10

/**
 * Gives the event loop a turn whenever 10 ms have passed since the last: input events, timers and requests are served, and
 * an abort can arrive. Awaiting a promise is not enough for that, since microtasks run before anything else.
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
