import { keptField } from '../../parts/kept-field.js'
import { choice, flag, real, text, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { backendField } from '../../training/backend.js'
import { restField } from '../../training/rest.js'
import { DATA_SETS } from './data.js'
import { isFormula, LONGEST_FORMULA } from './expression.js'
import { editsField } from './edits.js'
import { featuresField } from './features.js'
import { hidden, layersField } from './layers.js'
import { pointsField } from './own-points.js'
import { LOSSES, OPTIMIZERS, ORDERS } from './spec.js'

export const MOST_ROWS = 2000

export const state = labState({
  data: choice(DATA_SETS, 'circle'),
  points: whole(20, MOST_ROWS, 300),
  noise: real(0, 0.5, 0.1),
  /** Rows for testing, per cent. */
  test: whole(10, 90, 30),
  formula: text(LONGEST_FORMULA, isFormula, '2*sin(x)'),
  own: pointsField,
  in: featuresField,
  net: layersField([hidden(4), hidden(2)]),
  loss: choice(LOSSES, 'binaryCrossEntropy'),
  opt: choice(OPTIMIZERS, 'adam'),
  rate: real(0.0001, 10, 0.03),
  batch: whole(1, MOST_ROWS, 16),
  order: choice(ORDERS, 'shuffled-cyclic'),
  seed: whole(0, 9999, 1),
  tests: flag(true),
  steps: flag(false),
  flow: flag(true),
  iteration: restField,
  backend: backendField,
  /** Weights that were set by hand, at which iteration. */
  edits: editsField,
  kept: keptField(),
})
