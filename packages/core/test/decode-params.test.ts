import { describe, expect, test } from 'vitest'
import { decodeProgram, type DType, type PrimitiveName, type PrimitiveParams } from '../src/index.js'
import { rules } from '../src/primitive/table.js'
import { expectCode } from './support/expect-code.js'

type Spec = readonly [shape: readonly number[], dtype?: DType]
type Parametric = { [P in PrimitiveName]: string extends keyof PrimitiveParams[P] ? never : P }[PrimitiveName]

/** One instruction, and what its params must not be although the shapes would fit. */
interface Case<P extends PrimitiveName> {
  readonly inputs: readonly Spec[]
  readonly params: PrimitiveParams[P]
  readonly output: Spec
  readonly wrong: { readonly [Name in keyof PrimitiveParams[P]]: readonly unknown[] }
}

const BOOLEAN = [0, 1, 'true', null, []]
const COUNT = [-1, 1.5, '1', null, [1], 2 ** 53]
const AXIS = [2, -1, 0.5, '0', null, [0]]
const NUMBER = [null, [1], {}, 'one', true]
const DTYPE = ['float16', 'constructor', 'toString', 32, null, ['float32']]
const SHAPE = [[-1], [1.5], ['2'], [[2]], 2, null, {}, [2 ** 32]]
const pairs = (...wrong: readonly number[]): unknown[] => [
  ...[[1], [1, 1, 1], [], 1, null, { 0: 1, 1: 1 }, ['1', '1'], [1.5, 1]],
  ...wrong.flatMap((n) => [[n, 1], [1, n]]), // prettier-ignore
]
const PADDING = [
  ...[[[0, 0]], [[0, 0], [0, 0], [0, 0]], 0, null, [0, 0]], // prettier-ignore
  ...pairs(-1).flatMap((pair) => [[pair, [0, 0]], [[0, 0], pair]]), // prettier-ignore
]

const X: Spec = [[2, 2]]
const ROW: Spec = [[2]]
const axes = [[0, 0], [2], [-1], [0.5], ['0'], 0, null] // prettier-ignore
const reduction = {
  inputs: [X],
  params: { axes: [0], keepDims: false },
  output: ROW,
  wrong: { axes, keepDims: BOOLEAN },
}
const oneAxis = { inputs: [X], params: { axis: 0 }, output: X, wrong: { axis: AXIS } }
const index = { ...oneAxis, output: [[2], 'int32'] as Spec }

const IMAGE: Spec = [[1, 4, 4, 2]]
const FILTER: Spec = [[2, 2, 2, 3]]
const MADE: Spec = [[1, 3, 3, 3]]
const POOLED: Spec = [[1, 3, 3, 2]]
const sliding = { strides: [1, 1], padding: [[0, 0], [0, 0]] } as const // prettier-ignore
const pooling = { ...sliding, window: [2, 2] } as const
const wrongSliding = { strides: pairs(0, -1), padding: PADDING }
const wrongPooling = { ...wrongSliding, window: pairs(0, -1) }
const wrongShape = [[1, 4, 4], [1, 4, 4, 2, 1], [1, 4, 4, -2], [1, 4, 4, 2.5], 4, null, ['1', 4, 4, 2]]

const CASES: { readonly [P in Parametric]: Case<P> } = {
  cast: { inputs: [X], params: { dtype: 'int32' }, output: [[2, 2], 'int32'], wrong: { dtype: DTYPE } },
  sum: reduction,
  max: reduction,
  min: reduction,
  argMax: index,
  argMin: index,
  topKIndices: {
    inputs: [X],
    params: { k: 1 },
    output: [[2, 1], 'int32'],
    wrong: { k: [0, 3, 0.5, '1', null, [1]] },
  },
  cumsum: { inputs: [X], params: { axis: 0, reverse: true }, output: X, wrong: { axis: AXIS, reverse: BOOLEAN } },
  matmul: {
    inputs: [X, X],
    params: { transposeA: false, transposeB: true },
    output: X,
    wrong: { transposeA: BOOLEAN, transposeB: BOOLEAN },
  },
  conv2d: { inputs: [IMAGE, FILTER], params: sliding, output: MADE, wrong: wrongSliding },
  conv2dInputGradient: {
    inputs: [MADE, FILTER],
    params: { ...sliding, inputShape: IMAGE[0] },
    output: IMAGE,
    wrong: { ...wrongSliding, inputShape: wrongShape },
  },
  conv2dFilterGradient: {
    inputs: [IMAGE, MADE],
    params: { ...sliding, filterShape: FILTER[0] },
    output: FILTER,
    wrong: { ...wrongSliding, filterShape: wrongShape },
  },
  maxPool2d: { inputs: [IMAGE], params: pooling, output: POOLED, wrong: wrongPooling },
  maxPool2dGradient: { inputs: [IMAGE, POOLED], params: pooling, output: IMAGE, wrong: wrongPooling },
  maxPool2dPick: { inputs: [IMAGE, IMAGE], params: pooling, output: POOLED, wrong: wrongPooling },
  avgPool2d: { inputs: [IMAGE], params: pooling, output: POOLED, wrong: wrongPooling },
  avgPool2dGradient: {
    inputs: [POOLED],
    params: { ...pooling, inputShape: IMAGE[0] },
    output: IMAGE,
    wrong: { ...wrongPooling, inputShape: wrongShape },
  },
  reshape: { inputs: [X], params: { shape: [4] }, output: [[4]], wrong: { shape: [...SHAPE, [3], [-4, -1]] } },
  transpose: {
    inputs: [X],
    params: { axes: [1, 0] },
    output: X,
    wrong: { axes: [[0], [0, 0], [1, 0, 0], [0, 2], [-1, 0], ['1', '0'], 1, null] },
  },
  broadcastTo: {
    inputs: [ROW],
    params: { shape: [3, 2] },
    output: [[3, 2]],
    wrong: { shape: [...SHAPE, [3], [2, 3]] },
  },
  concat: { inputs: [X, X], params: { axis: 0 }, output: [[4, 2]], wrong: { axis: AXIS } },
  pad: {
    inputs: [X],
    params: { paddings: [[1, 0], [0, 1]], value: 0 }, // prettier-ignore
    output: [[3, 3]],
    wrong: { paddings: [...PADDING, [[1, 0]], [[-1, 2], [0, 1]]], value: NUMBER }, // prettier-ignore
  },
  slice: {
    inputs: [X],
    params: { begin: [1, 0], size: [1, 2] },
    output: [[1, 2]],
    wrong: { begin: [[1], [1, 0, 0], [-1, 0], [0.5, 0], ['1', 0], 1, null, [2, 0]], size: [[1], [1, 2, 0], [-1, 2], [1.5, 2], ['1', 2], 1, null] }, // prettier-ignore
  },
  gather: { inputs: [X, [[2], 'int32']], params: { axis: 0 }, output: X, wrong: { axis: AXIS } },
  scatterAdd: {
    inputs: [X, [[2], 'int32']],
    params: { axis: 0, extent: 2, indexRank: 1 },
    output: X,
    wrong: { axis: [3, -1, 0.5, '0', null], extent: COUNT, indexRank: [3, -1, 0.5, '1', null] },
  },
  full: {
    inputs: [],
    params: { shape: [2], value: 1, dtype: 'float32' },
    output: ROW,
    wrong: { shape: SHAPE, value: NUMBER, dtype: DTYPE },
  },
  arange: {
    inputs: [],
    params: { start: 0, step: 1, length: 2, dtype: 'float32' },
    output: ROW,
    wrong: { start: [...NUMBER, '#NaN'], step: [...NUMBER, '#Infinity'], length: COUNT, dtype: DTYPE },
  },
  random: {
    inputs: [],
    params: { distribution: 'uniform', shape: [2], dtype: 'float32', key: [1, 2] },
    output: ROW,
    wrong: {
      distribution: ['cauchy', 'toString', 1, null, ['uniform']],
      shape: SHAPE,
      dtype: DTYPE,
      key: [
        ...pairs(-1, 2 ** 32),
        ...[{ input: 1, folds: [] }, { input: -1, folds: [] }, { input: 0 }, { folds: [] }],
        ...[
          { input: 0, folds: [-1] },
          { input: 0, folds: 1 },
          { input: 0, folds: [], more: 1 },
        ],
      ],
    },
  },
  softmax: oneAxis,
  logSoftmax: oneAxis,
}

function text(primitive: string, inputs: readonly Spec[], params: object, [shape, dtype = 'float32']: Spec): string {
  const arguments_ = inputs.map(([extents, type = 'float32'], id) => ({
    ...{ id, role: 'argument', shape: extents, dtype: type, donated: false },
  }))
  const id = inputs.length
  const instruction = { id, primitive, inputs: arguments_.map((input) => input.id), params, shape, dtype }
  const program = { inputs: arguments_, keys: 1, instructions: [instruction], outputs: [id] }
  return JSON.stringify({ neurite: 'program', version: 1, program })
}

describe.each(Object.entries(CASES) as [string, Case<PrimitiveName>][])(
  'the text of %s',
  (primitive, { inputs, params, output, wrong }) => {
    const of = (changed: object, given = inputs) => text(primitive, given, changed, output)
    test('is read with the params that it has', () => {
      expect(decodeProgram(of(params)).instructions[0]).toMatchObject({ primitive, params })
    })
    test.each(Object.keys(params))('is refused where %s is wrong or missing', async (name) => {
      const { [name]: _, ...rest } = params as Readonly<Record<string, unknown>>
      await expectCode(() => decodeProgram(of(rest)), 'BAD_PROGRAM')
      for (const value of (wrong as Readonly<Record<string, readonly unknown[]>>)[name]!)
        await expectCode(() => decodeProgram(of({ ...rest, [name]: value })), 'BAD_PROGRAM')
    })
    test('is refused with a param or an input too many, or too few', async () => {
      await expectCode(() => decodeProgram(of({ ...params, more: 1 })), 'BAD_PROGRAM')
      if (primitive !== 'concat')
        await expectCode(() => decodeProgram(of(params, [...inputs, inputs[0] ?? X])), 'BAD_PROGRAM')
      if (inputs.length > 0) await expectCode(() => decodeProgram(of(params, inputs.slice(0, -1))), 'BAD_PROGRAM')
    })
  },
)

const plain = Object.keys(rules).filter((name) => !(name in CASES)) as PrimitiveName[]
test.each(plain)('the text of %s has no params, and as many inputs as it takes', async (primitive) => {
  const bool = primitive.startsWith('logical') ? 'bool' : 'float32'
  const fits = [1, 2, 3].filter((count) => {
    const inputs = Array.from({ length: count }, (_, i): Spec => [
      [2],
      primitive === 'where' && i === 0 ? 'bool' : bool,
    ])
    const isBool = bool === 'bool' || ['equal', 'less', 'lessEqual'].includes(primitive)
    const of = (params: object): string => text(primitive, inputs, params, [[2], isBool ? 'bool' : 'float32'])
    try {
      decodeProgram(of({}))
    } catch {
      return false
    }
    expect(() => decodeProgram(of({ axis: 0 }))).toThrow(/BAD_PROGRAM/)
    return true
  })
  expect(fits).toHaveLength(1)
})

test('the text of concat joins one or more', async () => {
  const of = (inputs: readonly Spec[], output: Spec): string => text('concat', inputs, { axis: 0 }, output)
  expect(decodeProgram(of([X], X)).instructions[0]).toMatchObject({ primitive: 'concat', inputs: [0] })
  expect(decodeProgram(of([X, X, X], [[6, 2]])).instructions).toHaveLength(1)
  const { cause } = await expectCode(() => decodeProgram(of([], X)), 'BAD_PROGRAM', 'concat, does not fit its inputs')
  expect(String(cause)).toContain('the number of inputs must be 1, got 0')
})
