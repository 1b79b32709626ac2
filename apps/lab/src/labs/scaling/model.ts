import { computed, effect, signal, untracked } from '@preact/signals'
import { calm } from '../../app/theme.js'
import { Rest } from '../../training/rest.js'
import { latest } from '../../worker/latest.js'
import { inWorker } from '../../worker/remote.js'
import type { Run, Scaled } from './compute.js'
import type { ScaledList } from './list.js'
import { LIMIT, MOST, SCALINGS, type Scaling } from './names.js'
import { state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/scaling')

const { rate, person, far, iteration } = state.at

/** What is pointed at, here or in the formula: a scaling, or `gradient`. */
export const lit = signal<string | undefined>(undefined)
/** Width over height of the pictures of the loss, as the stage has room. */
export const aspect = signal<number | undefined>(undefined)

export const valleys = signal<Readonly<Record<Scaling, Scaled>> | undefined>(undefined)
export const runs = signal<Readonly<Record<Scaling, Run>> | undefined>(undefined)
export const list = signal<ScaledList | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)

const outlier = computed(() => (person.value.length === 2 ? person.value : undefined))

/** Sets the last person's height and weight. */
export function drag(height: number, weight: number): void {
  const held = (value: number, least: number): number => Math.min(MOST, Math.max(least, Math.round(value)))
  person.value = [held(height, 20), held(weight, 5)]
}

/** The iteration that the stage shows, in all three at once. */
export const now = signal(0)
export const playing = signal(false)
const rest = new Rest(iteration)
/** Where the last of the three ends. */
export const last = computed(() => Math.max(1, ...SCALINGS.map((scaling) => runs.value?.[scaling].iterations ?? 1)))

/** Seconds for ten times as many iterations: ten, a hundred, a thousand come at the same pace. */
const DECADE = 2.2
let frame = 0
let before = 0

export function play(): void {
  if (now.peek() >= last.peek()) now.value = 0
  playing.value = true
  rest.say(0)
  before = performance.now()
  cancelAnimationFrame(frame)
  frame = requestAnimationFrame(advance)
}

export function pause(): void {
  playing.value = false
  cancelAnimationFrame(frame)
  rest.say(Math.floor(now.peek()))
}

export function scrub(to: number): void {
  pause()
  now.value = to
  rest.say(to)
}

export const toggle = (): void => (playing.peek() ? pause() : play())

export function step(): void {
  scrub(Math.min(LIMIT, Math.floor(now.peek()) + 1))
}

function advance(time: number): void {
  const seconds = Math.min(0.1, Math.max(0, (time - before) / 1000))
  before = time
  const at = now.peek()
  // Before the first iteration there is a moment to look.
  const next = at < 1 ? at + seconds / 0.7 : at * Math.exp((Math.LN10 * seconds) / DECADE)
  now.value = Math.min(last.peek(), next)
  if (now.peek() < last.peek()) frame = requestAnimationFrame(advance)
  else playing.value = false
}

/** From the beginning, or where a link says that it rests. */
function begin(): void {
  const { told = 0 } = rest
  now.value = calm.matches ? LIMIT : 0
  if (told > 0) scrub(Math.min(LIMIT, told))
  else if (!calm.matches) play()
}

/** Asks the worker for as long as the lab is open. */
export function open(): () => void {
  const fail = (error: unknown): void => {
    failure.value = error instanceof Error ? error.message : String(error)
  }
  const wanted = computed(() => ({ outlier: outlier.value, aspect: aspect.value }))
  rest.reopen()
  const ends = [
    effect(() => {
      if (rest.told !== undefined && runs.peek() !== undefined) untracked(begin)
    }),
    latest(
      computed(() => ({ outlier: outlier.value, share: rate.value / 100 })),
      (asked, signal) => worker.call('descents', asked, { signal }),
      (found) => {
        runs.value = found
        begin()
      },
      fail,
    ),
    latest(
      wanted,
      async ({ aspect, ...asked }, signal) =>
        aspect === undefined ? undefined : worker.call('scaled', { ...asked, aspect }, { signal }),
      (found) => {
        if (found !== undefined) valleys.value = found
      },
      fail,
    ),
    latest(
      computed(() => ({ outlier: far.value })),
      (asked, signal) => worker.call('scaledList', asked, { signal }),
      (found) => (list.value = found),
      fail,
    ),
  ]
  return () => {
    ends.forEach((end) => end())
    cancelAnimationFrame(frame)
    playing.value = false
    runs.value = undefined
  }
}
