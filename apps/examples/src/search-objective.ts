// What search.ts judges, in its workers: how well a network of some width and learning rate tells wines apart.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { labelEncoder, standardScaler, Table, trainTestSplit } from '@neurite/data'
import { wine } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { crossValidate } from '@neurite/search'

setDefaultBackend(cpu())

const wines = Table.fromColumns(wine()).withTarget('cultivar')
const y = labelEncoder().fitTransform(wines.column('cultivar'))
const { train, test } = trainTestSplit({ x: wines.features, y }, { test: 0.25, stratify: 'y', seed: 0 })
const scaler = standardScaler().fit(train.x)

/** The rows to learn from, and those that the search never sees. */
export const data = {
  train: { x: scaler.transform(train.x), y: train.y },
  test: { x: scaler.transform(test.x), y: test.y },
}
export const loss = sparseCrossEntropy({ fromLogits: true })

/** A point of the search. */
export interface Point {
  readonly units: number
  readonly learningRate: number
}

export const modelOf = ({ units }: Point) => sequential([dense(units, { activation: 'relu' }), dense(3)])
export const trainingOf = ({ learningRate }: Point) => ({
  loss,
  optimizer: adam({ learningRate }),
  epochs: 15,
  batchSize: 16,
})

/** The loss on rows that a network was not shown, as the mean of four. */
export async function objective(point: Point, { seed }: { readonly seed: number }): Promise<number> {
  const { mean } = await crossValidate(modelOf(point), data.train, {
    ...trainingOf(point),
    folds: 4,
    stratify: data.train.y,
    seed,
  })
  return mean.loss
}
