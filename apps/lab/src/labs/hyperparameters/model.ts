import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { gridSearch, workerPool, type Trial, type WorkerPool } from '@neurite/search'
import { AXES, AXIS_NAMES, type Axis } from './axes.js'
import type { TrialPoint } from './objective.js'
import { state } from './state.js'

const { at } = state

/** The two hyperparameters that are searched; two of the same would be a line. */
export const axes = computed<readonly [Axis, Axis]>(() => {
  const [x, y] = [at.x.value, at.y.value]
  return [x, x === y ? AXIS_NAMES.find((name) => name !== x)! : y]
})

/** Ended trials by their number: row after row of the picture. */
export const trials = signal<ReadonlyMap<number, Trial<TrialPoint>>>(new Map())
/** Trials that are under way. */
export const running = signal<ReadonlySet<number>>(new Set())
export const searching = signal(false)
export const failure = signal<string | undefined>(undefined)
/** The best value after each trial, in the order in which they ended. */
export const progress = signal<readonly number[]>([])
/** Trials a second, all workers together. */
export const rate = signal(0)
/** The cell that is pointed at. */
export const chosen = signal<number | undefined>(undefined)

export const columns = computed(() => AXES[axes.value[0]].length)
export const rows = computed(() => AXES[axes.value[1]].length)
export const best = computed(() => {
  const judged = [...trials.value.values()].filter(({ value }) => value !== null)
  return judged.reduce<Trial<TrialPoint> | undefined>(
    (most, trial) => (most === undefined || trial.value! > most.value! ? trial : most),
    undefined,
  )
})

type Space = { readonly [K in keyof TrialPoint]: readonly TrialPoint[K][] }

/** Everything that a search is of. */
const problem = computed(() => {
  const [x, y] = axes.value
  const along = <V>(axis: Axis, values: readonly V[]): readonly V[] =>
    axis === x || axis === y ? values : [values[at[axis].value]!]
  const all: Space = {
    learningRate: along('learningRate', AXES.learningRate),
    optimizer: along('optimizer', AXES.optimizer),
    depth: along('depth', AXES.depth),
    units: along('units', AXES.units),
    activation: along('activation', AXES.activation),
    initializer: along('initializer', AXES.initializer),
    batchSize: along('batchSize', AXES.batchSize),
    loss: along('loss', AXES.loss),
    dropout: along('dropout', AXES.dropout),
    patience: along('patience', AXES.patience),
    data: [at.data.value],
    epochs: [at.epochs.value],
    dataSeed: [at.seed.value],
  }
  // A grid's first name changes slowest: the rows of the picture.
  const space: Space = { [y]: all[y], [x]: all[x], ...all }
  return { space, seed: at.seed.value }
})

/** Searches while the lab is open, anew whenever what is searched changes. */
export function follow(): () => void {
  let ending = new AbortController()
  const stop = effect(() => {
    const asked = problem.value
    const workers = at.workers.value
    ending.abort()
    ending = new AbortController()
    const { signal } = ending
    untracked(() => void search(asked, workers, signal))
  })
  return () => {
    stop()
    ending.abort()
  }
}

const start = (): Worker => new Worker(new URL('./objective.worker.ts', import.meta.url), { type: 'module' })

async function search(asked: typeof problem.value, workers: number, signal: AbortSignal): Promise<void> {
  batch(() => {
    trials.value = new Map()
    running.value = new Set()
    progress.value = []
    failure.value = chosen.value = undefined
    searching.value = true
    rate.value = 0
  })
  const pool = workerPool(start, { workers })
  const began = performance.now()
  try {
    await gridSearch(asked.space, judging(pool, signal), {
      mode: 'max',
      seed: asked.seed,
      concurrency: workers,
      signal,
      onTrial(trial) {
        if (!signal.aborted) ended(trial, began)
      },
    })
  } catch (error) {
    if (!signal.aborted) failure.value = error instanceof Error ? error.message : String(error)
  } finally {
    await pool.close()
    if (!signal.aborted) searching.value = false
  }
}

/** The pool's objective, which also says what is under way. */
function judging(pool: WorkerPool, signal: AbortSignal): typeof pool.objective {
  return (point, context) => {
    if (!signal.aborted) running.value = new Set(running.peek()).add(context.id)
    return pool.objective(point, context)
  }
}

function ended(trial: Trial<TrialPoint>, began: number): void {
  batch(() => {
    trials.value = new Map(trials.peek()).set(trial.id, trial)
    running.value = new Set([...running.peek()].filter((id) => id !== trial.id))
    progress.value = [...progress.peek(), Math.max(progress.peek().at(-1) ?? 0, trial.value ?? 0)]
    rate.value = (1000 * trials.peek().size) / (performance.now() - began)
  })
}

/** Takes a cell's two values for granted, so that the next search begins from them. */
export function adopt(cell: number): void {
  const [x, y] = axes.peek()
  batch(() => {
    at[x].value = cell % columns.peek()
    at[y].value = Math.floor(cell / columns.peek())
  })
}
