import type { Objectives } from '../../src/index.js'

// What the workers of the tests have. Times are in ms.

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()))
  })

interface Point {
  readonly x: number
  readonly wait?: number
}

const value = (x: number, seed: number): number => Math.cos(x * 12.9898) * 43758.5453 + (seed % 1000) / 7

export const objectives: Objectives = {
  /** A number that depends on the point and the seed. */
  hash: async ({ x, wait = 0 }: Point, { seed, signal }) => {
    if (wait > 0) await sleep(wait, signal)
    return value(x, seed)
  },
}
