import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { configOf } from '@neurite/nn'
import { calm } from '../../app/theme.js'
import { LiveRun } from '../../training/live-run.js'
import type { Frame, Look, TrainingSpec } from '../../training/spec.js'
import { inWorker } from '../../worker/remote.js'
import type { DigitRows } from './compute.js'
import { BLANK, imageOf, scaled, SIDE, textOf, type Image } from './image.js'
import { canBeTakenApart, networkOf, placeOf, slid, type Cell, type Network } from './network.js'
import { state } from './state.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/digits')

const { kind, optimizer, rate, batch: batchSize, hidden, seed, image } = state.at

/** The part of the formula or of the sum that is pointed at: `inputs`, `weights`, `bias`, `output`. */
export const lit = signal<string | undefined>(undefined)

export const data = signal<DigitRows | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)

export const network = computed<Network>(() => networkOf(kind.value, Number(hidden.value)))

/** The image on the pad. */
export const pad = computed<Image>(() => imageOf(image.value))

/** Whether the pointer takes ink away. */
export const rubber = signal(false)

/** Whether the stage has room for the sum of a unit; else it stands with the formula. */
export const wide = signal(true)

/** Whether it was drawn here, from nothing. */
export const drawnHere = signal(false)

export function draw(next: Image): void {
  image.value = textOf(next)
}

export function clear(): void {
  drawnHere.value = true
  draw(BLANK)
}

/** Puts a test row on the pad. */
export function putRow(row: number): void {
  const { x } = data.peek()!.test
  const cells = SIDE * SIDE
  drawnHere.value = false
  draw(Array.from(x.data.subarray(row * cells, (row + 1) * cells), (ink) => Math.round(16 * ink)))
}

let next = 0

/** Another digit of the test rows, one after the other. */
export function putAnother(): void {
  if (data.peek() !== undefined) putRow(next++ % data.peek()!.test.x.shape[0]!)
}

/** The cell that is taken apart. It slides by itself until somebody points at one. */
export const cell = signal<Cell>({ shown: 0, filter: 0, row: 0, column: 0 })
export const sliding = signal(false)

export function point(at: Cell): void {
  batch(() => {
    sliding.value = false
    cell.value = at
  })
}

const firstCell = ({ layers }: Network): Cell => ({
  shown: layers.findIndex(canBeTakenApart),
  filter: 0,
  row: 0,
  column: 0,
})

const spec = computed<TrainingSpec>(() => {
  const { train, test } = data.value!
  return {
    model: configOf(network.value.model),
    loss: { kind: 'sparseCrossEntropy' },
    optimizer: { kind: optimizer.value, learningRate: rate.value },
    data: train,
    test,
    batchSize: Number(batchSize.value),
    seed: seed.value,
    classes: true,
  }
})

/** Frames from one look at the test rows to the next: they cost as much as a few steps. */
const FRAMES = 15
let frames = 0

function look(): Look {
  const judge = !run.playing.peek() || frames++ % FRAMES === 0
  return {
    measure: false,
    predictions: judge,
    points: { shape: [1, SIDE, SIDE, 1], data: scaled(pad.peek()) },
    units: true,
    unit: placeOf(network.peek(), cell.peek()),
  }
}

/** Forty epochs and more: little is left to learn by then. Whoever plays on trains on. */
const REST = 2000
export const run: LiveRun = new LiveRun({
  spec,
  look,
  until: REST,
  rest: state.at.iteration,
  backend: state.at.backend,
})

/** The last frame whose layers are those of the network that is shown. */
export const frame = computed<Frame | undefined>(() => {
  const found = run.frame.value
  const fits = network.value.layers.every(
    ({ layer, rows, columns, filters }) => found?.units?.[layer]?.length === rows * columns * filters,
  )
  return fits ? found : undefined
})

/** What the network says of the pad: a probability for each digit, and the likeliest. */
export const outputs = computed(() => frame.value?.outputs)
export const answer = computed(() => {
  const of = outputs.value
  if (of === undefined) return undefined
  const digit = of.reduce((best, value, i) => (value > of[best]! ? i : best), 0)
  return { digit, probability: of[digit]! }
})

export interface Judged {
  readonly iteration: number
  readonly accuracy: number
}

/** What the test rows were taken for when they were last looked at, and how the accuracy came to be what it is. */
export const judged = signal<Frame['predictions']>(undefined)
export const history = signal<readonly Judged[]>([])
export const accuracy = computed(() => history.value.at(-1)?.accuracy)

function judge({ iteration, predictions, testAccuracy }: Frame): void {
  if (predictions === undefined || testAccuracy === undefined) return
  batch(() => {
    judged.value = predictions
    // Gone back: what comes after is not yet so.
    const before = history.peek().filter((at) => at.iteration < iteration)
    history.value = [...before, { iteration, accuracy: testAccuracy }]
  })
}

/** Test rows that are taken for another digit. */
export const mistaken = computed<readonly { readonly row: number; readonly truth: number; readonly said: number }[]>(
  () => {
    const [said, rows] = [judged.value?.classes, data.value?.test.y.data]
    if (said === undefined || rows === undefined) return []
    return Array.from(said, (digit, row) => ({ row, truth: rows[row]!, said: digit })).filter(
      ({ truth, said }) => truth !== said,
    )
  },
)

/** A cell a blink: slow enough to follow. */
const SLIDE_MS = 420

/** Trains and looks for as long as the lab is open. */
export function open(): () => void {
  let left = false
  const ends: (() => void)[] = []
  sliding.value = !calm.matches
  const begin = async (): Promise<void> => {
    data.value ??= await worker.call('digitRows', undefined)
    if (!left) ends.push(run.start())
  }
  begin().catch((error: unknown) => (failure.value = error instanceof Error ? error.message : String(error)))
  ends.push(
    effect(() => {
      const at = firstCell(network.value)
      untracked(() => (cell.value = at))
    }),
    effect(() => {
      if (run.frame.value !== undefined) judge(run.frame.value)
    }),
    // What is looked at has changed; while it trains, the next frame shows it.
    effect(() => {
      const changed = [pad.value, cell.value, run.playing.value] as const
      if (!changed[2]) untracked(() => void run.refresh())
    }),
  )
  const slide = setInterval(() => {
    if (sliding.peek()) cell.value = slid(network.peek().layers[cell.peek().shown]!, cell.peek())
  }, SLIDE_MS)
  return () => {
    left = true
    clearInterval(slide)
    ends.forEach((end) => end())
  }
}
