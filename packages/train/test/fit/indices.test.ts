import { cpu } from '@neurite/backend-cpu'
import { gather, setDefaultBackend, tensor, type Backend } from '@neurite/core'
import { mse } from '@neurite/losses'
import {
  addNodes,
  call,
  dense,
  dropout,
  embedding,
  flatten,
  graph,
  inputIndices,
  input,
  layer,
  sequential,
  type Layer,
} from '@neurite/nn'
import { zeros } from '@neurite/nn/initializers'
import { sgd } from '@neurite/optimizers'
import { beforeEach, describe, expect, test } from 'vitest'
import { diagnose, evaluate, fit, predict, predictor } from '../../src/index.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

/** A table of one's own, which says what it takes. */
const table = (rows: number): Layer =>
  layer({
    name: 'table',
    parameters: () => ({ weight: { shape: [rows, 2], initializer: zeros } }),
    outputShape: (inputShape) => [...inputShape, 2],
    indices: rows,
    apply: ({ weight }, x) => gather(weight, x),
  })

const node = input([2])
const models: readonly [string, Layer][] = [
  ['in a chain', sequential([embedding(3, 2), flatten(), dense(1)])],
  ['in a chain, behind dropout', sequential([sequential([dropout(0.1), embedding(3, 2)]), flatten(), dense(1)])],
  ['of one’s own', sequential([table(3), flatten(), dense(1)])],
  [
    'in a graph, the smaller of two',
    graph({
      inputs: node,
      outputs: call(dense(1), call(flatten(), addNodes([call(embedding(9, 2), node), call(embedding(3, 2), node)]))),
    }),
  ],
]

describe.each(models)('indices that are none are refused by row: %s', (_, model) => {
  test.each([7, -1, 1.5, 3])('%d', async (index) => {
    const x = [
      [0, 2],
      [1, index],
    ]
    const y = [0, 1]
    const error = {
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(
        `row 1 holds ${index}, but the model takes indices: whole numbers from 0 to 2`,
      ) as string,
      details: { row: 1, value: index },
    }
    const options = { loss: mse, optimizer: sgd(), epochs: 1 }
    const { params } = model.init({ inputShape: [2] })
    const held = backend.memory().buffers
    await expect(fit(model, { x, y }, options)).rejects.toMatchObject(error)
    await expect(fit(model, { batches: () => [{ x, y }] }, options)).rejects.toMatchObject(error)
    await expect(fit(model, { x: [[0, 1]], y: [1] }, { ...options, validation: { x, y } })).rejects.toMatchObject(error)
    await expect(evaluate(model, params, { x, y }, { loss: mse })).rejects.toMatchObject(error)
    await expect(predict(model, params, x)).rejects.toMatchObject(error)
    await expect(predictor(model, params).predict(x)).rejects.toMatchObject(error)
    expect(() => predictor(model, params).predictSync(x)).toThrow(expect.objectContaining(error))
    await expect(diagnose(model, { x, y }, { loss: mse })).rejects.toMatchObject(error)
    const on = tensor(x)
    await expect(predict(model, params, on)).rejects.toMatchObject(error)
    await expect(fit(model, { x: on, y }, options)).rejects.toMatchObject(error)
    on.dispose()
    expect(backend.memory().buffers).toBe(held)
  })
})

test('a model of numbers takes any', () => {
  expect(inputIndices(sequential([dense(3), embedding(3, 2)]))).toBeUndefined()
  expect(models.map(([, model]) => inputIndices(model))).toEqual([3, 3, 3, 3])
})
