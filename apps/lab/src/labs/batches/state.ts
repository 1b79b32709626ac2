import { keptField } from '../../parts/kept-field.js'
import { choice, real, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { restField } from '../../training/rest.js'
import { ORDERS } from './training.js'

export const MOST_ROWS = 400

export const state = labState({
  d: whole(10, MOST_ROWS, 200),
  m: whole(1, MOST_ROWS, 10),
  order: choice(ORDERS, 'shuffled-cyclic'),
  rate: real(0.01, 2, 0.3),
  seed: whole(0, 9999, 1),
  iteration: restField,
  kept: keptField(),
})
