import { setDefaultBackend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { labelEncoder, standardScaler } from '@neurite/data'
import { breastCancer, iris, wine } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { accuracy } from '@neurite/train'
import { beforeAll, describe, expect, test } from 'vitest'
import { crossValidate } from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

/** All columns but the target, row by row, and the target's classes. */
function dataset(table: object, target: string) {
  const columns = Object.entries(table) as [string, ArrayLike<number | string>][]
  const features = columns.filter(([name]) => name !== target).map(([, values]) => values)
  const labels = columns.filter(([name]) => name === target).flatMap(([, values]) => Array.from(values, String))
  const x = labels.map((_, row) => features.map((values) => Number(values[row])))
  return { x, y: labelEncoder().fit(labels).transform(labels), classes: new Set(labels).size }
}

const sets = {
  iris: dataset(iris(), 'species'),
  wine: dataset(wine(), Object.keys(wine()).at(-1)!),
  'breast cancer': dataset(breastCancer(), Object.keys(breastCancer()).at(-1)!),
}

describe('5-fold accuracy on real data is at least 0.95', () => {
  for (const [name, { x, y, classes }] of Object.entries(sets)) {
    test(name, async () => {
      expect(classes).toBeLessThanOrEqual(3)
      const model = sequential([dense(16, { activation: 'tanh' }), dense(classes)])
      const { mean } = await crossValidate(
        model,
        { x, y },
        {
          loss: sparseCrossEntropy({ fromLogits: true }),
          optimizer: adam({ learningRate: 0.01 }),
          epochs: 25,
          batchSize: 16,
          metrics: { accuracy },
          stratify: y,
          prepare: (train) => {
            const scaler = standardScaler().fit(train.x)
            return (part) => ({ ...part, x: scaler.transform(part.x) })
          },
        },
      )
      expect(mean.accuracy).toBeGreaterThanOrEqual(0.95)
    })
  }
})
