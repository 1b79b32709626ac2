import { NeuriteError } from '@neurite/core'
import type { Objective } from '@neurite/search'
import type { LocalTraining } from '../local-sgd/local-training.js'

/** Objectives by the names under which searches ask for them. */
export type Objectives = Readonly<Record<string, Objective<never>>>

/** What can be asked of a worker, by name. */
export interface Known {
  readonly objectives: ReadonlyMap<string, Objective<unknown>>
  readonly trainings: ReadonlyMap<string, LocalTraining>
}

/**
 * Loads a worker's module. It exports `objectives`, `trainings` or both; who asks names one of them, so that no code comes out of the queue.
 *
 * @param module - its URL
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export async function loadKnown(module: string): Promise<Known> {
  const loaded = (await import(module)) as { readonly objectives?: unknown; readonly trainings?: unknown }
  const objectives = entriesOf(loaded.objectives, (value): value is Objective<unknown> => typeof value === 'function')
  const trainings = entriesOf(loaded.trainings, isTraining)
  if (objectives !== undefined && trainings !== undefined && objectives.size + trainings.size > 0)
    return { objectives, trainings }
  const message = `cluster: ${module} must export objectives, an object of functions by name: export const objectives = { digits: async (point, { seed }) => ... }; or trainings, an object of what localTraining makes.`
  throw new NeuriteError('INVALID_ARGUMENT', message)
}

/** Undefined if there is something else. */
function entriesOf<T>(exported: unknown, fits: (value: unknown) => value is T): Map<string, T> | undefined {
  if (exported === undefined) return new Map()
  if (typeof exported !== 'object' || exported === null) return undefined
  const entries = Object.entries(exported)
  return entries.every((entry): entry is [string, T] => fits(entry[1])) ? new Map(entries) : undefined
}

function isTraining(value: unknown): value is LocalTraining {
  return typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'function'
}
