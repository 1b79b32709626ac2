import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, expect, test } from 'vitest'
import { evaluate, fit, predict, predictor } from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const model = sequential([dense(1)])
const data = { x: [[0], [1]], y: [0, 1] }
const options = { loss: mse, optimizer: sgd(), epochs: 1 }

test('all that fit or init returned, given for params or state, says how', async () => {
  const result = await fit(model, data, options)
  const given = result as never
  const way = (name: string) => ({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(
      new RegExp(`${name} is all that fit or init returned.*give its ${name}: result\\.${name}\\.`),
    ) as string,
  })
  await expect(predict(model, given, data.x)).rejects.toMatchObject(way('params'))
  await expect(predict(model, result.params, data.x, { state: given })).rejects.toMatchObject(way('state'))
  await expect(evaluate(model, given, data, { loss: mse })).rejects.toMatchObject(way('params'))
  expect(() => predictor(model, model.init({ inputShape: [1] }) as never)).toThrow(
    expect.objectContaining(way('params')),
  )
  await expect(fit(model, data, { ...options, params: given })).rejects.toMatchObject(way('params'))
})
