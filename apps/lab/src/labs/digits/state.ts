import { keptField } from '../../parts/kept-field.js'
import { choice, real, text, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { backendField } from '../../training/backend.js'
import { restField } from '../../training/rest.js'
import { isImageText } from './image.js'
import { KINDS } from './network.js'

export const OPTIMIZERS = ['adam', 'sgd', 'rmsprop'] as const
export const BATCHES = ['8', '16', '32', '64', '128'] as const
export const HIDDEN = ['16', '32', '64'] as const

/** A three of the test rows: it stands on the pad when the lab is opened. */
export const FIRST = '008cd50004d49b000006d400000af40000004f2007800c7008913g3000agg600'

export const state = labState({
  kind: choice(KINDS, 'cnn'),
  optimizer: choice(OPTIMIZERS, 'adam'),
  rate: real(0.0001, 1, 0.005),
  batch: choice(BATCHES, '32'),
  hidden: choice(HIDDEN, '32'),
  seed: whole(0, 999, 1),
  /** The image on the pad. */
  image: text(64, isImageText, FIRST),
  iteration: restField,
  backend: backendField,
  kept: keptField(),
})
