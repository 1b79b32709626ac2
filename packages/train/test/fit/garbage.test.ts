import { setDefaultBackend, NeuriteError, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import { diagnose, evaluate, fit, predict } from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const released = () => {
  const x = tensor([[1], [2]])
  x.dispose()
  return x
}
const circular: unknown[] = []
circular.push(circular)

/** What is neither a dataset nor an array of numbers, whatever it looks like. */
const garbage: readonly (readonly [name: string, make: () => unknown])[] = [
  ['null', () => null],
  ['NaN', () => NaN],
  ['true', () => true],
  ['a number', () => 7],
  ['a bigint', () => 7n],
  ['no text', () => ''],
  ['text', () => 'iris.csv'],
  ['a symbol', () => Symbol('x')],
  ['a function', () => () => 1],
  ['an object', () => ({})],
  ['an object without prototype', () => Object.create(null) as unknown],
  ['an object whose constructor is text', () => ({ constructor: 'x' })],
  ['a date', () => new Date()],
  ['a map', () => new Map([['x', 1]])],
  ['a regular expression', () => /x/],
  ['an error', () => new Error('x')],
  ['a promise', () => Promise.resolve([[1], [2]])],
  ['a buffer', () => new ArrayBuffer(8)],
  ['a view', () => new DataView(new ArrayBuffer(8))],
  ['bigints', () => BigInt64Array.of(1n, 2n)],
  ['an iterator', () => [1, 2].values()],
  ['nulls', () => [null, null]],
  ['holes', () => new Array<number>(2)],
  // eslint-disable-next-line no-sparse-arrays -- what a slip of the hand makes
  ['a hole between numbers', () => [1, , 2]],
  ['texts', () => ['a', 'b']],
  ['objects', () => [{}, {}]],
  ['functions', () => [() => 1, () => 2]],
  ['symbols', () => [Symbol('a'), Symbol('b')]],
  ['ragged rows', () => [[1], [2, 3]]],
  ['rows among numbers', () => [1, [2]]],
  ['an array that holds itself', () => circular],
  ['numbers and booleans', () => [1, true]],
  ['a shape alone', () => ({ shape: [2] })],
  ['data alone', () => ({ data: Float32Array.of(1, 2) })],
  ['data as an array', () => ({ shape: [2], data: [1, 2] })],
  ['data as text', () => ({ shape: [2], data: 'ab' })],
  ['a shape as text', () => ({ shape: '2', data: Float32Array.of(1, 2) })],
  ['a negative extent', () => ({ shape: [-2], data: Float32Array.of(1, 2) })],
  ['an extent that is too large', () => ({ shape: [3], data: Float32Array.of(1, 2) })],
  ['toHost that gives nothing', () => ({ toHost: () => null })],
  ['toHost that gives garbage', () => ({ toHost: () => ({ shape: null, data: 5 }) })],
  [
    'toHost that must be waited for',
    () => ({ toHost: () => Promise.resolve({ shape: [1], data: Float32Array.of(1) }) }),
  ],
  ['toHost that is no function', () => ({ toHost: 5 })],
  ['a released tensor', released],
]

const model = sequential([dense(1)])
const options = { loss: mse, optimizer: sgd(), epochs: 1 }
const x = [[1], [2]]
const y = [[1], [2]]
const batches = (batch: unknown) => ({ batches: () => [batch] }) as never
const params = [{ weight: [[1]], bias: [0] }]

/** Every place where a person gives data. */
const places: readonly (readonly [name: string, call: (value: never) => Promise<unknown>])[] = [
  ['fit: the data', (value) => fit(model, value, options)],
  ['fit: x', (value) => fit(model, { x: value, y }, options)],
  ['fit: y', (value) => fit(model, { x, y: value }, options)],
  ['fit: sampleWeights', (value) => fit(model, { x, y, sampleWeights: value }, options)],
  ['fit: validation', (value) => fit(model, { x, y }, { ...options, validation: value })],
  ['fit: batches', (value) => fit(model, { batches: value }, options)],
  ['fit: what batches gives', (value) => fit(model, { batches: () => value }, options)],
  ['fit: a batch', (value) => fit(model, batches(value), options)],
  ['fit: x of a batch', (value) => fit(model, batches({ x: value, y }), options)],
  ['fit: y of a batch', (value) => fit(model, batches({ x, y: value }), options)],
  ['fit: sampleWeights of a batch', (value) => fit(model, batches({ x, y, sampleWeights: value }), options)],
  ['evaluate: x', (value) => evaluate(model, placed(), { x: value, y }, { loss: mse })],
  ['evaluate: y', (value) => evaluate(model, placed(), { x, y: value }, { loss: mse })],
  ['predict: x', (value) => predict(model, placed(), value)],
  ['diagnose: x', (value) => diagnose(model, { x: value, y }, { loss: mse })],
]
const placed = () => params.map(({ weight, bias }) => ({ weight: tensor(weight), bias: tensor(bias) })) as never

describe.each(places)('%s', (_, call) => {
  test.each(garbage)('%s is a coded error', async (__, make) => {
    const outcome = await call(make() as never).then(
      () => 'no error',
      (error: unknown) => error,
    )
    expect(outcome).toSatisfy(NeuriteError.isInstance)
  })
})
