import { batch, computed, effect, signal } from '@preact/signals'
import { calm } from '../../app/theme.js'
import { newest } from '../../worker/newest.js'
import { inWorker } from '../../worker/remote.js'
import type { Net } from './grid.js'
import { EPOCHS, state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/graph')

const { seed, shuffled, epoch: upTo } = state.at

/** A few digits and the order in which their pixels are put. */
export const samples = newest(
  computed(() => ({ seed: seed.value })),
  (request) => worker.call('flattenSamples', request),
)

/** How far the pixels have come on the way to their other places, 0 to 1. */
export const mix = signal(0)

/** Pixels move when the order is changed; returns what ends that. */
export function movePixels(): () => void {
  let frame = 0
  const stop = effect(() => {
    const to = shuffled.value ? 1 : 0
    cancelAnimationFrame(frame)
    if (calm.matches) {
      mix.value = to
      return
    }
    const from = mix.peek()
    const began = performance.now()
    const step = (now: number): void => {
      const t = Math.min(1, (now - began) / 1600)
      mix.value = from + (to - from) * t * t * (3 - 2 * t)
      if (t < 1) frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
  })
  return () => {
    stop()
    cancelAnimationFrame(frame)
    mix.value = 0
  }
}

/** The accuracy of one network after each epoch, from none on. */
export type Accuracies = readonly number[]
export type Runner = `${Net} ${'original' | 'shuffled'}`
export const accuracies = signal<Readonly<Partial<Record<Runner, Accuracies>>>>({})
export const racing = signal(false)
export const failure = signal<string | undefined>(undefined)
/** Epochs that are done. */
export const done = computed(() => Math.max(0, (accuracies.value['conv shuffled']?.length ?? 0) - 1))
export const finished = computed(() => done.value >= EPOCHS)
/** The epoch that is looked at. */
export const epoch = computed(() => Math.min(upTo.value, done.value))

/** Looks back at an epoch; at the last one, on at those to come. */
export function lookAt(to: number): void {
  upTo.value = to >= done.peek() ? EPOCHS : to
}

/** The accuracies up to then. */
export const seen = computed(() =>
  Object.fromEntries(Object.entries(accuracies.value).map(([runner, all]) => [runner, all.slice(0, upTo.value + 1)])),
)

/** The accuracy of the last epochs, on the average, as each epoch had it. */
const recent = signal<Readonly<Partial<Record<Runner, Accuracies>>>>({})

/** What shuffling costs a network now, as a share of the test digits. */
export function harm(net: Net): number | undefined {
  const before = recent.value[`${net} original`]?.[epoch.value]
  const after = recent.value[`${net} shuffled`]?.[epoch.value]
  return before === undefined || after === undefined ? undefined : before - after
}

let running = new AbortController()

/** Trains all four from the beginning. */
export function startRace(): void {
  running.abort()
  const controller = (running = new AbortController())
  batch(() => {
    accuracies.value = {}
    recent.value = {}
    failure.value = undefined
    racing.value = true
  })
  const go = async (): Promise<void> => {
    const events = worker.stream('flattenRace', { seed: seed.peek() }, { signal: controller.signal })
    for await (const { net, shuffled: moved, accuracy, recent: lately } of events) {
      const key: Runner = `${net} ${moved ? 'shuffled' : 'original'}`
      batch(() => {
        accuracies.value = { ...accuracies.peek(), [key]: [...(accuracies.peek()[key] ?? []), accuracy] }
        recent.value = { ...recent.peek(), [key]: [...(recent.peek()[key] ?? []), lately] }
      })
      // To pause is not to ask.
      while (!racing.peek() && !controller.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 60))
      if (controller.signal.aborted) return
    }
  }
  go()
    .catch((error: unknown) => {
      if (!controller.signal.aborted) failure.value = error instanceof Error ? error.message : String(error)
    })
    .finally(() => {
      if (running === controller) racing.value = false
    })
}

/** Trains while flattening is on the stage, anew for each order of pixels; returns what ends it. */
export function race(): () => void {
  const stop = effect(() => {
    void seed.value
    if (calm.matches) accuracies.value = {}
    else startRace()
  })
  return () => {
    stop()
    running.abort()
    racing.value = false
  }
}
