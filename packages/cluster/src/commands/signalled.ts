import type { Io } from './io.js'

/** Until somebody ends the program, for the first time: what comes after ends it at once. */
export async function signalled(io: Io): Promise<void> {
  await new Promise<void>((resolve) => {
    let times = 0
    io.onSignal(() => (times++ === 0 ? resolve() : io.exit(1)))
  })
}
