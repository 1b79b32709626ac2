import { choice, numbers, real } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { restField } from '../../training/rest.js'
import { FURTHEST, LEAST_FAR, MOST } from './names.js'

export const state = labState({
  view: choice(['descent', 'list'], 'descent'),
  /** The learning rate, in percent of the largest with which descent does not diverge. */
  rate: real(5, 110, 90),
  /** Height and weight of the last person; nothing: as in the data. */
  person: numbers(0, MOST, 2, []),
  /** The outlier of the chapter's list. */
  far: real(LEAST_FAR, FURTHEST, 100),
  iteration: restField,
})
