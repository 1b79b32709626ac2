import { cpu } from '@neurite/backend-cpu'
import { add, matmul, setDefaultBackend, sigmoid, tanh, tensor, type Tensor } from '@neurite/core'
import { binaryCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { expect, test } from 'vitest'
import { traceBackprop } from '../src/index.js'

setDefaultBackend(cpu())

test('model and loss are traced as the function that they are', async () => {
  const model = sequential([dense(3, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })])
  const { params } = model.init({ inputShape: [2], seed: 4, dtype: 'float64' })
  const x = [
    [0.5, -1],
    [2, 0.25],
  ]
  const y = [[1], [0]]
  const of = await traceBackprop({ model, loss: binaryCrossEntropy }, { params, x, y })
  const [input, target] = [tensor(x, { dtype: 'float64' }), tensor(y, { dtype: 'float64' })]
  type Layers = readonly { readonly weight: Tensor; readonly bias?: Tensor }[]
  const byHand = await traceBackprop(
    ({ w, x: rows }: { readonly w: Layers; readonly x: Tensor }) => {
      const hidden = tanh(add(matmul(rows, w[0]!.weight), w[0]!.bias!))
      return binaryCrossEntropy(sigmoid(add(matmul(hidden, w[1]!.weight), w[1]!.bias!)), target)
    },
    { w: params, x: input },
  )
  const numbers = ({ nodes }: typeof of) => nodes.map(({ value, gradient }) => ({ value, gradient }))
  const kept = numbers(of).filter(({ gradient }) => gradient !== null)
  expect(kept).toEqual(numbers(byHand).filter(({ gradient }) => gradient !== null))
  expect(kept.length).toBeGreaterThan(8)
})
