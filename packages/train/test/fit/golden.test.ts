import { readFileSync } from 'node:fs'
import { setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { crossEntropy, mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam, sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import { fit } from '../../src/index.js'

interface GoldenTensor {
  shape: number[]
  data: number[]
}

interface GoldenTraining {
  name: string
  attrs: { optimizer: 'sgd' | 'adam'; learningRate: number }
  X: GoldenTensor
  Y: GoldenTensor
  weights: GoldenTensor[]
  biases: GoldenTensor[]
  hidden: 'tanh' | 'relu'
  loss: 'crossEntropy' | 'mse'
  batchSize: number
  losses: number[]
  finalWeights: GoldenTensor[]
}

const { cases } = JSON.parse(readFileSync(new URL('../golden/trainings.json', import.meta.url), 'utf8')) as {
  cases: GoldenTraining[]
}
const host = ({ shape, data }: GoldenTensor) => ({ shape, data: Float64Array.from(data) })

beforeAll(() => setDefaultBackend(cpu()))

describe("trainings follow PyTorch's, step by step", () => {
  for (const golden of cases) {
    for (const [dtype, digits] of [
      ['float64', 8],
      ['float32', 4],
    ] as const) {
      test(`${golden.name}, ${dtype}`, async () => {
        const { X, Y, attrs, batchSize, losses, finalWeights } = golden
        const depth = golden.weights.length
        const model = sequential(
          golden.weights.map(({ shape }, i) => dense(shape[1]!, i < depth - 1 ? { activation: golden.hidden } : {})),
        )
        const params = golden.weights.map((weight, i) => ({
          weight: tensor(host(weight), { dtype }),
          bias: tensor(host(golden.biases[i]!), { dtype }),
        }))
        const seen: number[] = []
        const rates: (number | undefined)[] = []
        const result = await fit(
          model,
          { x: host(X), y: host(Y) },
          {
            params,
            loss: golden.loss === 'mse' ? mse : crossEntropy({ fromLogits: true }),
            optimizer:
              attrs.optimizer === 'sgd'
                ? sgd({ learningRate: attrs.learningRate })
                : adam({ learningRate: attrs.learningRate }),
            batchSize,
            order: 'cyclic',
            epochs: (losses.length * batchSize) / X.shape[0]!,
            onIteration: ({ loss, learningRate }) => {
              seen.push(loss)
              rates.push(learningRate)
            },
          },
        )
        expect(seen).toHaveLength(losses.length)
        seen.forEach((loss, i) => expect(loss, `step ${i}`).toBeCloseTo(losses[i]!, digits))
        const trained = result.params as readonly { weight: Tensor }[]
        for (const [i, { weight }] of trained.entries()) {
          const data = await weight.data()
          data.forEach((value, k) =>
            expect(value, `weight ${i}[${k}]`).toBeCloseTo(finalWeights[i]!.data[k]!, digits - 1),
          )
        }
        expect(rates.every((rate) => Math.abs(rate! - attrs.learningRate) < 1e-6)).toBe(true)
        expect(result.history.loss).toHaveLength(result.epochs)
        expect(result.iterations).toBe(losses.length)
      })
    }
  }
})
