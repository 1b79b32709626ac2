import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { calm } from '../../app/theme.js'
import { newest } from '../../worker/newest.js'
import { inWorker } from '../../worker/remote.js'
import type { TableSummary } from './describe.js'
import type { Cell, End, Measures, Outcome, Ready } from './events.js'
import type { Choices } from './plan.js'
import { state } from './state.js'
import { choices, opened } from './table.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/own-data')

/** A training, and the table and the choices that it is of. */
interface Current {
  readonly run: number
  readonly table: TableSummary
  readonly choices: Choices
  readonly ready: Ready
}

export const current = signal<Current | undefined>(undefined)
/** Epoch after epoch. */
export const measures = signal<readonly Measures[]>([])
/** What the network says: to the validation rows while it learns, to the test rows once it has ended. */
const shown = signal<Outcome | undefined>(undefined)
/** What it said to the validation rows after each epoch. */
const outcomes = signal<readonly Outcome[]>([])
const { back } = state.at
/** The epoch that is looked back at, where there is such a one. */
export const lookedAt = computed(() => (back.value > 0 && back.value <= measures.value.length ? back.value : undefined))
/** What the picture shows. */
export const pictured = computed(() =>
  lookedAt.value === undefined ? shown.value : outcomes.value[lookedAt.value - 1],
)
/** Whether that is said to the test rows. */
export const tested = computed(() => ended.value !== undefined && lookedAt.value === undefined)

/** Looks back at an epoch, or on from the last one. */
export function lookAt(epoch: number): void {
  const last = epoch >= measures.peek().length
  batch(() => {
    if (!last) pause()
    back.value = last ? 0 : Math.max(1, epoch)
    chosen.value = undefined
  })
}
export const ended = signal<End | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)
export const playing = signal(true)
/** A part of the formula or of the stage that is pointed at: `input`, `target`, `output`. */
export const lit = signal<string | undefined>(undefined)
/** The column that is pointed at. */
export const pointed = signal<number | undefined>(undefined)
/** The row of the picture that is looked at. */
export const chosen = signal<number | undefined>(undefined)
/** What stands in the form. */
export const cells = signal<readonly Cell[]>([])

export const score = computed(() => ended.value?.report.score)

let runs = 0
let oneEpoch = false
/** A training is seen, however many epochs it has: so many pictures of it, each for two frames of the display. */
const PICTURES = 120
const SETTLE_MS = 120

/** Trains what is chosen, and anew whenever that changes. */
export function followTraining(): () => void {
  let running = new AbortController()
  let waiting: ReturnType<typeof setTimeout> | undefined
  const asked = computed(() => JSON.stringify([opened.value?.table, choices.value]))
  const begin = (): void => {
    running.abort()
    running = new AbortController()
    const [table, wanted] = [opened.peek(), choices.peek()]
    if (table !== undefined && wanted !== undefined) void train(table, wanted, running.signal)
  }
  restart = () => {
    playing.value = true
    begin()
  }
  const stop = effect(() => {
    void asked.value
    clearTimeout(waiting)
    // Whoever pauses from here on is heeded, even before there is anything to pause.
    if (current.peek() !== undefined) untracked(() => (playing.value = true))
    waiting = setTimeout(() => untracked(begin), current.peek() === undefined ? 0 : SETTLE_MS)
  })
  return () => {
    stop()
    clearTimeout(waiting)
    running.abort()
    restart = () => undefined
  }
}

/** The same again. */
export let restart: () => void = () => undefined

async function train(table: TableSummary, wanted: Choices, signal: AbortSignal): Promise<void> {
  const run = ++runs
  oneEpoch = false
  try {
    const events = worker.stream('train', { table: table.table, choices: wanted, run }, { signal })
    for await (const event of events) {
      if (signal.aborted) return
      if (event.kind === 'ready')
        batch(() => {
          current.value = { run, table, choices: wanted, ready: event }
          ;[measures.value, outcomes.value] = [[], []]
          // A link's first training is looked at where the link says.
          if (run > 1) back.value = 0
          ;[shown.value, ended.value, failure.value, chosen.value] = [undefined, undefined, undefined, undefined]
        })
      else if (event.kind === 'epoch') {
        const seen = event.epoch % Math.ceil(wanted.epochs / PICTURES) === 0 && !calm.matches
        batch(() => {
          measures.value = [...measures.peek(), event.measures]
          outcomes.value = [...outcomes.peek(), event.shown]
          if (seen || oneEpoch) shown.value = event.shown
        })
        if (seen) await frames(2)
        if (oneEpoch) pause()
        if (!playing.peek()) await resumed(signal)
        if (signal.aborted) return
      } else end(event)
    }
  } catch (error) {
    if (!signal.aborted) fail(error)
  }
}

function end(event: End): void {
  batch(() => {
    shown.value = event.shown
    ended.value = event
    playing.value = false
    choose(firstWrong(event.shown))
  })
}

function fail(error: unknown): void {
  batch(() => {
    failure.value = error instanceof Error ? error.message : String(error)
    playing.value = false
  })
}

/** A row that is told wrongly is the most worth looking at. */
function firstWrong(shown: Outcome): number {
  return Math.max(
    0,
    shown.truth.findIndex((truth, i) => shown.task === 'classes' && truth !== shown.told[i]),
  )
}

/** Looks at a row of the picture; a test row fills the form. */
export function choose(i: number): void {
  batch(() => {
    chosen.value = i
    const row = tested.peek() ? ended.peek()?.cells[i] : undefined
    if (row !== undefined) cells.value = row
  })
}

export function pause(): void {
  playing.value = false
}

export function toggle(): void {
  if (ended.peek() !== undefined || failure.peek() !== undefined) restart()
  else playing.value = !playing.peek()
}

export function step(): void {
  if (ended.peek() !== undefined) return
  oneEpoch = true
  playing.value = true
}

/** Ends training here: what was learned is tested. */
export function stop(): void {
  const run = current.peek()?.run
  if (run === undefined) return
  void worker.call('stopTraining', { run })
  oneEpoch = false
  playing.value = true
}

/** What the model file says to the form's row. */
export const answered = newest(
  computed(() => ({
    run: current.value?.run ?? 0,
    names: current.value?.choices.features ?? [],
    cells: cells.value,
    there: ended.value !== undefined,
  })),
  async ({ there, ...asked }) => (there ? worker.call('predictRow', asked) : undefined),
)

/** A page does not ask for the next epoch before it has shown the last, nor while it rests. */
async function frames(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
}

function resumed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (playing.value || signal.aborted) {
        resolve()
        queueMicrotask(() => stop())
      }
    })
    signal.addEventListener('abort', () => {
      stop()
      resolve()
    })
  })
}
