/** What a trial is trained with, each by its place in the list of its values. */
export const AXES = {
  learningRate: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
  optimizer: ['sgd', 'momentum', 'adagrad', 'rmsprop', 'adam', 'nadam'],
  depth: [0, 1, 2, 3, 4, 6],
  units: [1, 2, 4, 8, 16, 32],
  activation: ['identity', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'gelu'],
  initializer: ['zeros', 'tiny', 'glorotUniform', 'heNormal', 'orthogonal', 'huge'],
  batchSize: [4, 8, 16, 32, 64, 128],
  loss: ['binaryCrossEntropy', 'focal', 'mse', 'hinge'],
  dropout: [0, 0.1, 0.2, 0.3, 0.5, 0.7],
  patience: [1, 2, 4, 8, 16, 32],
} as const

export type Axis = keyof typeof AXES
export const AXIS_NAMES = Object.keys(AXES) as readonly Axis[]

/** A choice of every hyperparameter. */
export type Point = { readonly [A in Axis]: (typeof AXES)[A][number] }

/** Where a search begins: the place of each value. A network that learns, but not well. */
export const START: Readonly<Record<Axis, number>> = {
  learningRate: 2,
  optimizer: 1,
  depth: 1,
  units: 2,
  activation: 2,
  initializer: 2,
  batchSize: 3,
  loss: 0,
  dropout: 0,
  patience: 5,
}
