import { choice, flag, numbers, real, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'

/** Neurons of the hidden layer, as in the chapter. */
export const N = 5
export const PHIS = ['sigmoid', 'tanh', 'relu', 'identity'] as const
/** Ends of the inputs, and of every weight. */
export const REACH = 4
export const MOST = 9
/** Of the trainings on digits. */
export const EPOCHS = 24

/** What the lab shows: a network as a graph (4.2.0 to 4.2.2), and what flattening forgets (4.2.3). */
export const SCENES = ['graph', 'flatten'] as const

export const state = labState({
  scene: choice(SCENES, 'graph'),
  inputs: choice(['1', '2'], '1'),
  phi: choice(PHIS, 'sigmoid'),
  /** Whether biases are weights of an extra input 1. */
  one: flag(false),
  w1: numbers(-MOST, MOST, N, [3, -2, 1.5, -4, 2.5]),
  w2: numbers(-MOST, MOST, N, [-1, 2, 2.5, 1, -3]),
  b: numbers(-MOST, MOST, N, [3, 1, -1.5, 0.5, -4]),
  /** The chapter's v. */
  out: numbers(-MOST, MOST, N, [1.2, -0.8, 1, 0.6, -1]),
  x1: real(-REACH, REACH, 1),
  x2: real(-REACH, REACH, -1),
  /** Of the order in which pixels are shuffled. */
  seed: whole(1, 99, 1),
  shuffled: flag(true),
  guess: choice(['none', 'dense', 'conv'], 'none'),
  /** How far the trainings are looked at: as they stand then. */
  epoch: whole(0, EPOCHS, EPOCHS),
})
