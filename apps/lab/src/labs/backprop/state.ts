import { choice, flag, numbers, real, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { ACTIVATIONS, LOSSES, MOST, MOST_BIASES, MOST_WEIGHTS, NETS } from './networks.js'

export const MOST_DELTA = 4

export const state = labState({
  net: choice(NETS, '2-3-2'),
  phi: choice(ACTIVATIONS, 'sigmoid'),
  loss: choice(LOSSES, 'sse'),
  /** Empty: as at the beginning; see `valuesOf`. */
  x: numbers(-MOST, MOST, 2, []),
  t: numbers(-MOST, MOST, 2, []),
  w: numbers(-MOST, MOST, MOST_WEIGHTS, []),
  b: numbers(-MOST, MOST, MOST_BIASES, []),
  /** Whether the neurons have biases; those of the chapter's example have none. */
  bias: flag(false),
  /** How many steps are done. */
  at: whole(0, 99, 0),
  /** The weight or bias whose path is lit, from 1; 0 for none. */
  path: whole(0, MOST_WEIGHTS + MOST_BIASES, 0),
  /** Whether the way back goes on to the inputs, which are not learned. */
  dx: flag(false),
  delta: real(0, MOST_DELTA, 1),
  quiz: flag(false),
})
