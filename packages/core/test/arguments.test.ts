import { expect, test } from 'vitest'
import { NeuriteError, tensor } from '@neurite/core'
import {
  aBoolean,
  aSeed,
  either,
  having,
  hostArray,
  listOf,
  number,
  oneOf,
  optional,
  or,
  readArray,
  readOptions,
  whole,
  type Reader,
} from '@neurite/core/arguments'
import { reference } from './support/reference-backend.js'

interface Options {
  readonly learningRate?: number
  readonly axes?: readonly number[]
  readonly batchSize?: number
  readonly nesterov?: boolean
}
const read = (options: object) =>
  readOptions('f', options as Options, {
    learningRate: or(0.1, number('[0, Infinity)')),
    axes: optional(listOf(whole(0))),
    batchSize: or(32, whole(1)),
    nesterov: or(false, aBoolean),
  })

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return NeuriteError.isInstance(error) ? error.message : `no NeuriteError: ${String(error)}`
  }
  return 'nothing was thrown'
}

test('options come with their defaults, and only those that were named', () => {
  expect(read({})).toEqual({ learningRate: 0.1, axes: undefined, batchSize: 32, nesterov: false })
  expect(read({ axes: [0, 1], nesterov: true })).toEqual({
    learningRate: 0.1,
    axes: [0, 1],
    batchSize: 32,
    nesterov: true,
  })
  expect(read(Object.create({ batchSize: 7 }))).toMatchObject({ batchSize: 32 })
})

test.each([
  ['lr', 'learningRate'],
  ['axis', 'axes'],
  ['batch_size', 'batchSize'],
  ['learningrate', 'learningRate'],
  ['nestorov', 'nesterov'],
  ['batch', 'batchSize'],
])('the option %s is unknown, and %s was meant', (wrong, meant) => {
  const message = messageOf(() => read({ [wrong]: 1 }))
  expect(message).toMatch(`f: unknown option '${wrong}'; known options: learningRate, axes, batchSize, nesterov.`)
  expect(message).toMatch(`Did you mean '${meant}'?`)
})

test('nothing is suggested for what is near nothing', () => {
  expect(messageOf(() => read({ colour: 1 }))).not.toMatch('Did you mean')
  // Two letters begin too many names.
  expect(messageOf(() => read({ ax: 1 }))).not.toMatch('Did you mean')
  expect(messageOf(() => read({ axe: 1 }))).toMatch("Did you mean 'axes'?")
})

test.each<[string, Reader<unknown>, readonly unknown[], readonly unknown[], string]>([
  ['number()', number(), [0, -1.5], [NaN, Infinity, '1', null], 'a finite number'],
  ["number('[0, 1)')", number('[0, 1)'), [0, 0.99], [1, -0.1, NaN, '0'], 'a number in [0, 1)'],
  ["number('(0, 1]')", number('(0, 1]'), [1, 0.01], [0, 1.01], 'a number in (0, 1]'],
  ["number('(0, Infinity)')", number('(0, Infinity)'), [1e-9, 1e9], [0, -1, Infinity], 'a finite number > 0'],
  ["number('[1, Infinity)')", number('[1, Infinity)'), [1], [0.9, Infinity], 'a finite number >= 1'],
  ['whole(1)', whole(1), [1, 9], [0, 1.5, '1', Infinity], 'a whole number >= 1'],
  ['whole(0, 3)', whole(0, 3), [0, 3], [4, -1], 'a whole number from 0 to 3'],
  ['aSeed', aSeed, [0, -3, 2 ** 53 - 1], [0.5, 2 ** 53, '7'], 'a whole number within'],
  ['oneOf', oneOf('mean', 'sum', 'none'), ['sum'], ['Sum', undefined, 1], "'mean', 'sum' or 'none'"],
  ['listOf', listOf(whole(1)), [[1, 2], []], [3, 'x'], 'an array'],
  [
    'either',
    either("a number >= 1 or 'full'", whole(1), oneOf('full')),
    [3, 'full'],
    [0, 'half'],
    "a number >= 1 or 'full'",
  ],
  [
    'having',
    having<{ aborted: boolean }>('an AbortSignal', 'aborted'),
    [{ aborted: false }],
    [{}, null, 3],
    'an AbortSignal',
  ],
])('%s takes what it says', (_, reader, good, bad, expected) => {
  for (const value of good) expect(reader('f', 'x', value)).toEqual(value)
  for (const value of bad) expect(messageOf(() => reader('f', 'x', value))).toMatch(`f: x must be ${expected}`)
})

test('an item of a list is named by its place', () => {
  expect(messageOf(() => listOf(whole(1))('f', 'sizes', [1, 0]))).toBe(
    'f: sizes[1] must be a whole number >= 1, got 0. [INVALID_ARGUMENT]',
  )
})

test('whatever a person has on the host is one array', async () => {
  const typed = Float32Array.of(1, 2)
  expect(hostArray('f: x', typed)).toEqual({ shape: [2], data: typed })
  expect(
    hostArray('f: x', [
      [1, 2],
      [3, 4],
    ]),
  ).toEqual({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) })
  expect(hostArray('f: x', 3)).toEqual({ shape: [], data: Float64Array.of(3) })
  expect(hostArray('f: x', [true, false])).toEqual({ shape: [2], data: Uint8Array.of(1, 0) })
  expect(hostArray('f: x', [])).toEqual({ shape: [0], data: new Float64Array(0) })
  expect(hostArray('f: x', { toHost: () => ({ shape: [1], data: typed.subarray(0, 1) }) }).shape).toEqual([1])
  const x = tensor([[1], [2]], { backend: reference() })
  expect(await readArray('f: x', x)).toEqual({ shape: [2, 1], data: typed })
  expect(hostArray('f: x', await x.toArray()).shape).toEqual([2, 1])
})

test.each([
  [[[1], [2, 3]], 'SHAPE_MISMATCH', 'f: x[1] should have 1 elements like its neighbours, it has 2 elements'],
  [[1, [2]], 'SHAPE_MISMATCH', 'f: x[1] is an array where its neighbours are numbers'],
  [[[1], 2], 'SHAPE_MISMATCH', 'f: x[1] should have 1 elements'],
  [[1, 'a'], 'INVALID_ARGUMENT', "f: x[1] must be a number or a boolean, got 'a'"],
  [[1, true], 'INVALID_ARGUMENT', 'f: x: numbers and booleans are mixed'],
  [Object.assign([1], { 2: 3 }), 'INVALID_ARGUMENT', 'f: x[1] must be a number or a boolean, got undefined'],
  [{ shape: [3], data: Float32Array.of(1) }, 'SHAPE_MISMATCH', 'the shape [3] holds 3 elements, the data has 1'],
  [{ shape: [1.5], data: Float32Array.of(1) }, 'INVALID_ARGUMENT', 'f: x must be numbers'],
  [{ shape: [1], data: [1] }, 'INVALID_ARGUMENT', 'f: x must be numbers'],
  ['text', 'INVALID_ARGUMENT', "got 'text'"],
  [null, 'INVALID_ARGUMENT', 'got null'],
  [Promise.resolve(1), 'INVALID_ARGUMENT', 'a promise (await it)'],
  [new Map(), 'INVALID_ARGUMENT', 'an instance of Map'],
])('refuses %j with %s', (value, code, message) => {
  expect(() => hostArray('f: x', value)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )
})

test('an array that holds itself is refused, and not followed', () => {
  const array: unknown[] = []
  array.push(array)
  expect(messageOf(() => hostArray('f: x', array))).toMatch('f: x has more than 64 axes, or holds itself')
})

test('where nothing can be waited for, a tensor is an error that says how', () => {
  const x = tensor([1], { backend: reference() })
  expect(messageOf(() => hostArray('f: x', x))).toMatch(
    'f: x is a tensor, whose values have to be waited for; pass await x.toHost()',
  )
})

test('an error can be told from further out', () => {
  const inner = new NeuriteError('SHAPE_MISMATCH', 'dense: 3 for 4.', { got: 3 })
  const outer = inner.within('sequential[2]').within('model')
  expect(outer.message).toBe('model: sequential[2]: dense: 3 for 4. [SHAPE_MISMATCH]')
  expect(outer).toMatchObject({ code: 'SHAPE_MISMATCH', details: { got: 3 } })
  expect((outer.cause as Error).cause).toBe(inner)
  expect(inner.within('load', 'BAD_FILE')).toMatchObject({
    code: 'BAD_FILE',
    message: 'load: dense: 3 for 4. [BAD_FILE]',
    details: { got: 3 },
    cause: inner,
  })
})
