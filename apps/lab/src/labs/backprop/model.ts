import { batch, computed, effect, signal } from '@preact/signals'
import { latest } from '../../worker/latest.js'
import { inWorker } from '../../worker/remote.js'
import type { Backprop, BackpropRequest, Measured } from './compute.js'
import { namesOfParams, sizesOf, valuesOf } from './networks.js'
import { state, MOST_DELTA } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/backprop')

const { net, phi, loss, x, t, w, b, bias, at, path, dx, delta } = state.at

/** The value that is pointed at, on the stage or in a formula: `n12`. */
export const lit = signal<string | undefined>(undefined)

export const values = computed(() =>
  valuesOf(net.value, { x: x.value, t: t.value, w: w.value, b: b.value }, bias.value),
)

const problem = computed(() => ({ net: net.value, phi: phi.value, loss: loss.value, ...values.value }))
/** All that is learned, by name. */
export const params = computed(() => namesOfParams(net.value, bias.value))
/** The weight or bias whose path is lit. */
export const pathName = computed(() => params.value[path.value - 1])
const request = computed<BackpropRequest>(() =>
  pathName.value === undefined ? { ...problem.value, dx: dx.value } : { ...problem.value, path: pathName.value },
)

/** The network of the last answer; it is drawn, so that all on the stage belongs together. */
export const shown = signal<Backprop | undefined>(undefined)
export const measured = signal<Measured | undefined>(undefined)
export const refused = signal<string | undefined>(undefined)

/** Asks the worker for what is to be shown, from now on. */
export function follow(): () => void {
  const refuse = (reason: unknown): void => {
    refused.value = reason instanceof Error ? reason.message : String(reason)
  }
  const ends = [
    latest(
      request,
      (asked, signal) => worker.call('backprop', asked, { signal }),
      (answer) => {
        shown.value = answer
        refused.value = undefined
      },
      refuse,
    ),
    latest(
      computed(() => ({ ...problem.value, delta: delta.value, mostDelta: MOST_DELTA })),
      (asked, signal) => worker.call('measureStep', asked, { signal }),
      (answer) => (measured.value = answer),
      refuse,
    ),
  ]
  return () => ends.forEach((end) => end())
}

export const steps = computed(() => shown.value?.steps ?? [])
/** How many steps the forward pass has: a sum and an activation for each neuron, and the loss. */
export const forwards = computed(() =>
  sizesOf(net.value)
    .slice(1)
    .reduce((count, units) => count + 2 * units, 1),
)
/** How many steps are done. */
export const place = computed(() => Math.min(at.value, steps.value.length))
/** The last step that was done. */
export const now = computed(() => steps.value[place.value - 1])
/** Whose value, and whose gradient, is known by now. */
export const known = computed(() => {
  const done = steps.value.slice(0, place.value)
  const ids = (wanted: string): ReadonlySet<number> =>
    new Set(done.filter(({ pass }) => pass === wanted).map(({ id }) => id))
  return { forward: ids('forward'), backward: ids('backward') }
})

let own = false
/** Goes to a step; what else sets the place (a reset, a link) is a new beginning. */
export function goTo(step: number): void {
  own = true
  at.value = Math.min(state.fields.at.max, Math.max(0, step))
  own = false
}

/** Calls back when the place is set to the beginning by anything but `goTo`. */
export const onBeginning = (begin: () => void): (() => void) =>
  effect(() => {
    if (at.value === 0 && !own) begin()
  })

const put = (list: readonly number[], i: number, value: number): readonly number[] =>
  list.map((each, k) => (k === i ? value : each))

/** Sets one input, target, weight or bias; they follow each other in the order of their names. */
export function setValue(of: 'x' | 't' | 'w' | 'b', i: number, value: number): void {
  state.at[of].value = put(values.peek()[of], i, value)
}

/** Goes one step of gradient descent. */
export function descend(): void {
  const moved = measured.peek()?.moved
  if (moved === undefined) return
  const kept = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(6)))
  batch(() => {
    w.value = kept(moved.w)
    if (bias.peek()) b.value = kept(moved.b)
  })
}
