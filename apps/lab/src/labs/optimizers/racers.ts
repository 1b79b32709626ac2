import type { BatchOrder } from '@neurite/data'
import type { Named } from '../../training/spec.js'

/** The chapter's optimizers (4.3.4), in its order. */
export const RACERS = ['gd', 'sgd', 'cyclic', 'shuffled', 'momentum', 'rmsprop', 'adam'] as const
export type RacerId = (typeof RACERS)[number]

/** Where there are no data there are no batches: the variants of gradient descent are then one. */
export const WITHOUT_DATA = ['gd', 'momentum', 'rmsprop', 'adam'] as const satisfies readonly RacerId[]

export const isRacer = (text: string): text is RacerId => RACERS.some((racer) => racer === text)

/** By the names and options of @neurite/optimizers, but for the learning rate. */
export function optimizerOf(racer: RacerId, beta: number): Named {
  switch (racer) {
    case 'gd':
      return { kind: 'sgd' }
    case 'momentum':
      return { kind: 'sgd', momentum: beta }
    case 'rmsprop':
      return { kind: 'rmsprop', decay: RHO }
    case 'adam':
      return { kind: 'adam' }
    default:
      return { kind: 'sgd' }
  }
}

/** What RMSProp remembers of the mean of squares, as in Hinton's lecture. */
export const RHO = 0.9

/** Which rows a step sees: all of them, or a batch in an order of @neurite/data. */
export function rowsOf(racer: RacerId): 'all' | (BatchOrder & string) {
  switch (racer) {
    case 'gd':
      return 'all'
    case 'sgd':
      return 'random'
    case 'cyclic':
      return 'cyclic'
    default:
      return 'shuffled-cyclic'
  }
}
