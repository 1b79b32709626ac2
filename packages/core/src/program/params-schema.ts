import {
  aBoolean,
  aDType,
  aNumber,
  listOf,
  mustBe,
  number,
  oneOf,
  readOptions,
  whole,
  type Reader,
} from '../arguments/index.js'
import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import type { KeySource } from '../random/key.js'
import type { Padding2d } from '../shape/index.js'
import type { TensorSpec } from '../tensor/dtype.js'

/** How many inputs a primitive takes, and a reader for each of its params. */
interface Schema<P extends PrimitiveName> {
  readonly arity: number
  readonly params: { readonly [Name in keyof PrimitiveParams[P]]-?: Reader<PrimitiveParams[P][Name]> }
}

/** What a program's text may say of a primitive's params, for inputs of these shapes. */
export function readParams<P extends PrimitiveName>(
  primitive: P,
  params: PrimitiveParams[P],
  inputs: readonly TensorSpec[],
  keys: number,
): PrimitiveParams[P] {
  const { arity, params: readers }: Schema<PrimitiveName> = schemaOf(inputs, keys)[primitive]
  if (arity < 0 ? inputs.length < -arity : inputs.length !== arity)
    throw mustBe(primitive, 'the number of inputs', `${Math.abs(arity)}`, inputs.length)
  // A reader for each name, and each of the name's type.
  return readOptions(primitive, params as object, readers) as PrimitiveParams[P]
}

// A literal, not 2 ** 31: bundlers keep what they would have to compute.
const extents = /* @__PURE__ */ listOf(/* @__PURE__ */ whole(0, 0x8000_0000))

/** Exactly `count` of them. */
function exactly<T>(count: number, read: Reader<T>): Reader<readonly T[]> {
  return (where, name, value) => {
    const items = listOf(read)(where, name, value)
    if (items.length !== count) throw mustBe(where, name, `${count} items`, value)
    return items
  }
}

function pair<T>(read: Reader<T>): Reader<readonly [T, T]> {
  // exactly() has counted them.
  return (where, name, value) => exactly(2, read)(where, name, value) as readonly [T, T]
}

/** Different axes of a tensor. */
function axesOf(rank: number, all: boolean): Reader<readonly number[]> {
  return (where, name, value) => {
    const axes = listOf(whole(0, rank - 1))(where, name, value)
    if (new Set(axes).size !== axes.length || (all && axes.length !== rank))
      throw mustBe(where, name, `${all ? 'all' : 'different'} axes of ${rank}`, value)
    return axes
  }
}

function aKey(keys: number): Reader<KeySource> {
  const word = whole(0, 0xffff_ffff)
  return (where, name, value) => {
    if (Array.isArray(value)) return pair(word)(where, name, value)
    const path = readOptions(where, value as { input: number; folds: readonly number[] }, {
      input: whole(0, keys - 1),
      folds: listOf(word),
    })
    return path
  }
}

type Table = { readonly [P in PrimitiveName]: Schema<P> }

function schemaOf(inputs: readonly TensorSpec[], keys: number): Table {
  const rank = inputs[0]?.shape.length ?? 0
  const plain = (arity: number) => ({ arity, params: {} })
  const axis = whole(0, Math.max(0, rank - 1))
  const reduction = { arity: 1, params: { axes: axesOf(rank, false), keepDims: aBoolean } }
  const strides = pair(whole(1, 2 ** 31))
  const padding: Reader<Padding2d> = pair(pair(whole(0, 2 ** 31)))
  const window = pair(whole(1, 2 ** 31))
  const sliding = { strides, padding }
  const oneAxis = { arity: 1, params: { axis } }
  return {
    neg: plain(1),
    abs: plain(1),
    sign: plain(1),
    floor: plain(1),
    exp: plain(1),
    expm1: plain(1),
    log: plain(1),
    log1p: plain(1),
    sqrt: plain(1),
    sin: plain(1),
    cos: plain(1),
    tanh: plain(1),
    sigmoid: plain(1),
    relu: plain(1),
    erf: plain(1),
    erfc: plain(1),
    logicalNot: plain(1),
    cast: { arity: 1, params: { dtype: aDType } },
    add: plain(2),
    sub: plain(2),
    mul: plain(2),
    div: plain(2),
    pow: plain(2),
    maximum: plain(2),
    minimum: plain(2),
    equal: plain(2),
    less: plain(2),
    lessEqual: plain(2),
    logicalAnd: plain(2),
    logicalOr: plain(2),
    where: plain(3),
    sum: reduction,
    max: reduction,
    min: reduction,
    argMax: oneAxis,
    argMin: oneAxis,
    topKIndices: { arity: 1, params: { k: whole(1) } },
    cumsum: { arity: 1, params: { axis, reverse: aBoolean } },
    matmul: { arity: 2, params: { transposeA: aBoolean, transposeB: aBoolean } },
    conv2d: { arity: 2, params: sliding },
    conv2dInputGradient: { arity: 2, params: { ...sliding, inputShape: exactly(4, whole(0, 2 ** 31)) } },
    conv2dFilterGradient: { arity: 2, params: { ...sliding, filterShape: exactly(4, whole(0, 2 ** 31)) } },
    maxPool2d: { arity: 1, params: { ...sliding, window } },
    maxPool2dGradient: { arity: 2, params: { ...sliding, window } },
    maxPool2dPick: { arity: 2, params: { ...sliding, window } },
    avgPool2d: { arity: 1, params: { ...sliding, window } },
    avgPool2dGradient: { arity: 1, params: { ...sliding, window, inputShape: exactly(4, whole(0, 2 ** 31)) } },
    reshape: { arity: 1, params: { shape: extents } },
    transpose: { arity: 1, params: { axes: axesOf(rank, true) } },
    broadcastTo: { arity: 1, params: { shape: extents } },
    concat: { arity: -1, params: { axis } },
    pad: { arity: 1, params: { paddings: exactly(rank, pair(whole(0, 2 ** 31))), value: aNumber } },
    slice: { arity: 1, params: { begin: exactly(rank, whole(0)), size: exactly(rank, whole(0)) } },
    gather: { arity: 2, params: { axis } },
    scatterAdd: {
      arity: 2,
      params: { axis: whole(0, rank), extent: whole(0, 2 ** 31), indexRank: whole(0, rank) },
    },
    full: { arity: 0, params: { shape: extents, value: aNumber, dtype: aDType } },
    arange: { arity: 0, params: { start: number(), step: number(), length: whole(0, 2 ** 31), dtype: aDType } },
    random: {
      arity: 0,
      params: { distribution: oneOf('uniform', 'normal', 'bits'), shape: extents, dtype: aDType, key: aKey(keys) },
    },
    softmax: oneAxis,
    logSoftmax: oneAxis,
  }
}
