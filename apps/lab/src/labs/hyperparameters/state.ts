import { choice, whole } from '../../state/fields.js'
import { labState } from '../../state/lab-state.js'
import { AXES, AXIS_NAMES, START, type Axis } from './axes.js'
import { DATA } from './data.js'

export const MOST_WORKERS = 8

const place = (axis: Axis) => whole(0, AXES[axis].length - 1, START[axis])

export const state = labState({
  x: choice(AXIS_NAMES, 'learningRate'),
  y: choice(AXIS_NAMES, 'optimizer'),
  data: choice(DATA, 'moons'),
  epochs: whole(5, 100, 30),
  seed: whole(0, 9999, 0),
  workers: whole(1, MOST_WORKERS, 2),
  // The place of each hyperparameter's value, for those that are not searched.
  learningRate: place('learningRate'),
  optimizer: place('optimizer'),
  depth: place('depth'),
  units: place('units'),
  activation: place('activation'),
  initializer: place('initializer'),
  batchSize: place('batchSize'),
  loss: place('loss'),
  dropout: place('dropout'),
  patience: place('patience'),
})
