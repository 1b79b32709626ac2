import { configOf, dense, dropout, sequential, type Layer } from '@neurite/nn'
import type { BatchOrder } from '@neurite/data'
import type { Named, Rows, TrainingSpec } from '../../training/spec.js'
import type { Points, Split } from './data.js'
import { inputsAt, type FeatureName } from './features.js'
import type { HiddenLayer } from './layers.js'

/** Losses of two classes, and of heights (4.3.3). */
export const CLASS_LOSSES = ['binaryCrossEntropy', 'mse', 'hinge', 'mae', 'huber'] as const
export const HEIGHT_LOSSES = ['mse', 'mae', 'huber', 'sse', 'sumAbsoluteResiduals'] as const
export const LOSSES = ['binaryCrossEntropy', 'mse', 'hinge', 'mae', 'huber', 'sse', 'sumAbsoluteResiduals'] as const
export type LossName = (typeof LOSSES)[number]

export const OPTIMIZERS = [
  'sgd',
  'momentum',
  'nesterov',
  'rmsprop',
  'adagrad',
  'adam',
  'adamw',
  'nadam',
  'lion',
] as const
export type OptimizerName = (typeof OPTIMIZERS)[number]

export const ORDERS = ['shuffled-cyclic', 'cyclic', 'random'] as const satisfies readonly BatchOrder[]

export interface NetworkChoice {
  readonly features: readonly FeatureName[]
  readonly layers: readonly HiddenLayer[]
  readonly loss: LossName
  readonly regression: boolean
}

/** How the last neuron's number is read. */
export type OutputKind = 'logit' | 'sign' | 'score' | 'height'

export function outputKind({ loss, regression }: Pick<NetworkChoice, 'loss' | 'regression'>): OutputKind {
  if (regression) return 'height'
  return loss === 'binaryCrossEntropy' ? 'logit' : loss === 'hinge' ? 'score' : 'sign'
}

/** A loss that the present problem has: a link may say another. */
export function lossFor(loss: LossName, regression: boolean): LossName {
  const known: readonly LossName[] = regression ? HEIGHT_LOSSES : CLASS_LOSSES
  return known.includes(loss) ? loss : known[0]!
}

/** The network, layer by layer; dropout stands after the layer whose outputs it leaves out. */
export function networkOf(choice: NetworkChoice): Layer {
  const layers = choice.layers.flatMap(({ units, activation, dropout: rate, penalty, strength }) => [
    dense(units, { activation, ...(penalty !== 'none' && { regularizer: { [penalty]: strength } }) }),
    ...(rate > 0 ? [dropout(rate)] : []),
  ])
  return sequential([...layers, dense(1, { activation: outputKind(choice) === 'sign' ? 'tanh' : 'identity' })])
}

/** Where in the list of layers each dense one stands: the hidden ones, then the output. */
export function placesOf(layers: readonly HiddenLayer[]): readonly number[] {
  let at = 0
  const places = layers.map(({ dropout: rate }) => {
    const here = at
    at += rate > 0 ? 2 : 1
    return here
  })
  return [...places, at]
}

export function lossNamed(loss: LossName): Named {
  return loss === 'binaryCrossEntropy' ? { kind: loss, fromLogits: true } : { kind: loss }
}

export function optimizerNamed(name: OptimizerName, learningRate: number): Named {
  if (name === 'momentum') return { kind: 'sgd', learningRate, momentum: 0.9 }
  if (name === 'nesterov') return { kind: 'sgd', learningRate, momentum: 0.9, nesterov: true }
  return { kind: name, learningRate }
}

/** Rows as the loss takes them: classes 0 and 1, or -1 and 1. */
export function rowsOf({ places, values }: Points, features: readonly FeatureName[], kind: OutputKind): Rows {
  const data = kind === 'sign' || kind === 'score' ? values.map((value) => 2 * value - 1) : values
  return { x: inputsAt(places, features), y: { shape: [values.length, 1], data } }
}

export interface TrainingChoice extends NetworkChoice {
  readonly split: Split
  readonly optimizer: OptimizerName
  readonly learningRate: number
  readonly batchSize: number
  readonly order: (typeof ORDERS)[number]
  readonly seed: number
}

export function trainingSpec(choice: TrainingChoice): TrainingSpec {
  const { split, features, regression, batchSize } = choice
  const kind = outputKind(choice)
  return {
    model: configOf(networkOf(choice)),
    loss: lossNamed(choice.loss),
    optimizer: optimizerNamed(choice.optimizer, choice.learningRate),
    data: rowsOf(split.train, features, kind),
    ...(split.test !== undefined && { test: rowsOf(split.test, features, kind) }),
    batchSize: batchSize >= split.train.values.length ? 'full' : batchSize,
    order: choice.order,
    seed: choice.seed,
    classes: !regression,
  }
}
