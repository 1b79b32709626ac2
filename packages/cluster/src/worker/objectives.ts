import { NeuriteError } from '@neurite/core'
import type { Objective } from '@neurite/search'

/** Objectives by the names under which searches ask for them. */
export type Objectives = Readonly<Record<string, Objective<never>>>

/**
 * Loads a worker's module. It exports `objectives`; a search names one of them, so that no code comes out of the queue.
 *
 * @param module - its URL
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export async function loadObjectives(module: string): Promise<ReadonlyMap<string, Objective<unknown>>> {
  const loaded = (await import(module)) as { readonly objectives?: unknown }
  const { objectives } = loaded
  const entries = typeof objectives === 'object' && objectives !== null ? Object.entries(objectives) : []
  if (entries.length === 0 || entries.some(([, objective]) => typeof objective !== 'function')) {
    const message = `cluster: ${module} must export objectives, an object of functions by name: export const objectives = { digits: async (point, { seed }) => ... }.`
    throw new NeuriteError('INVALID_ARGUMENT', message)
  }
  return new Map(entries as [string, Objective<unknown>][])
}
