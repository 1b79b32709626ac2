import { cpu } from '@neurite/backend-cpu'
import { disposeTree } from '@neurite/core'
import { trainTestSplit } from '@neurite/data'
import { circles, moons, twoSpirals, type LabeledPoints } from '@neurite/datasets'
import { binaryCrossEntropy, focalCrossEntropy, hinge, mse, type Loss } from '@neurite/losses'
import { dense, dropout, sequential, type Layer } from '@neurite/nn'
import { glorotUniform, heNormal, normal, orthogonal, zeros, type Initializer } from '@neurite/nn/initializers'
import { adagrad, adam, nadam, rmsprop, sgd, type Optimizer } from '@neurite/optimizers'
import { accuracy, earlyStopping, evaluate, fit } from '@neurite/train'
import type { Point } from './axes.js'
import type { DataName } from './data.js'

/** One trial: a point, and what all trials of a search share. */
export interface TrialPoint extends Point {
  readonly data: DataName
  readonly epochs: number
  readonly dataSeed: number
}

const POINTS: Readonly<Record<DataName, (seed: number) => LabeledPoints>> = {
  moons: (seed) => moons({ points: 240, noise: 0.18, seed }),
  circles: (seed) => circles({ points: 240, noise: 0.1, seed }),
  spirals: (seed) => twoSpirals({ points: 240, noise: 0.04, seed }),
}

const OPTIMIZERS: Readonly<Record<Point['optimizer'], (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => sgd({ learningRate }),
  momentum: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
  adagrad: (learningRate) => adagrad({ learningRate }),
  rmsprop: (learningRate) => rmsprop({ learningRate }),
  adam: (learningRate) => adam({ learningRate }),
  nadam: (learningRate) => nadam({ learningRate }),
}

const INITIALIZERS: Readonly<Record<Point['initializer'], Initializer>> = {
  zeros,
  tiny: normal({ standardDeviation: 0.001 }),
  glorotUniform,
  heNormal,
  orthogonal: orthogonal(),
  huge: normal({ standardDeviation: 5 }),
}

/** Losses of one score a row; hinge expects classes -1 and 1, which fit makes of 0 and 1. */
const LOSSES: Readonly<Record<Point['loss'], Loss>> = {
  binaryCrossEntropy: binaryCrossEntropy({ fromLogits: true }),
  focal: focalCrossEntropy({ fromLogits: true }),
  mse,
  hinge,
}

/** The network of a point: `depth` hidden layers of `units` neurons. */
export function networkOf({ depth, units, activation, initializer, dropout: rate }: Point): Layer {
  const weightInitializer = INITIALIZERS[initializer]
  const hidden = Array.from({ length: depth }, () => [
    dense(units, { activation, weightInitializer }),
    ...(rate > 0 ? [dropout(rate)] : []),
  ])
  return sequential([...hidden.flat(), dense(1, { weightInitializer })])
}

/**
 * The accuracy on rows that were not trained on, for a search to compare.
 *
 * @throws NeuriteError `NON_FINITE` for a training that diverges: the search counts it as failed
 */
export async function objective(point: TrialPoint, { seed }: { readonly seed: number }): Promise<number> {
  const backend = cpu()
  try {
    const { x, y } = POINTS[point.data](point.dataSeed)
    const split = trainTestSplit({ x, y }, { test: 0.4, seed: point.dataSeed })
    const model = networkOf(point)
    const loss = LOSSES[point.loss]
    const trained = await fit(model, split.train, {
      loss,
      optimizer: OPTIMIZERS[point.optimizer](point.learningRate),
      epochs: point.epochs,
      batchSize: point.batchSize,
      callbacks: [earlyStopping({ monitor: 'loss', patience: point.patience })],
      seed,
      backend,
      onWarning: () => undefined,
    })
    const { accuracy: found } = await evaluate(model, trained.params, split.test, { loss, metrics: { accuracy } })
    disposeTree([trained.params, trained.state, trained.optimizerState])
    return found
  } finally {
    backend.dispose()
  }
}
