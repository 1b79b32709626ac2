import { computed, signal } from '@preact/signals'
import { calm } from '../../app/theme.js'
import { newest } from '../../worker/newest.js'
import { inWorker } from '../../worker/remote.js'
import type { NetworkRequest } from './compute.js'
import { LINE, lineX, MARKS } from './grid.js'
import { MOST, N, REACH, state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/graph')

const { inputs, phi, one, w1, w2, b, out, x1, x2 } = state.at

export const lit = signal<string | undefined>(undefined)
/** The neuron whose numbers are shown. */
export const chosen = signal(0)

/** A link may hold fewer numbers than there are neurons. */
const whole = (values: readonly number[]): readonly number[] => Array.from({ length: N }, (_, i) => values[i] ?? 0)

const request = computed<NetworkRequest>(() => ({
  inputs: inputs.value === '1' ? 1 : 2,
  phi: phi.value,
  one: one.value,
  w: inputs.value === '1' ? [whole(w1.value)] : [whole(w1.value), whole(w2.value)],
  b: whole(b.value),
  v: whole(out.value),
  x: inputs.value === '1' ? [x1.value] : [x1.value, x2.value],
}))

export const network = newest(request, (asked) => worker.call('networkNumbers', asked))

export type Weight = 'w1' | 'w2' | 'b' | 'out'

export const weightOf = (kind: Weight, i: number): number => state.at[kind].value[i] ?? 0

export function setWeight(kind: Weight, i: number, to: number): void {
  const value = Math.min(MOST, Math.max(-MOST, Math.round(20 * to) / 20))
  state.at[kind].value = whole(state.at[kind].value).map((before, k) => (k === i ? value : before))
}

export function setInput(which: 'x1' | 'x2', to: number): void {
  state.at[which].value = Math.min(REACH, Math.max(-REACH, Math.round(20 * to) / 20))
}

/** How far the curve is from each mark of the challenge; undefined where there is no curve. */
export const misses = computed<readonly number[] | undefined>(() => {
  const found = network.answer.value
  if (found?.request.inputs !== 1) return undefined
  return MARKS.map(([x, y]) => {
    const i = Math.round(((x + REACH) / (2 * REACH)) * (LINE - 1))
    return Math.abs(lineX(i) - x) < 1e-9 ? Math.abs(found.surface[i]! - y) : Infinity
  })
})

/** How far the values have come on their way through the network: 0 at the inputs, 1 at the output. */
export const front = signal(1)
let frame = 0

/** Sends the values through the network once more. */
export function send(): void {
  cancelAnimationFrame(frame)
  if (calm.matches) return
  const began = performance.now()
  const step = (now: number): void => {
    front.value = Math.min(1, (now - began) / 2600)
    if (front.value < 1) frame = requestAnimationFrame(step)
  }
  front.value = 0
  frame = requestAnimationFrame(step)
}

/** Values flow when the lab is opened; returns what ends that. */
export function flow(): () => void {
  send()
  return () => {
    cancelAnimationFrame(frame)
    front.value = 1
  }
}
