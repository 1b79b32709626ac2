import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { LiveRun } from '../../training/live-run.js'
import type { Frame, LayerFlowFrame, Look } from '../../training/spec.js'
import { isRegression, pointsOf, split } from './data.js'
import { gridOf, inputsAt } from './features.js'
import { state } from './state.js'
import { lossFor, outputKind, placesOf, trainingSpec, type NetworkChoice } from './spec.js'

const { at } = state

export const regression = computed(() => isRegression(at.data.value))

/** All points; a set of one's own depends on nothing but itself. */
export const points = computed(() => {
  const set = at.data.value
  return pointsOf({
    set,
    points: at.points.value,
    noise: at.noise.value,
    seed: at.seed.value,
    formula: set === 'formula' ? at.formula.value : '0',
    own: set === 'own' ? at.own.value : [],
  })
})

export const parts = computed(() => split(points.value, at.test.value / 100, at.seed.value))

export const choiceNow = computed<NetworkChoice>(() => ({
  features: at.in.value,
  layers: at.net.value,
  loss: lossFor(at.loss.value, regression.value),
  regression: regression.value,
}))

export const kind = computed(() => outputKind(choiceNow.value))

export const spec = computed(() =>
  trainingSpec({
    ...choiceNow.value,
    split: parts.value,
    optimizer: at.opt.value,
    learningRate: at.rate.value,
    batchSize: at.batch.value,
    order: at.order.value,
    seed: at.seed.value,
  }),
)

/** Units of each column: inputs, hidden layers, the output. */
export const widths = computed(() => [at.in.value.length, ...at.net.value.map(({ units }) => units), 1])

/** Products of one row's way through the network. */
const work = computed(() => widths.value.slice(1).reduce((sum, units, l) => sum + units * widths.value[l]!, 0))

/** What a frame may spend on pictures, in products. */
const PRODUCTS = 3e6
const [COARSEST, FINEST] = [20, 48]

/** Cells of a side of every surface: fewer for a large network. */
export const side = computed(() =>
  Math.max(COARSEST, Math.min(FINEST, Math.floor(Math.sqrt(PRODUCTS / work.value) / 4) * 4)),
)
/** A large network is looked at in every so manieth frame. */
const spacing = computed(() => Math.max(1, Math.ceil((side.value * side.value * work.value) / PRODUCTS)))

const grid = computed(() => inputsAt(gridOf(side.value), at.in.value))

/** The unit or weight whose numbers are shown; layer 0 is the first hidden one. */
export type Chosen =
  | { readonly what: 'feature'; readonly unit: number }
  | { readonly what: 'unit'; readonly layer: number; readonly unit: number }
  | { readonly what: 'weight'; readonly layer: number; readonly from: number; readonly unit: number }

export const chosen = signal<Chosen | undefined>(undefined)
/** What a pointer or the focus is on: the large surface shows it for so long. */
export const peeked = signal<Chosen | undefined>(undefined)
export const lit = signal<string | undefined>(undefined)

let frames = 0

function look(): Look {
  const all = !run.playing.peek()
  const pictures = all || frames % spacing.peek() === 0
  const flow = at.flow.peek() && (all || frames % Math.max(10, spacing.peek()) === 0)
  frames++
  return {
    ...(pictures && { points: grid.peek(), units: true, params: true }),
    measure: pictures,
    flow,
  }
}

export const run = new LiveRun({ spec, look, speed: 5, rest: at.iteration, backend: at.backend, edits: at.edits })

/** What the stage shows of a network of these widths. */
export interface Shown {
  readonly side: number
  readonly widths: readonly number[]
  /** For each layer after the inputs, unit after unit. */
  readonly surfaces: readonly Float32Array[]
  /** For each of them: weights [from][to] row by row, and biases. */
  readonly weights: readonly { readonly weight: Float32Array; readonly bias: Float32Array }[]
  readonly iteration: number
}

export const shown = signal<Shown | undefined>(undefined)
export const flow = signal<readonly LayerFlowFrame[]>([])

function read(frame: Frame): Shown | undefined {
  const { units, params, iteration } = frame
  if (units === undefined || params === undefined) return undefined
  const now = widths.peek()
  const places = placesOf(at.net.peek())
  const weights = places.map((place) => {
    const leaf = (name: string): Float32Array =>
      Float32Array.from(params.find(({ path }) => path === `${place}.${name}`)?.data ?? [])
    return { weight: leaf('weight'), bias: leaf('bias') }
  })
  const surfaces = places.map((place) => units[place] ?? new Float32Array())
  const cells = side.peek() * side.peek()
  // A frame of the network before the last change is no picture of this one.
  const fits = weights.every(
    ({ weight, bias }, l) => weight.length === now[l]! * now[l + 1]! && bias.length === now[l + 1],
  )
  if (!fits || surfaces.some(({ length }, l) => length !== cells * now[l + 1]!)) return undefined
  return { side: side.peek(), widths: now, surfaces, weights, iteration }
}

/** Words and charts are read, not watched: they follow a few times a second. */
const BEAT_MS = 250
const beat = signal(0)
let beaten = 0

export const seen = computed(() => {
  void beat.value
  return { frame: run.frame.peek(), measures: run.measures.peek(), shown: shown.peek() }
})

/** A network of another shape has other weights than those that were set by hand. A link brings a shape and its edits at once. */
function forgetEdits(): () => void {
  let [shape, edits] = [placesOf(at.net.peek()).join() + widths.peek().join(), at.edits.peek()]
  return effect(() => {
    const now = placesOf(at.net.value).join() + widths.value.join()
    untracked(() => {
      if (now !== shape && edits === at.edits.peek()) at.edits.value = []
    })
    shape = now
    edits = at.edits.value
  })
}

/** Follows the run while the lab is open. */
export function follow(): () => void {
  const stops = [
    effect(() => {
      const frame = run.frame.value
      if (frame === undefined) return
      const found = read(frame)
      batch(() => {
        if (found !== undefined) shown.value = found
        if (frame.flow !== undefined) flow.value = frame.flow
        if (run.playing.peek() && performance.now() - beaten < BEAT_MS) return
        beaten = performance.now()
        beat.value = beat.peek() + 1
      })
    }),
    // At rest everything is seen as it stands.
    effect(() => {
      if (!run.playing.value) void run.refresh()
    }),
    effect(() => {
      void widths.value
      chosen.value = peeked.value = undefined
    }),
    forgetEdits(),
    effect(() => {
      if (at.flow.value && !run.playing.peek()) void run.refresh()
    }),
    run.start(),
  ]
  return () => stops.forEach((stop) => stop())
}
