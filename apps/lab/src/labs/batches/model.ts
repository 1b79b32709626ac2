import { childSeed } from '@neurite/core'
import { batchIndices } from '@neurite/data'
import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { Playback } from '../../parts/playback.js'
import { latest } from '../../worker/latest.js'
import { inWorker } from '../../worker/remote.js'
import type { Cost, Traced } from './compute.js'
import { state } from './state.js'
import { iterationsOf, type Batching } from './training.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/batches')

const { d, m, order, rate, seed } = state.at

/** The part of the formula that is pointed at. */
export const lit = signal<string | undefined>(undefined)

/** M, which is never more than D. */
export const size = {
  get value() {
    return Math.min(m.value, d.value)
  },
  set value(to) {
    m.value = to
  },
  peek: () => Math.min(m.peek(), d.peek()),
}

export const batching = computed<Batching>(() => ({
  rows: d.value,
  size: size.value,
  order: order.value,
  rate: rate.value,
  seed: seed.value,
}))

export const traced = signal<Traced | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)

/** Iterations that were made, of those that are known. */
export const playback = new Playback(
  computed(() => traced.value?.losses.length ?? 0),
  { first: 5, more: 0.12, rest: state.at.iteration },
)

/** Where the training stands: the batch of the iteration that was made last. */
export const now = computed(() => {
  const each = iterationsOf(traced.value?.batching ?? batching.value)
  const made = playback.at.value
  const last = Math.max(0, made - 1)
  return { made, each, epoch: Math.floor(last / each), batch: made === 0 ? -1 : last % each }
})

const epochNow = computed(() => now.value.epoch)

/** The rows of the present epoch's batches, as `fit` draws them from the same seed. */
export const batchesNow = computed(() => {
  const { rows, size: batchSize, order, seed } = traced.value?.batching ?? batching.value
  return batchIndices(rows, { batchSize, order, seed: childSeed(seed, 'shuffle'), epoch: epochNow.value })
})

/** Costs of batch sizes, of the present rows and order. */
export const costs = signal<ReadonlyMap<number, Cost>>(new Map())
export const cost = computed(() => costs.value.get(size.value))

const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 400]
/** Those beside which M is seen, and M itself first of all. */
export const sizes = computed(() => {
  const { rows, size } = batching.value
  return [...new Set([size, 1, rows, ...SIZES.filter((one) => one < rows)])]
})
export const measured = computed(() => sizes.value.every((one) => costs.value.has(one)))

const refuse = (error: unknown): void => {
  failure.value = error instanceof Error ? error.message : String(error)
}

/** Trains anew at each change; and, when that rests, measures what batch sizes cost. */
export function follow(): () => void {
  const stops = [
    latest(
      batching,
      (asked, signal) => worker.call('traceBatches', asked, { signal }),
      (found) => {
        batch(() => {
          traced.value = found
          failure.value = undefined
        })
        playback.begin()
      },
      refuse,
    ),
    playback.start(),
    measure(),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** After the last change, so that a drag is not held up by what it will not need. */
const REST_MS = 350

function measure(): () => void {
  let running = new AbortController()
  let waiting: ReturnType<typeof setTimeout> | undefined
  let known = ''
  const stop = effect(() => {
    const asked = batching.value
    const wanted = sizes.value
    running.abort()
    const own = (running = new AbortController())
    clearTimeout(waiting)
    const key = [asked.rows, asked.order, asked.rate, asked.seed].join()
    if (key !== known) {
      known = key
      untracked(() => (costs.value = new Map()))
    }
    waiting = setTimeout(() => {
      costsOf(asked, wanted, own.signal).catch((error: unknown) => {
        if (!own.signal.aborted) refuse(error)
      })
    }, REST_MS)
  })
  return () => {
    stop()
    running.abort()
    clearTimeout(waiting)
  }
}

async function costsOf(asked: Batching, wanted: readonly number[], signal: AbortSignal): Promise<void> {
  for (const one of wanted) {
    if (costs.peek().has(one)) continue
    const found = await worker.call('costOf', { ...asked, size: one }, { signal })
    if (signal.aborted) return
    costs.value = new Map(costs.peek()).set(one, found)
  }
}
