import { choice, numbers, real, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { backendField } from '../../training/backend.js'
import { restField } from '../../training/rest.js'

/** The six of the chapter (4.2.4.a), then what is used beside them. */
export const CHAPTER = ['identity', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'softmax'] as const
export const OTHERS = [
  'elu',
  'selu',
  'gelu',
  'silu',
  'mish',
  'softplus',
  'softsign',
  'hardSigmoid',
  'hardTanh',
  'relu6',
] as const
export const PHIS = [...CHAPTER, ...OTHERS] as const
export type Phi = (typeof PHIS)[number]

/** What the lab shows: one function, a deep network of it, a deep network without one. */
export const SCENES = ['curve', 'deep', 'line'] as const
export const INITS = ['auto', 'glorotUniform', 'heNormal', 'lecunNormal', 'small', 'large'] as const
export type Init = (typeof INITS)[number]
export const BENDS = ['identity', 'relu', 'tanh'] as const

/** Ends of the plotted x axis. */
export const REACH = 6

export const state = labState({
  scene: choice(SCENES, 'curve'),
  phi: choice(PHIS, 'sigmoid'),
  x: real(-REACH, REACH, 2),
  /** Of leaky ReLU below 0: the chapter's a. */
  a: real(0.01, 0.9, 0.1),
  /** What softmax is of. */
  z: numbers(-4, 4, 4, [2, 1, 0.1, -1]),
  layers: whole(2, 12, 10),
  init: choice(INITS, 'auto'),
  rate: real(0.001, 10, 0.1),
  seed: whole(1, 99, 1),
  /** The network without activations: its layers, and how many of them are multiplied into one. */
  depth: whole(2, 5, 4),
  joined: whole(1, 5, 1),
  bend: choice(BENDS, 'identity'),
  iteration: restField,
  backend: backendField,
})
