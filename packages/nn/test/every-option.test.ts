import { cpu } from '@neurite/backend-cpu'
import { key, setDefaultBackend, zeros as zerosOf } from '@neurite/core'
import { beforeAll, describe, expect, test } from 'vitest'
import * as initializers from '../src/initializers/index.js'
import * as nn from '../src/index.js'
import type { Layer } from '../src/index.js'
import type { Initializer } from '../src/initializers/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const SHARE = [-0.1, 1, Number.NaN, '0.5', null]
const NOT_NEGATIVE = [-1, Number.NaN, Infinity, '1', null]
const FINITE = [Number.NaN, Infinity, '1', null]
const EXTENT = [0, 1.5, Number.NaN, '3', null, undefined]
const PAIR = [0, 1.5, '2', [1], [1, 0], [1, 2, 3], null]
const PADDING = [
  'full',
  1,
  [[1]],
  [[1, 2], [3]],
  [
    [1, -1],
    [0, 0],
  ],
  null,
]
const REGULARIZER = [1, 'l2', null, { l1: -1 }, { l2: '1' }, { L2: 1 }]

/** An option: its documented default (undefined: none is said), and values that are none. */
type Options = Readonly<Record<string, readonly [standard: unknown, wrong: readonly unknown[]]>>

const WEIGHT: Options = {
  activation: ['identity', ['tanhh', 1, null]],
  useBias: [true, [1, 'true', null]],
  weightInitializer: [initializers.glorotUniform, ['heNormal', 1, null]],
  biasInitializer: [initializers.zeros, ['zeros', 0, null]],
  regularizer: [{ l1: 0, l2: 0 }, REGULARIZER],
}

interface Case {
  readonly make: (options?: object) => Layer
  readonly inputShape: readonly number[]
  readonly options: Options
}

const LAYERS: Readonly<Record<string, Case>> = {
  dense: { make: (options) => nn.dense(3, options), inputShape: [2], options: WEIGHT },
  conv2d: {
    make: (options) => nn.conv2d(2, { kernelSize: 2, ...options }),
    inputShape: [3, 3, 1],
    options: { ...WEIGHT, kernelSize: [2, [...PAIR, undefined]], strides: [[1, 1], PAIR], padding: ['valid', PADDING] },
  },
  patchEmbedding: {
    make: (options) => nn.patchEmbedding(2, { patchSize: 2, ...options }),
    inputShape: [4, 4, 1],
    options: { ...WEIGHT, patchSize: [2, [...PAIR, undefined]] },
  },
  embedding: {
    make: (options) => nn.embedding(5, 2, options),
    inputShape: [3],
    options: {
      weightInitializer: [initializers.uniform({ minimum: -0.05, maximum: 0.05 }), ['uniform', null]],
      regularizer: [{}, REGULARIZER],
    },
  },
  batchNorm: {
    make: (options) => nn.batchNorm(options),
    inputShape: [2],
    options: { momentum: [0.9, SHARE], epsilon: [1e-5, NOT_NEGATIVE] },
  },
  layerNorm: { make: (options) => nn.layerNorm(options), inputShape: [2], options: { epsilon: [1e-5, NOT_NEGATIVE] } },
  maxPool2d: {
    make: (options) => nn.maxPool2d(options),
    inputShape: [5, 5, 1],
    options: { window: [2, PAIR], strides: [[2, 2], PAIR], padding: ['valid', PADDING] },
  },
  avgPool2d: {
    make: (options) => nn.avgPool2d(options),
    inputShape: [5, 5, 1],
    options: { window: [2, PAIR], strides: [[2, 2], PAIR], padding: ['valid', PADDING] },
  },
}

const INITIALIZERS: Readonly<Record<string, { readonly make: (options?: object) => Initializer; options: Options }>> = {
  uniform: { make: initializers.uniform, options: { minimum: [-0.05, FINITE], maximum: [0.05, FINITE] } },
  normal: { make: initializers.normal, options: { mean: [0, FINITE], standardDeviation: [0.05, NOT_NEGATIVE] } },
  truncatedNormal: {
    make: initializers.truncatedNormal,
    options: { mean: [0, FINITE], standardDeviation: [0.05, NOT_NEGATIVE] },
  },
  orthogonal: { make: initializers.orthogonal, options: { gain: [1, FINITE] } },
}

/** Wrong values are refused by name, and so are names that are none. */
function refuses(name: string, make: (options: object) => unknown, options: Options): void {
  for (const [option, [, wrong]] of Object.entries(options)) {
    for (const value of wrong)
      expect(() => make({ [option]: value }), `${option}: ${JSON.stringify(value)}`).toThrow(
        new RegExp(`^${name}: .*${option}.*(INVALID_ARGUMENT|UNKNOWN_OPTION)\\]$`),
      )
    expect(() => make({ [option.toUpperCase()]: 1 })).toThrow(`Did you mean '${option}'?`)
  }
}

const standardOf = (options: Options): object =>
  Object.freeze(Object.fromEntries(Object.entries(options).map(([name, [value]]) => [name, value])))

/** Every number of params and state, and the output for some input. */
function numbersOf(layer: Layer, inputShape: readonly number[], seed?: number): unknown {
  const { params, state } = layer.init({ inputShape, ...(seed !== undefined && { seed }) })
  const x = zerosOf([2, ...inputShape])
  return [params, state, layer.apply(params, x, { state })].map((tree) =>
    JSON.stringify(tree, (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'dataSync' in value
        ? [...(value as ReturnType<typeof zerosOf>).dataSync()]
        : value,
    ),
  )
}

describe.each(Object.entries(LAYERS))('%s', (name, { make, inputShape, options }) => {
  test('refuses wrong options', () => refuses(name, make, options))

  test('has the defaults of its documentation, is the same twice, and changes nothing that it was given', () => {
    expect(numbersOf(make(standardOf(options)), inputShape)).toEqual(numbersOf(make(), inputShape))
    expect(numbersOf(make(), inputShape, 0)).toEqual(numbersOf(make(), inputShape))
    const undefinedOnes = Object.fromEntries(
      Object.entries(options).flatMap(([option, [, wrong]]) =>
        wrong.includes(undefined) ? [] : [[option, undefined]],
      ),
    )
    expect(make(undefinedOnes).config).toEqual(make().config)
  })
})

describe.each(Object.entries(INITIALIZERS))('%s', (name, { make, options }) => {
  test('refuses wrong options', () => refuses(name, make, options))

  test('has the defaults of its documentation, and is the same twice', async () => {
    const draw = (initializer: Initializer) => initializer([3, 2], key(0)).toArray()
    expect(await draw(make(standardOf(options)))).toEqual(await draw(make()))
    expect(make().config).toEqual({ kind: name, ...standardOf(options) })
  })
})

test('arguments that are no options are refused by name', () => {
  for (const value of EXTENT as never[]) {
    expect(() => nn.dense(value)).toThrow(/dense: units must be a whole number >= 1/)
    expect(() => nn.conv2d(value, { kernelSize: 1 })).toThrow(/conv2d: filters must be a whole number >= 1/)
    expect(() => nn.embedding(value, 1)).toThrow(/embedding: vocabulary must be a whole number >= 1/)
    expect(() => nn.embedding(1, value)).toThrow(/embedding: dim must be a whole number >= 1/)
    expect(() => nn.patchEmbedding(value, { patchSize: 1 })).toThrow(/patchEmbedding: dim must be a whole number >= 1/)
  }
  for (const value of [...SHARE, undefined] as never[])
    expect(() => nn.dropout(value)).toThrow(/dropout: rate must be a number in \[0, 1\)/)
  for (const value of ['tanhh', 1, null, undefined] as never[])
    expect(() => nn.activation(value)).toThrow(/activation: unknown activation/)
  for (const value of [...FINITE, undefined] as never[])
    expect(() => initializers.constant(value)).toThrow(/constant: value must be a finite number/)
  for (const value of [3, '3', [0], [1.5], [-1, -1], null] as never[])
    expect(() => nn.unflatten(value)).toThrow(/unflatten: shape must be an array of whole numbers/)
  for (const value of [3, [0], null] as never[]) expect(() => nn.input(value)).toThrow(/input: shape must be an array/)
  for (const value of [undefined, {}, nn.dense] as never[]) {
    expect(() => nn.sequential([value])).toThrow(/sequential: layers\[0\] must be a layer/)
    expect(() => nn.residual(value)).toThrow(/residual: the layer must be a layer/)
    expect(() => nn.call(value, nn.input([1]))).toThrow(/call: the layer must be a layer/)
    expect(() => nn.call(nn.dense(1), value)).toThrow(/call: node must be a node/)
    expect(() => nn.addNodes(value)).toThrow(/addNodes: nodes\[0\] must be a node/)
    expect(() => nn.graph({ inputs: value, outputs: nn.input([1]) })).toThrow(/graph: inputs must be a node/)
    expect(() => nn.graph({ inputs: nn.input([1]), outputs: value })).toThrow(/graph: outputs must be a node/)
  }
  expect(() => nn.sequential(nn.dense(1) as never)).toThrow(/sequential: layers must be an array/)
})

test('a layer is told how to run in words that it knows', () => {
  const layer = nn.dropout(0.5)
  const x = zerosOf([1, 2])
  expect(() => layer.apply({}, x, { training: 1 as never })).toThrow(/dropout: training must be true or false, got 1/)
  expect(() => layer.forward({}, {}, x, { random: 3 as never })).toThrow(/dropout: random must be a key/)
  for (const seed of [0.5, Number.NaN, '3', null] as never[])
    expect(() => nn.dense(1).init({ inputShape: [1], seed })).toThrow(/dense.init: seed must be a whole number/)
})

test('a layer keeps nothing that its caller may change', () => {
  const kernelSize: [number, number] = [2, 2]
  const padding: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ]
  const layer = nn.conv2d(1, { kernelSize, padding })
  const shape = [2, 2]
  const folded = nn.unflatten(shape)
  kernelSize[0] = padding[0][0] = shape[0] = 9
  expect(layer.outputShape([3, 3, 1])).toEqual([2, 2, 1])
  expect(folded.outputShape([4])).toEqual([2, 2])
})
