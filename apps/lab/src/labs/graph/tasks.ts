import type { TaskContext } from '@neurite/worker'
import type { RaceEvent } from './flatten.js'

export { networkNumbers } from './compute.js'

// The digits and their trainings come when that view is opened.

interface Seeded {
  readonly seed: number
}

export async function flattenSamples(asked: Seeded): Promise<{ images: Float32Array; order: Int32Array }> {
  return (await import('./flatten.js')).flattenSamples(asked)
}

export async function* flattenRace(asked: Seeded, context: TaskContext): AsyncGenerator<RaceEvent, void, undefined> {
  yield* (await import('./flatten.js')).flattenRace(asked, context)
}
