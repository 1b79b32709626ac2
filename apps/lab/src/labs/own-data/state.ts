import { keptField } from '../../parts/kept-field.js'
import { choice, flag, numbers, real, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { MOST_COLUMNS } from './limits.js'
import { ACTIVATIONS, SCALINGS } from './plan.js'

export const EXAMPLES = ['iris', 'wine', 'diabetes', 'breastCancer', 'cafe'] as const
export type Example = (typeof EXAMPLES)[number]

/** Columns go by number, so that a link never holds a name of somebody's own table. */
export const state = labState({
  table: choice([...EXAMPLES, 'own'], 'iris'),
  /** The column to predict; -1 is the one that the lab suggests. */
  target: whole(-1, MOST_COLUMNS - 1, -1),
  /** Columns that are used although the lab would not, or the reverse. */
  flip: numbers(0, MOST_COLUMNS - 1, MOST_COLUMNS, []),
  task: choice(['auto', 'classes', 'values'], 'auto'),
  scaling: choice(SCALINGS, 'none'),
  scaleTarget: flag(true),
  layers: whole(0, 4, 1),
  units: whole(1, 64, 16),
  phi: choice(ACTIVATIONS, 'relu'),
  rate: real(0.0001, 1, 0.01),
  batch: whole(1, 256, 16),
  epochs: whole(1, 500, 100),
  /** The epoch that is looked back at; 0 is the last one. */
  back: whole(0, 500, 0),
  seed: whole(0, 999, 5),
  /** Runs of an example only: those of somebody's own table say its columns' names. */
  kept: keptField(({ group }) => !group.startsWith('["own')),
})
