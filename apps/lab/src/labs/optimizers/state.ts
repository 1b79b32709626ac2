import { choice, flag, numbers, real, text, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { restField } from '../../training/rest.js'
import { isRacer, RACERS } from './racers.js'
import { SURFACES } from './surfaces.js'

/** What learning rates may be. */
export const RATES = [1e-5, 2] as const

export const state = labState({
  where: choice([...SURFACES, 'network'], 'ravine'),
  /** Where the race begins; none is where the surface says. */
  start: numbers(-10, 10, 2, []),
  /** In the order of the racers; none are those that the surface says. */
  rates: numbers(...RATES, RACERS.length, []),
  /** Who does not run, with commas between. */
  off: text(60, (given) => given === '' || given.split(',').every(isRacer), ''),
  /** Whose formula and steps are shown. */
  chosen: choice(RACERS, 'gd'),
  beta: real(0, 0.99, 0.9),
  batch: whole(1, 60, 6),
  seed: whole(0, 9999, 1),
  arrows: flag(true),
  iteration: restField,
})
