import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, dropout, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { checkpoint, fit, loadCheckpoint } from '@neurite/train'
import type { Objective } from '@neurite/search'

export { trainings } from './trainings.js'

// What the workers of the tests have. Times are in ms.

setDefaultBackend(cpu())

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })

export interface Point {
  readonly x: number
  readonly wait?: number
}

const rows = Array.from({ length: 24 }, (_, i) => [i / 24, Math.cos(i)])
const data = { x: rows, y: rows.map(([a, b]) => Math.sin(5 * a!) * b!) }

const hash: Objective<Point> = async ({ x, wait = 0 }, { seed, signal, resource = 1 }) => {
  if (wait > 0) await sleep(wait, signal)
  return Math.cos(x * 12.9898 * resource) * 43758.5453 + (seed % 1000) / 7
}

export const objectives = {
  /** A number that depends on the point and the seed, in all its bits. */
  hash,

  /** Diverges at some points, and gives no number at others. */
  async sometimes({ x }, context) {
    const value = await hash({ x }, context)
    if (value < -20_000) throw new NeuriteError('NON_FINITE', `the loss is NaN at ${x}`)
    return value < 0 ? NaN : value
  },

  /** Trains with dropout, and may be interrupted after any iteration; `wait` makes each last. */
  async train({ x, wait = 0 }, { seed, signal, checkpoints }) {
    const model = sequential([dense(4, { activation: 'tanh' }), dropout(0.2), dense(1)])
    const { history } = await fit(model, data, {
      loss: mse,
      optimizer: adam({ learningRate: x }),
      epochs: 6,
      batchSize: 8,
      seed,
      signal,
      callbacks: [
        checkpoint(checkpoints, { everyIterations: 2 }),
        { name: 'slow', onIteration: () => sleep(wait, signal) },
      ],
      resume: await loadCheckpoint(checkpoints),
    })
    return history.loss.at(-1)!
  },

  /** 20 steps, each kept, and a thousand for each start. */
  async counts({ wait = 0 }, { signal, checkpoints }) {
    const [steps, starts] = (await checkpoints.load()) ?? [0, 0]
    const state = new Uint8Array([steps!, starts! + 1])
    while (state[0]! < 20 && !signal.aborted) {
      await sleep(wait, signal)
      state[0]!++
      await checkpoints.save(state)
    }
    return state[0]! + 1000 * state[1]!
  },

  /** Keeps more than the database takes, and waits; started again, it says how much that was. */
  async heavy(_, { signal, checkpoints }) {
    const kept = await checkpoints.load()
    if (kept !== undefined) return kept.length
    await checkpoints.save(Uint8Array.from({ length: 5_000_000 }, (_, i) => i))
    await sleep(60_000, signal)
    return 0
  },

  /** Keeps something, and fails. */
  async spoiled({ x }, { checkpoints }) {
    await checkpoints.save(new Uint8Array([7]))
    throw new TypeError(`nothing comes of ${x}`)
  },

  /** Fails with an error of the objective's own. */
  async broken({ x }, context) {
    if (x > 0.5) throw new TypeError(`cannot read the secret of ${x}`)
    return hash({ x }, context)
  },

  /** Takes its thread along. */
  async exits({ x }, context) {
    if (x > 0.5) process.exit(3)
    return hash({ x }, context)
  },

  /** Computes without letting anybody have a turn, and hears no signal. */
  async busy({ x, wait = 0 }, context) {
    const until = performance.now() + wait
    while (performance.now() < until);
    return hash({ x }, context)
  },
} satisfies Readonly<Record<string, Objective<Point>>>
