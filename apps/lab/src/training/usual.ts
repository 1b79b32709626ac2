import { USUAL } from './backend.js'
import { backendNamed } from './named.js'
import type { BackendName } from './spec.js'

/** On which trainings run for which nobody chooses, and why that is not the usual one. */
export interface Usual {
  readonly name: BackendName
  readonly refused?: { readonly name: BackendName; readonly reason: string }
}

let found: Promise<Usual> | undefined

/** Tried once, in the worker. */
export const usual = (): Promise<Usual> => (found ??= tried())

async function tried(): Promise<Usual> {
  try {
    ;(await backendNamed(USUAL)).dispose()
    return { name: USUAL }
  } catch (error) {
    return { name: 'cpu', refused: { name: USUAL, reason: error instanceof Error ? error.message : String(error) } }
  }
}
