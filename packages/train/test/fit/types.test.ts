import { setDefaultBackend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential, type Layer, type ParamsOf } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, expect, expectTypeOf, test } from 'vitest'
import { accuracy, fit, fitEvents, predict, type FitOptions, type History } from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const data = { x: [[0], [1]], y: [0, 1] }
const options = { loss: mse, optimizer: sgd(), epochs: 1 }
const shallow = sequential([dense(1)])
const deep = sequential([dense(4), dense(1)])

test('params are those of the model, metrics those that were asked for', async () => {
  const { params, history } = await fit(deep, data, { ...options, metrics: { accuracy } })
  expectTypeOf(params).toEqualTypeOf<ParamsOf<typeof deep>>()
  expectTypeOf(history.valAccuracy).toEqualTypeOf<readonly number[]>()
  expect(params).toHaveLength(2)
})

test('history knows the names that it has, and no others', async () => {
  const { history } = await fit(shallow, data, { ...options, metrics: { accuracy } })
  expect([history.accuracy, history.loss].map(({ length }) => length)).toEqual([1, 1])
  // @ts-expect-error -- misspelt
  expect(history.acuracy).toBeUndefined()
  const { history: plain } = await fit(shallow, data, options)
  // @ts-expect-error -- no metric was asked for
  expect(plain.accuracy).toBeUndefined()
  const general: History = history
  expectTypeOf(general.anything).toEqualTypeOf<readonly number[] | undefined>()
  const { history: unknown } = await fit(shallow, data, options as FitOptions)
  expectTypeOf(unknown.accuracy).toEqualTypeOf<readonly number[] | undefined>()
})

test('a model that is one of two types gives params of one of them', async () => {
  for (const wide of [true, false]) {
    const model = wide ? deep : shallow
    const { params } = await fit(model, data, {
      ...options,
      onEpoch: ({ epoch }) => void expectTypeOf(epoch).toBeNumber(),
    })
    expectTypeOf<typeof params>().toEqualTypeOf<ParamsOf<typeof deep> | ParamsOf<typeof shallow>>()
    expect(params).toHaveLength(wide ? 2 : 1)
    expect((await predict(model, params, data.x)).shape).toEqual([2, 1])
    for await (const event of fitEvents(model, data, options))
      if (event.kind === 'end') expect(event.result.params).toHaveLength(wide ? 2 : 1)
  }
})

test('options of a general type, and a model of one, are as good as ever', async () => {
  const general: FitOptions = options
  const model: Layer = shallow
  expect((await fit(shallow, data, general)).epochs + (await fit(model, data, general)).epochs).toBe(2)
})

test('options that belong to another model do not type-check', async () => {
  const { params } = deep.init({ inputShape: [1] })
  // @ts-expect-error -- params of two layers for a model of one
  await expect(fit(shallow, data, { ...options, params })).rejects.toThrow()
})
