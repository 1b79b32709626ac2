import type { DType, KernelParams, PrimitiveName } from '@neurite/core'
import fc from 'fast-check'
import type { Call, CallSource } from './calls.js'
import { axesOf, broadcastable, filledShapes, permutationOf, shapes } from './shapes.js'
import {
  averageGradient,
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  maxPooling,
  pooling,
} from './windows.js'
import { fill, fillIndices, type Palette } from './values.js'

const FLOATS = ['float32', 'float64'] as const
const NUMBERS = ['float32', 'float64', 'int32'] as const
const ANY = ['float32', 'float64', 'int32', 'bool'] as const

type NoParams = KernelParams<'add'>

const seed = fc.nat({ max: 2 ** 31 - 1 })

/** Elementwise primitives without params, of any number of operands; one palette for each operand. */
function elementwise(dtypes: readonly DType[], ...palettes: readonly Palette[]): CallSource<NoParams> {
  return {
    dtypes,
    calls: (dtype) =>
      fc.tuple(broadcastable(palettes.length), seed).map(([operands, start]) => ({
        inputs: operands.map((shape, i) => fill(shape, dtype, start + i, palettes[i])),
        params: {},
      })),
  }
}

function reduction(palette: Palette, shape: fc.Arbitrary<number[]>): CallSource<KernelParams<'sum'>> {
  return {
    dtypes: NUMBERS,
    calls: (dtype) =>
      fc
        .tuple(shape, seed)
        .chain(([extents, start]) =>
          fc
            .record({ axes: axesOf(extents.length), keepDims: fc.boolean() })
            .map((params) => ({ inputs: [fill(extents, dtype, start, palette)], params })),
        ),
  }
}

/** Primitives that work along one axis. */
function alongAxis(
  dtypes: readonly DType[],
  palette: Palette,
  shape: fc.Arbitrary<number[]>,
): CallSource<KernelParams<'argMax'>> {
  return {
    dtypes,
    calls: (dtype) =>
      fc
        .tuple(shape, seed)
        .chain(([extents, start]) =>
          fc
            .nat({ max: extents.length - 1 })
            .map((axis) => ({ inputs: [fill(extents, dtype, start, palette)], params: { axis } })),
        ),
  }
}

const cumsum: CallSource<KernelParams<'cumsum'>> = {
  dtypes: NUMBERS,
  calls: (dtype) =>
    fc
      .tuple(shapes(1), seed, fc.boolean())
      .chain(([extents, start, reverse]) =>
        fc
          .nat({ max: extents.length - 1 })
          .map((axis) => ({ inputs: [fill(extents, dtype, start)], params: { axis, reverse } })),
      ),
}

const cast: CallSource<KernelParams<'cast'>> = {
  dtypes: ANY,
  // To and from every dtype; what an infinity is as a whole number, nobody says.
  calls: (dtype) =>
    fc
      .tuple(shapes(), seed, fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const))
      .map(([extents, start, to]) => ({
        inputs: [fill(extents, dtype, start, to === 'int32' ? 'sparseNaN' : 'special')],
        params: { dtype: to },
      })),
}

const where: CallSource<KernelParams<'where'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc.tuple(broadcastable(3), seed).map(([[condition, a, b], start]) => ({
      inputs: [
        fill(condition!, 'bool', start),
        fill(a!, dtype, start + 1, 'special'),
        fill(b!, dtype, start + 2, 'special'),
      ],
      params: {},
    })),
}

const topKIndices: CallSource<KernelParams<'topKIndices'>> = {
  dtypes: NUMBERS,
  calls: (dtype) =>
    fc
      .tuple(filledShapes(1, 3), seed)
      .chain(([extents, start]) =>
        fc
          .integer({ min: 1, max: extents.at(-1)! })
          .map((k) => ({ inputs: [fill(extents, dtype, start, 'ties')], params: { k } })),
      ),
}

const matmul: CallSource<KernelParams<'matmul'>> = {
  dtypes: FLOATS,
  calls: (dtype) => {
    const extent = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 15, 16, 17, 33))
    const batch = fc.oneof(fc.constant<number[][]>([[], []]), broadcastable(2))
    return fc
      .record({
        batch,
        m: extent,
        k: extent,
        n: extent,
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
        start: seed,
      })
      .map(({ batch, m, k, n, transposeA, transposeB, start }) => {
        // Whole batches of 33 x 33 are for the tests of large sizes.
        const [p, q] = batch.map((shape) => shape.slice(-2).map((extents) => Math.min(extents, 3)))
        return {
          inputs: [
            fill([...p!, ...(transposeA ? [k, m] : [m, k])], dtype, start),
            fill([...q!, ...(transposeB ? [n, k] : [k, n])], dtype, start + 1),
          ],
          params: { transposeA, transposeB },
        }
      })
  },
}

const transpose: CallSource<KernelParams<'transpose'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc.tuple(shapes(), seed).chain(([extents, start]) =>
      permutationOf(extents.length).map((axes) => ({
        inputs: [fill(extents, dtype, start, 'special')],
        params: { axes },
      })),
    ),
}

const broadcastTo: CallSource<KernelParams<'broadcastTo'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc.tuple(shapes(), seed, fc.nat({ max: 4 }), fc.nat({ max: 15 })).map(([shape, start, drop, ones]) => ({
      inputs: [
        fill(
          shape.map((n, axis) => ((ones >> axis) & 1 ? 1 : n)).slice(Math.min(drop, shape.length)),
          dtype,
          start,
          'special',
        ),
      ],
      params: { shape },
    })),
}

const concat: CallSource<KernelParams<'concat'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc
      .tuple(shapes(1, 3), fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }), seed)
      .chain(([extents, sizes, start]) =>
        fc.nat({ max: extents.length - 1 }).map((axis) => ({
          inputs: sizes.map((size, i) =>
            fill(
              extents.map((n, k) => (k === axis ? size : n)),
              dtype,
              start + i,
              'special',
            ),
          ),
          params: { axis },
        })),
      ),
}

const pad: CallSource<KernelParams<'pad'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc
      .tuple(shapes(0, 3), fc.array(fc.nat({ max: 3 }), { minLength: 6, maxLength: 6 }), fc.constantFrom(0, 1), seed)
      .map(([extents, amounts, value, start]) => ({
        inputs: [fill(extents, dtype, start, 'special')],
        params: { paddings: extents.map((_, axis) => [amounts[2 * axis]!, amounts[2 * axis + 1]!] as const), value },
      })),
}

const slice: CallSource<KernelParams<'slice'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc
      .tuple(shapes(), fc.array(fc.nat({ max: 999 }), { minLength: 8, maxLength: 8 }), seed)
      .map(([extents, draws, start]) => {
        const begin = extents.map((n, axis) => draws[axis]! % Math.max(n, 1))
        // One slice in sixteen is empty along an axis.
        const size = extents.map((n, axis) =>
          n === 0 || draws[4 + axis]! % 16 === 0 ? 0 : 1 + (draws[4 + axis]! % (n - begin[axis]!)),
        )
        return { inputs: [fill(extents, dtype, start, 'special')], params: { begin, size } }
      }),
}

const gather: CallSource<KernelParams<'gather'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc.tuple(shapes(1, 3), shapes(0, 2), seed, fc.boolean()).chain(([extents, wanted, start, beyond]) =>
      fc.nat({ max: extents.length - 1 }).map((axis) => ({
        // From an empty axis only what lies outside can be asked.
        inputs: [
          fill(extents, dtype, start, 'special'),
          fillIndices(
            wanted.map((n) => Math.min(n, 7)),
            extents[axis]!,
            start + 1,
            beyond || extents[axis] === 0,
          ),
        ],
        params: { axis },
      })),
    ),
}

const scatterAdd: CallSource<KernelParams<'scatterAdd'>> = {
  dtypes: NUMBERS,
  calls: (dtype) =>
    fc
      .record({
        before: shapes(0, 1),
        indices: shapes(0, 2),
        after: shapes(0, 1),
        extent: fc.integer({ min: 1, max: 6 }),
        start: seed,
        beyond: fc.boolean(),
      })
      .map(({ before, indices, after, extent, start, beyond }) => {
        const places = indices.map((n) => Math.min(n, 7))
        return {
          inputs: [
            fill(
              [...before, ...places, ...after].map((n) => Math.min(n, 9)),
              dtype,
              start,
            ),
            fillIndices(places, extent, start + 1, beyond),
          ],
          params: { axis: before.length, extent, indexRank: places.length },
        }
      }),
}

const full: CallSource<KernelParams<'full'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc
      .tuple(
        shapes(),
        dtype === 'bool'
          ? fc.constantFrom(0, 1)
          : dtype === 'int32'
            ? fc.integer()
            : fc.constantFrom(0, -0, 1.5, -3, NaN, Infinity, -Infinity),
      )
      .map(([shape, value]) => ({ inputs: [], params: { shape, value, dtype } })),
}

const arange: CallSource<KernelParams<'arange'>> = {
  dtypes: NUMBERS,
  calls: (dtype) =>
    fc
      .tuple(
        fc.integer({ min: -50, max: 50 }),
        fc.constantFrom(1, -1, 2, 3, ...(dtype === 'int32' ? [] : [0.25, -0.5])),
        fc.nat({ max: 70 }),
      )
      .map(([start, step, length]) => ({ inputs: [], params: { start, step, length, dtype } })),
}

const word = fc.oneof(fc.nat({ max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const random: CallSource<KernelParams<'random'>> = {
  dtypes: ['float32', 'float64', 'int32'],
  calls: (dtype) =>
    fc
      .tuple(
        shapes(),
        word,
        word,
        dtype === 'int32' ? fc.constant('bits' as const) : fc.constantFrom('uniform' as const, 'normal' as const),
      )
      .map(([shape, high, low, distribution]) => ({
        inputs: [],
        params: { distribution, shape, dtype, key: [high, low] as const },
      })),
}

const reshape: CallSource<KernelParams<'reshape'>> = {
  dtypes: ANY,
  calls: (dtype) =>
    fc.tuple(shapes(), seed).chain(([extents, start]) =>
      permutationOf(extents.length).map((axes) => ({
        inputs: [fill(extents, dtype, start, 'special')],
        params: { shape: axes.map((axis) => extents[axis]!) },
      })),
    ),
}

/**
 * Where calls of every primitive come from. A primitive that core gains is refused by TypeScript until it stands here.
 */
export const callSources: { readonly [P in PrimitiveName]: CallSource<KernelParams<P>> } = {
  neg: elementwise(NUMBERS, 'special'),
  abs: elementwise(NUMBERS, 'special'),
  sign: elementwise(NUMBERS, 'special'),
  floor: elementwise(FLOATS, 'special'),
  exp: elementwise(FLOATS, 'special'),
  expm1: elementwise(FLOATS, 'special'),
  log: elementwise(FLOATS, 'special'),
  log1p: elementwise(FLOATS, 'special'),
  sqrt: elementwise(FLOATS, 'special'),
  sin: elementwise(FLOATS, 'special'),
  cos: elementwise(FLOATS, 'special'),
  tanh: elementwise(FLOATS, 'special'),
  sigmoid: elementwise(FLOATS, 'special'),
  relu: elementwise(NUMBERS, 'special'),
  erf: elementwise(FLOATS, 'special'),
  erfc: elementwise(FLOATS, 'special'),
  logicalNot: elementwise(['bool'], 'moderate'),
  cast,
  add: elementwise(NUMBERS, 'special', 'special'),
  sub: elementwise(NUMBERS, 'special', 'special'),
  mul: elementwise(NUMBERS, 'special', 'special'),
  div: elementwise(NUMBERS, 'special', 'special'),
  // 1 to the power of NaN is 1 in C and NaN in JavaScript, so no special values; whole numbers stay within 32 bits.
  pow: {
    dtypes: NUMBERS,
    calls: (dtype) => (dtype === 'int32' ? smallPowers : elementwise(FLOATS, 'positive', 'moderate').calls(dtype)),
  },
  maximum: elementwise(NUMBERS, 'special', 'special'),
  minimum: elementwise(NUMBERS, 'special', 'special'),
  equal: elementwise(ANY, 'special', 'ties'),
  less: elementwise(ANY, 'special', 'ties'),
  lessEqual: elementwise(ANY, 'special', 'ties'),
  logicalAnd: elementwise(['bool'], 'moderate', 'moderate'),
  logicalOr: elementwise(['bool'], 'moderate', 'moderate'),
  where,
  sum: reduction('special', shapes()),
  // The smallest whole number is no limit that devices agree on, so nothing empty.
  max: reduction('special', filledShapes()),
  min: reduction('special', filledShapes()),
  argMax: alongAxis(NUMBERS, 'sparseNaN', filledShapes(1)),
  argMin: alongAxis(NUMBERS, 'sparseNaN', filledShapes(1)),
  topKIndices,
  cumsum,
  matmul,
  conv2d: convolution,
  conv2dInputGradient: convolutionInputGradient,
  conv2dFilterGradient: convolutionFilterGradient,
  maxPool2d: pooling('sparseNaN'),
  maxPool2dGradient: maxPooling('ties', 'output'),
  maxPool2dPick: maxPooling('sparseNaN', 'image'),
  avgPool2d: pooling('moderate'),
  avgPool2dGradient: averageGradient,
  reshape,
  transpose,
  broadcastTo,
  concat,
  pad,
  slice,
  gather,
  scatterAdd,
  full,
  arange,
  random,
  softmax: alongAxis(FLOATS, 'moderate', shapes(1)),
  logSoftmax: alongAxis(FLOATS, 'moderate', shapes(1)),
}

const smallPowers: fc.Arbitrary<Call<KernelParams<'pow'>>> = fc.tuple(shapes(0, 2), seed).map(([shape, start]) => ({
  inputs: [
    fill(shape, 'int32', start),
    {
      ...fill(shape, 'int32', start + 1),
      data: fill(shape, 'int32', start + 1).data.map((value) => Math.abs(value) % 5),
    },
  ],
  params: {},
}))
