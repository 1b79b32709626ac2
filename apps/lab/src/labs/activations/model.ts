import { computed, effect, signal } from '@preact/signals'
import { calm } from '../../app/theme.js'
import { LiveRun } from '../../training/live-run.js'
import { newest } from '../../worker/newest.js'
import { inWorker } from '../../worker/remote.js'
import { deepSpec, layerViews, ROWS, type LayerView } from './deep-network.js'
import { indexOf, POINTS, THROUGH } from './grid.js'
import { state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/activations')

const { phi, a, x, z, layers, init, rate, seed, depth, joined, bend } = state.at

export const lit = signal<string | undefined>(undefined)

/** The chosen function; softmax has a picture of its own. */
const asked = computed(() => ({ phi: phi.value, a: phi.value === 'leakyRelu' ? a.value : 0.1 }))
export const curve = newest(asked, async (request) =>
  request.phi === 'softmax' ? undefined : worker.call('activationCurve', request),
)
export const thumbs = signal<Readonly<Record<string, Float64Array>>>({})
export const bars = newest(
  computed(() => ({ z: z.value })),
  (request) => worker.call('softmaxOf', request),
)
export const line = newest(
  computed(() => ({ depth: depth.value, phi: bend.value, seed: seed.value + 3 })),
  (request) => worker.call('collapse', request),
)

/** Where the point stands while nobody has touched it. */
export const wander = signal<number | undefined>(undefined)
export const at = computed(() => wander.value ?? x.value)

export interface Place {
  readonly x: number
  readonly value: number
  readonly slope: number
  /** slope to the power 1, 2, ... */
  readonly powers: readonly number[]
}

/** The numbers at the point. */
export const place = computed<Place | undefined>(() => {
  const found = curve.answer.value
  if (found === undefined) return undefined
  const i = indexOf(at.value)
  return {
    x: at.value,
    value: found.value[i]!,
    slope: found.slope[i]!,
    powers: Array.from({ length: THROUGH }, (_, k) => found.powers[k * POINTS + i]!),
  }
})

/** The grid of the curve: the point stands on it, so that its numbers are computed and not read off. */
export const STEP = 0.05

export function moveTo(to: number): void {
  wander.value = undefined
  x.value = Number((Math.round(Math.min(6, Math.max(-6, to)) / STEP) * STEP).toFixed(2))
}

/** The point's x for the sentence, which can be dragged there too. */
export const shownX = signal(x.peek())

export function tieX(): () => void {
  const follow = effect(() => {
    shownX.value = at.value
  })
  const lead = effect(() => {
    if (shownX.value !== at.peek()) moveTo(shownX.value)
  })
  return () => {
    follow()
    lead()
  }
}

/** The point walks along the curve until it is touched, or has been everywhere once. */
export function walk(): () => void {
  if (calm.matches) return () => undefined
  const from = x.peek()
  let frame = 0
  const began = performance.now()
  const step = (now: number): void => {
    const t = (now - began) / 6000
    if (t > 1 || (now > began + 100 && wander.peek() === undefined)) {
      wander.value = undefined
      return
    }
    wander.value = Math.round((from * Math.cos(2 * Math.PI * t) - 4.5 * Math.sin(2 * Math.PI * t)) / STEP) * STEP
    frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
  return () => {
    cancelAnimationFrame(frame)
    wander.value = undefined
  }
}

const spec = computed(() =>
  deepSpec({
    phi: phi.value,
    a: a.value,
    layers: layers.value,
    init: init.value,
    rate: rate.value,
    seed: seed.value,
  }),
)

export const run = new LiveRun({
  spec,
  look: () => ({ flow: true, points: ROWS.x, units: true }),
  speed: 2,
  rest: state.at.iteration,
  backend: state.at.backend,
})

export const views = computed<readonly LayerView[]>(() => (run.frame.value ? layerViews(run.frame.value) : []))

/** How much of the last hidden layer's gradient arrives at the first. */
export const arrives = computed(() => {
  const [first, last] = [views.value[0], views.value.at(-1)]
  return first === undefined || last === undefined ? undefined : first.norm / last.norm
})

/** The gradients of first and last layer at the iterations that were shown. */
export interface Flowed {
  readonly iteration: number
  readonly first: number
  readonly last: number
}
export const history = signal<readonly Flowed[]>([])
/** The bars of the setting before, to compare with. */
export const before = signal<{ readonly name: string; readonly norms: readonly number[] } | undefined>(undefined)

const MOST_HISTORY = 600

/** A setting in a word, for the bars that stay of it. */
const settingName = (): string => `${phi.peek()}${init.peek() === 'auto' ? '' : ` · ${init.peek()}`}`

/** Trains while the deep network is on the stage, and remembers what was seen; returns what ends it. */
export function follow(): () => void {
  let known = spec.peek()
  let setting = settingName()
  const stopNew = effect(() => {
    const now = spec.value
    if (now === known) return
    before.value = { name: setting, norms: views.peek().map(({ norm }) => norm) }
    known = now
    setting = settingName()
  })
  const stopHistory = effect(() => {
    const frame = run.frame.value
    const [first, last] = [views.value[0]?.norm, views.value.at(-1)?.norm]
    if (frame === undefined || first === undefined || last === undefined) return
    const { iteration } = frame
    const seen = history.peek()
    const kept = iteration === 0 ? [] : seen.filter((point) => point.iteration < iteration)
    history.value = [...kept.slice(-MOST_HISTORY), { iteration, first, last }]
  })
  const stop = run.start()
  return () => {
    stopNew()
    stopHistory()
    stop()
  }
}

/** How many layers are joined while nobody has joined any. */
const alone = signal<number | undefined>(undefined)
export const joinedNow = computed(() => Math.min(depth.value, alone.value ?? joined.value))

export function joinTo(layers: number): void {
  alone.value = undefined
  joined.value = layers
}

/** Joins one layer after the other until somebody does it by hand. */
export function joining(): () => void {
  if (calm.matches || joined.peek() > 1) return () => undefined
  alone.value = 1
  const timer = setInterval(() => {
    const now = alone.peek()
    if (now === undefined || now >= depth.peek()) {
      if (now !== undefined) joinTo(depth.peek())
      clearInterval(timer)
    } else alone.value = now + 1
  }, 1100)
  return () => {
    clearInterval(timer)
    alone.value = undefined
  }
}
