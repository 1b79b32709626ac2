import { batch, computed, effect, signal } from '@preact/signals'
import { inWorker } from '../../worker/remote.js'
import type { ApproximationRequest, FitOfN } from './compute.js'
import { MOST_NEURONS, state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/approximation')

const { dims, target, plane, own, n, phi } = state.at

/** The neuron that is pointed at, and the part of the formula. */
export const chosen = signal<number | undefined>(undefined)
export const lit = signal<string | undefined>(undefined)

/** Fits of the present target, by their number of neurons. */
export const fits = signal<ReadonlyMap<number, FitOfN>>(new Map())
/** Why there is none: an activation that cannot approximate says so itself. */
export const refused = signal<string | undefined>(undefined)

/** The largest fit that is there and asked for. */
export const shown = computed(() => {
  const known = [...fits.value.keys()].filter((count) => count <= n.value)
  return fits.value.get(Math.max(...known))
})

export const working = computed(() => refused.value === undefined && shown.value?.neurons !== n.value)
export const supError = computed(() => shown.value?.supError ?? Infinity)

/** What the fits are of: everything but N. */
const problem = computed<ApproximationRequest extends infer R ? Omit<R & ApproximationRequest, 'neurons'> : never>(
  () =>
    dims.value === '1'
      ? { dims: '1', target: target.value, own: target.value === 'own' ? own.value : [], phi: phi.value }
      : { dims: '2', plane: plane.value, phi: phi.value },
)

const ON_THE_WAY = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, MOST_NEURONS]

/** The sizes on the way to N. */
export const sizes = (upTo: number): readonly number[] => [...ON_THE_WAY.filter((count) => count < upTo), upTo]

/** Fits one network after another until there is one of N neurons; begins anew when the target changes. */
export function follow(pause: () => Promise<void>): () => void {
  let known = ''
  let running = new AbortController()
  const stop = effect(() => {
    const asked = problem.value
    const wanted = n.value
    const now = JSON.stringify(asked)
    running.abort()
    running = new AbortController()
    if (now !== known) {
      known = now
      batch(() => {
        fits.value = new Map()
        refused.value = undefined
        chosen.value = undefined
      })
    }
    void grow(asked, wanted, running.signal, pause)
  })
  return () => {
    stop()
    running.abort()
  }
}

async function grow(
  asked: typeof problem.value,
  wanted: number,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<void> {
  for (const neurons of sizes(wanted)) {
    if (fits.peek().has(neurons)) continue
    try {
      const fit = await worker.call('approximation', { ...asked, neurons } as ApproximationRequest, { signal })
      if (signal.aborted) return
      fits.value = new Map(fits.peek()).set(neurons, fit)
      await pause()
    } catch (error) {
      if (!signal.aborted) refused.value = error instanceof Error ? error.message : String(error)
      return
    }
  }
}
