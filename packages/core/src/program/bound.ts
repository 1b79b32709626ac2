import type { KeyWords } from '../random/key.js'
import type { StepRun } from './execute.js'

/** A step made ready: slots of its result and its operands. */
export interface Bound<S extends object> {
  readonly run: StepRun<S>
  readonly out: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly more: readonly number[]
}

/** What steps ask for the keys of a run. */
export interface Current {
  keys: readonly KeyWords[]
}

export const NONE: readonly never[] = []

export function runStep<S extends object>(
  values: readonly (S | undefined)[],
  { run, out, a, b, c, more }: Bound<S>,
): void {
  if (more.length === 0) run(values[out]!, values[a]!, values[b]!, values[c]!)
  else run(values[out]!, values[a]!, values[b]!, values[c]!, ...more.map((slot) => values[slot]!))
}

/** A step that finds its operands itself. */
export function alone<S extends object>(out: number, run: () => void): Bound<S> {
  return { run, out, a: out, b: out, c: out, more: NONE }
}

/** Empties a slot. */
export function drop<S extends object>(values: (S | undefined)[], slot: number, release: (storage: S) => void): void {
  const storage = values[slot]
  values[slot] = undefined
  if (storage !== undefined) release(storage)
}
