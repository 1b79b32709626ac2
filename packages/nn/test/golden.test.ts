import {
  compile,
  concat,
  logSoftmax,
  mapTree,
  mean,
  mul,
  neg,
  setDefaultBackend,
  slice,
  square,
  sub,
  sum,
  tensor,
  valueAndGrad,
  type Padding,
  type Tensor,
} from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { avgPool2d, conv2d, dense, layerNorm, maxPool2d, sequential, type ActivationName } from '../src/index.js'
import { expectClose } from './support/expect-close.js'
import { float64, layerCases, trainingCases, type TrainingCase } from './support/golden.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

describe('layers give PyTorch’s numbers', () => {
  test.each(layerCases('conv2d'))('conv2d $attrs', async ({ attrs, inputs, output }) => {
    const [x, weight] = inputs.map(float64) as [Tensor, Tensor]
    const [height, width, , filters] = weight.shape as [number, number, number, number]
    const { strides, padding } = attrs as { strides: [number, number]; padding: Padding }
    const layer = conv2d(filters, { kernelSize: [height, width], strides, padding, useBias: false })
    expect(layer.outputShape(x.shape.slice(1))).toEqual(output.shape.slice(1))
    await expectClose(layer.apply({ weight }, x), output)
  })

  test.each([...layerCases('maxPool2d'), ...layerCases('avgPool2d')])(
    '$name $attrs',
    async ({ name, attrs, inputs, output }) => {
      const layer = (name === 'maxPool2d' ? maxPool2d : avgPool2d)(attrs)
      await expectClose(layer.apply({}, float64(inputs[0]!)), output)
    },
  )

  test.each(layerCases('layerNorm'))('layerNorm $attrs', async ({ attrs, inputs, output }) => {
    const [x, scale, offset] = inputs.map(float64) as [Tensor, Tensor, Tensor]
    await expectClose(layerNorm({ epsilon: attrs.epsilon as number }).apply({ scale, offset }, x), output)
  })
})

type Params = readonly { readonly weight: Tensor; readonly bias: Tensor }[]

/** The network of a case: hidden layers, then a linear one. */
function network({ weights, biases, hidden }: TrainingCase) {
  const params: Params = weights.map((weight, i) => ({ weight: float64(weight), bias: float64(biases[i]!) }))
  const last = weights.length - 1
  const model = sequential(
    weights.map(({ shape }, i) => dense(shape[1]!, i < last ? { activation: hidden as ActivationName } : {})),
  )
  return { model, params }
}

/** Targets were float64 numbers, not float32. */
const targetOf = ({ Y }: TrainingCase): Tensor => tensor({ shape: Y.shape, data: Float64Array.from(Y.data) })

function lossOf(kind: string, y: Tensor, target: Tensor): Tensor {
  if (kind === 'mse') return mean(square(sub(y, target)))
  return mul(neg(sum(mul(target, logSoftmax(y)))), 1 / target.shape[0]!)
}

/** Batch s: rows in cyclic order, from (s * batchSize) mod rows. */
function batch(x: Tensor, step: number, size: number): Tensor {
  const rows = x.shape[0]!
  const begin = (step * size) % rows
  const part = (from: number, count: number): Tensor => slice(x, { begin: [from, 0], size: [count, -1] })
  const first = Math.min(size, rows - begin)
  return first === size ? part(begin, size) : concat([part(begin, first), part(0, size - first)])
}

describe('whole networks give PyTorch’s losses', () => {
  test.each(trainingCases)('$name: first loss and gradients', async (training) => {
    const { model, params } = network(training)
    const [x, y] = [batch(float64(training.X), 0, training.batchSize), batch(targetOf(training), 0, training.batchSize)]
    const [loss, gradients] = valueAndGrad((p: Params) => lossOf(training.loss, model.apply(p, x), y))(params)
    expect(await loss.item()).toBeCloseTo(training.losses[0]!, 8)
    for (const [i, { weight, bias }] of gradients.entries()) {
      await expectClose(weight, training.firstGradients.weights[i]!, 1e-8)
      await expectClose(bias, training.firstGradients.biases[i]!, 1e-8)
    }
  })

  test.each(trainingCases.filter(({ attrs }) => attrs.optimizer === 'sgd'))(
    '$name: every loss of the training, compiled',
    async (training) => {
      const { model, params: start } = network(training)
      const [x, y] = [float64(training.X), targetOf(training)]
      const step = compile((params: Params, xs: Tensor, ys: Tensor) => {
        const [loss, gradients] = valueAndGrad((p: Params) => lossOf(training.loss, model.apply(p, xs), ys))(params)
        return { loss, params: mapTree((p, g) => sub(p, mul(g, training.attrs.learningRate)), params, gradients) }
      })
      let params = start
      for (const [s, expected] of training.losses.entries()) {
        const next = step(params, batch(x, s, training.batchSize), batch(y, s, training.batchSize))
        expect(await next.loss.item(), `step ${s}`).toBeCloseTo(expected, 7)
        params = next.params
      }
      for (const [i, weight] of training.finalWeights.entries()) await expectClose(params[i]!.weight, weight, 1e-7)
      step.dispose()
    },
  )
})
