import { computed, signal, type Signal } from '@preact/signals'
import { calm } from '../../app/theme.js'
import type { Editable } from '../../parts/scrub.jsx'
import { latest } from '../../worker/latest.js'
import { inWorker } from '../../worker/remote.js'
import type { Losses, LossesRequest } from './compute.js'
import type { Fits, FitsRequest } from './fits.js'
import { TOP } from './names.js'
import { filled, state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/losses')

const { p, y, softmax, loss, along, heights, model } = state.at
const { fields } = state

/** A part of the formula or of the stage that is pointed at: `output`, `target`, `residual`, `gradient`, `term0`... */
export const lit = signal<string | undefined>(undefined)

export const prediction = computed(() => filled(p.value, fields.p.initial))
export const target = computed(() => filled(y.value, fields.y.initial))
export const points = computed(() => filled(heights.value, fields.heights.initial))

/** What the worker says of the present prediction, and of the present points. */
export const shown = signal<Losses | undefined>(undefined)
export const fitted = signal<Fits | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)

const LEAST = 0.001
const rounded = (value: number): number => Math.round(1000 * value) / 1000

/**
 * Numbers that add up to 1 after one of them was set: the others keep their proportions, as if the one score alone had moved. Of
 * zeros, each takes the same share.
 */
export function shared(values: readonly number[], i: number, to: number): readonly number[] {
  const rest = values.reduce((sum, value, k) => (k === i ? sum : sum + value), 0)
  return values.map((value, k) =>
    k === i ? to : rest > 0 ? (value * (1 - to)) / rest : (1 - to) / (values.length - 1),
  )
}

/** Sets one prediction; behind softmax none is exactly 0 or 1. */
export function setPrediction(i: number, to: number): void {
  const [low, high] = softmax.peek() ? [LEAST, 1 - LEAST * (prediction.peek().length - 1)] : [0, 1]
  const held = Math.min(high, Math.max(low, rounded(to)))
  p.value = softmax.peek() ? shared(prediction.peek(), i, held) : replaced(prediction.peek(), i, held)
}

export function setTarget(i: number, to: number): void {
  const held = Math.min(1, Math.max(0, rounded(to)))
  y.value = softmax.peek() ? shared(target.peek(), i, held) : replaced(target.peek(), i, held)
}

export function setHeight(i: number, to: number): void {
  const held = Math.min(TOP, Math.max(0, Math.round(20 * to) / 20))
  heights.value = replaced(points.peek(), i, held)
}

const replaced = (values: readonly number[], i: number, to: number): readonly number[] =>
  values.map((value, k) => (k === i ? to : value))

/** One number of a list, for a scrub. */
export const part = (
  of: { readonly value: readonly number[]; peek(): readonly number[] },
  i: number,
  set: (i: number, to: number) => void,
): Editable => ({
  get value() {
    return of.value[i]!
  },
  set value(to) {
    set(i, to)
  },
  peek: () => of.peek()[i]!,
})

const request = computed<LossesRequest>(() => ({
  prediction: prediction.value,
  target: target.value,
  softmax: softmax.value,
  along: along.value,
}))
const fitsRequest = computed<FitsRequest>(() => ({ heights: points.value, model: model.value }))

/** Asks the worker for as long as the lab is open, and brings the numbers in from where they say nothing yet. */
export function open(): () => void {
  const fail = (error: unknown): void => {
    failure.value = error instanceof Error ? error.message : String(error)
  }
  const ends = [
    latest(
      request,
      (asked, signal) => worker.call('losses', asked, { signal }),
      (found) => (shown.value = found),
      fail,
    ),
    latest(
      fitsRequest,
      (asked, signal) => worker.call('fits', asked, { signal }),
      (found) => (fitted.value = found),
      fail,
    ),
    rise(
      p,
      fields.p.initial,
      fields.p.initial.map(() => 1 / fields.p.initial.length),
    ),
    rise(
      heights,
      fields.heights.initial,
      fields.heights.initial.map((height) => Math.min(height, 3)),
    ),
    () => (falling.value = false),
  ]
  return () => ends.forEach((end) => end())
}

/** Moves numbers that nobody has touched from a plain beginning to where they are, so that what follows from them is seen to follow. */
function rise(numbers: Signal<readonly number[]>, to: readonly number[], from: readonly number[]): () => void {
  if (calm.matches || numbers.peek() !== to) return () => undefined
  const began = performance.now()
  let mine = from
  numbers.value = from
  let frame = requestAnimationFrame(function move(now) {
    if (numbers.peek() !== mine) return // somebody took over
    const t = Math.min(1, Math.max(0, (now - began - 400) / 1400))
    const eased = t * t * (3 - 2 * t)
    mine = t === 1 ? to : to.map((value, i) => from[i]! + eased * (value - from[i]!))
    numbers.value = mine
    if (t < 1) frame = requestAnimationFrame(move)
  })
  return () => {
    cancelAnimationFrame(frame)
    if (numbers.peek() === mine) numbers.value = to
  }
}

/** Whether the prediction follows its arrows. */
export const falling = signal(false)
export const steps = signal(0)
const RATE = 0.1

/** Gradient descent on the prediction, a step a frame, until it is asked to stop or there is nothing left to gain. */
export async function fall(): Promise<void> {
  falling.value = true
  steps.value = 0
  while (falling.peek() && steps.peek() < 600) {
    const before = prediction.peek()
    const next = await worker.call('descend', {
      prediction: before,
      target: target.peek(),
      softmax: softmax.peek(),
      loss: loss.peek(),
      rate: RATE,
    })
    if (!falling.peek() || prediction.peek() !== before) break
    p.value = next
    steps.value++
    if (next.every((value, i) => Math.abs(value - before[i]!) < 1e-5)) break
    await new Promise((resolve) => setTimeout(resolve, 33))
  }
  falling.value = false
}
