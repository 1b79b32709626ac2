import { choice, numbers, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { HEIGHTS, PLANE_TARGETS, TARGETS } from './targets.js'

export const ACTIVATIONS = ['tanh', 'sigmoid', 'relu', 'softplus', 'gelu', 'elu', 'softsign', 'identity'] as const
export const MOST_NEURONS = 40

export const state = labState({
  dims: choice(['1', '2'], '1'),
  target: choice([...TARGETS, 'own'], 'chirp'),
  plane: choice(PLANE_TARGETS, 'ripple'),
  /** Of a curve that was drawn, at equal distances. */
  own: numbers(
    -1,
    1,
    HEIGHTS,
    [0, 0.1, 0.3, 0.7, 0.8, 0.4, -0.1, -0.2, 0.1, 0.5, 0.3, -0.3, -0.7, -0.6, -0.1, 0.2, 0.2],
  ),
  n: whole(1, MOST_NEURONS, 6),
  phi: choice(ACTIVATIONS, 'tanh'),
})
