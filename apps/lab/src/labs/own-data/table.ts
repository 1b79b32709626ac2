import { batch, computed, effect, signal } from '@preact/signals'
import { inWorker } from '../../worker/remote.js'
import { canBeFeature, isWorthwhile, tasksOf, type ColumnSummary, type TableSummary } from './describe.js'
import { MOST_BYTES } from './limits.js'
import type { Choices } from './plan.js'
import { state, type Example } from './state.js'
import { suggestedTarget } from './suggest.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/own-data')

const {
  table,
  target,
  flip,
  task,
  scaling,
  scaleTarget,
  layers,
  units,
  phi,
  rate,
  batch: size,
  epochs,
  seed,
} = state.at

/** The table on the stage; undefined while it is read, or where a link speaks of a table that only its sender has. */
export const opened = signal<TableSummary | undefined>(undefined)
/** A table of one's own, which lives as long as the page. */
const own = signal<{ readonly summary: TableSummary; readonly file: string } | undefined>(undefined)
export const ownFile = computed(() => own.value?.file)
/** Why the last file could not be read. */
export const unread = signal<string | undefined>(undefined)
export const tooLarge = signal(false)

/** Follows the choice of the table while the lab is open. */
export function followTable(): () => void {
  let left = false
  const stop = effect(() => {
    const name = table.value
    if (name === 'own') {
      opened.value = own.value?.summary
      return
    }
    void worker.call('openTable', { example: name }).then((summary) => {
      if (!left && table.peek() === name) opened.value = summary
    })
  })
  return () => {
    left = true
    stop()
  }
}

export function chooseExample(name: Example): void {
  batch(() => {
    table.value = name
    ;[target.value, flip.value, task.value] = [-1, [], 'auto']
    unread.value = undefined
    tooLarge.value = false
  })
}

/** Reads a file in the worker; it is never sent anywhere. */
export async function readOwn(file: Blob, name: string): Promise<void> {
  batch(() => {
    unread.value = undefined
    tooLarge.value = file.size > MOST_BYTES
  })
  if (tooLarge.peek()) return
  try {
    const summary = await worker.call('openTable', { file })
    batch(() => {
      own.value = { summary, file: name }
      opened.value = summary
      table.value = 'own'
      ;[target.value, flip.value, task.value] = [-1, [], 'auto']
    })
  } catch (error) {
    unread.value = error instanceof Error ? error.message : String(error)
  }
}

/** The number of the column to predict; -1 where none can be. */
export const targetIndex = computed(() => {
  const columns = opened.value?.columns ?? []
  const asked = columns[target.value]
  return asked !== undefined && tasksOf(asked).length > 0 ? target.value : suggestedTarget(columns)
})

export const targetTasks = computed(() => {
  const column = opened.value?.columns[targetIndex.value]
  return column === undefined ? [] : tasksOf(column)
})

export function isUsed(column: ColumnSummary, i: number): boolean {
  const rows = opened.value?.rows ?? 0
  return canBeFeature(column) && i !== targetIndex.value && isWorthwhile(column, rows) !== flip.value.includes(i)
}

export function toggleUse(i: number): void {
  const now = flip.peek()
  flip.value = now.includes(i) ? now.filter((other) => other !== i) : [...now, i].sort((a, b) => a - b)
}

export function chooseTarget(i: number): void {
  batch(() => {
    target.value = i
    task.value = 'auto'
  })
}

/** What is to be trained; undefined where there is nothing to predict, or nothing to predict it from. */
export const choices = computed<Choices | undefined>(() => {
  const summary = opened.value
  const column = summary?.columns[targetIndex.value]
  if (summary === undefined || column === undefined) return undefined
  const tasks = targetTasks.value
  const features = summary.columns.filter(isUsed).map(({ name }) => name)
  if (features.length === 0) return undefined
  return {
    target: column.name,
    task: tasks.find((one) => one === task.value) ?? tasks[0]!,
    features,
    scaling: scaling.value,
    scaleTarget: scaleTarget.value,
    hidden: new Array<number>(layers.value).fill(units.value),
    activation: phi.value,
    learningRate: rate.value,
    batchSize: size.value,
    epochs: epochs.value,
    seed: seed.value,
  }
})
