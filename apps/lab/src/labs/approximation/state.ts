import { choice, numbers, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { HEIGHTS, PLANE_TARGETS, TARGETS } from './targets.js'

export const ACTIVATIONS = ['tanh', 'sigmoid', 'relu', 'softplus', 'gelu', 'elu', 'softsign', 'identity'] as const
export const MOST_NEURONS = 40

export const state = labState({
  dims: choice(['1', '2'], '1'),
  target: choice([...TARGETS, 'own'], 'bumps'),
  plane: choice(PLANE_TARGETS, 'ripple'),
  /** Of a curve that was drawn, at equal distances. */
  own: numbers(
    -1,
    1,
    HEIGHTS,
    Array.from({ length: HEIGHTS }, () => 0),
  ),
  n: whole(1, MOST_NEURONS, 6),
  phi: choice(ACTIVATIONS, 'tanh'),
})
