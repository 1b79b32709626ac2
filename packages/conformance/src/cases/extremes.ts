import { rules, type DType, type KernelParams, type PrimitiveParams } from '@neurite/core'
import { check, show } from '../check/compare.js'
import { kernelOf, runKernel } from '../check/device.js'
import { roundingError, TOLERANCE } from '../check/tolerance.js'
import { host, type HostArray } from '../reference/host.js'
import { reference, type Reference } from '../reference/table.js'
import type { Context, Suite } from '../suite.js'
import { declares } from './capabilities.js'

// Elementwise primitives over the whole range of their dtype: from the smallest number that counts to the largest, and where
// whole numbers leave those of float32. No powers of 2 alone, for which much is exact that is not elsewhere.

/** Devices may make 0 of less, on the way, too. */
const SMALLEST = 2 ** -124

const MAGNITUDES = [
  ...[0, SMALLEST, 6.1e-38, 1.1e-30, 1.7e-20, 1.1e-10, 1.3e-8, 1.1e-5, 0.00017, 0.0113, 0.0701, 0.11, 0.2499, 0.3, 0.7],
  ...[
    0.9999, 1, 1.0001, 1.7, 2, 3, 3.3, 5.9, 7.7, 8.6, 10, 15.3, 16.7, 20, 50, 80.1, 86.9, 88.7, 104.5, 1000, 12345.678,
  ],
  ...[65535.5, 1e6, 8388607.5, 16777215, 16777216, 3e9, 2147483520, 2147483648, 1e18, 2.1e19, 1.1e20, 1.3e30, 1e38],
  ...[3.4028234663852886e38, Infinity],
]
const FLOATS = [...MAGNITUDES, ...MAGNITUDES.map((x) => -x), NaN].map(Math.fround)

const WHOLE_MAGNITUDES = [
  ...[0, 1, 2, 3, 5, 7, 10, 13, 100, 255, 256, 1000, 3000, 4095, 32767, 32768, 46341, 65535, 65537, 99999, 8388609],
  ...[16777215, 16777216, 16777217, 16777219, 33554433, 123456789, 987654321, 1073741823, 1073741825, 2147483645],
  ...[2147483646, 2147483647],
]
const WHOLE = [...WHOLE_MAGNITUDES, ...WHOLE_MAGNITUDES.map((x) => -x), -(2 ** 31)]
const EXPONENTS = [0, 1, 2, 3, 5, 8, 31, 33, -1, -2, -3]

const UNARY = [
  ...(['neg', 'abs', 'sign', 'relu', 'floor', 'exp', 'expm1', 'log', 'log1p', 'sqrt', 'sin', 'cos', 'tanh'] as const),
  ...(['sigmoid', 'erf', 'erfc'] as const),
]
const UNARY_WHOLE = ['neg', 'abs', 'sign', 'relu'] as const
const BINARY = ['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum', 'equal', 'less', 'lessEqual'] as const

type Tried = (typeof UNARY)[number] | (typeof BINARY)[number] | 'cast'

/** What the contract leaves open, beside numbers below the smallest normal one. */
const LEFT_OPEN: { readonly [P in Tried]?: (...values: number[]) => boolean } = {
  // Where the range of the argument is reduced.
  sin: (x) => Math.abs(x) > 2 ** 16 && Number.isFinite(x),
  cos: (x) => Math.abs(x) > 2 ** 16 && Number.isFinite(x),
  // A device may multiply by 1 / b.
  div: (_, b) => Math.abs(b) > 2 ** 126 && Number.isFinite(b),
  // 1 to the power of NaN is 1 in C and NaN in JavaScript; a device may go through 2^(b log2 |a|).
  pow: (a, b) => Math.abs(a) === 1 || a === 0 || a === -Infinity || Math.abs(b) > 64 || nearTheEnd(a ** b),
}

/** The error of an argument, which the function multiplies. */
const MORE_ULPS: { readonly [P in Tried]?: (...values: number[]) => number } = {
  exp: ofArgument,
  expm1: ofArgument,
  sigmoid: ofArgument,
  // Far out it is a power of e too, by -x^2.
  erfc: (x) => (x > 0 ? ofArgument(x * x) : 0),
  pow: (_, b) => 4 * Math.abs(b),
}

function nearTheEnd(x: number): boolean {
  return Math.abs(x) > 2 ** 127 && Number.isFinite(Math.fround(x))
}

function ofArgument(x: number): number {
  return 2 * Math.min(Math.abs(x), 128)
}

/** Elementwise primitives, and casts, at the ends of their dtypes. */
export function extremeCases(suite: Suite): void {
  const register = <P extends Tried>(
    primitive: P,
    dtype: DType,
    columns: readonly (readonly number[])[],
    params: KernelParams<P>,
  ): void => {
    const to = 'dtype' in params ? ` to ${params.dtype}` : ''
    suite.test(`${primitive} ${dtype}${to}`, async (context) => {
      if (await declares(context, primitive, dtype)) await checkRange(context, primitive, dtype, columns, params)
    })
  }
  const pairs = (a: readonly number[], b: readonly number[]): number[][] => [
    a.flatMap((x) => b.map(() => x)),
    a.flatMap(() => [...b]),
  ]
  suite.group('extreme values', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const primitive of UNARY) register(primitive, dtype, [FLOATS], {})
      for (const primitive of BINARY) register(primitive, dtype, pairs(FLOATS, FLOATS), {})
      for (const to of ['int32', 'bool', 'float32'] as const) register('cast', dtype, [FLOATS], { dtype: to })
    }
    for (const primitive of UNARY_WHOLE) register(primitive, 'int32', [WHOLE], {})
    for (const primitive of BINARY)
      register(primitive, 'int32', pairs(WHOLE, primitive === 'pow' ? EXPONENTS : WHOLE), {})
    for (const to of ['int32', 'bool', 'float32'] as const) register('cast', 'int32', [WHOLE], { dtype: to })
  })
}

async function checkRange<P extends Tried>(
  { backend, capabilities }: Context,
  primitive: P,
  dtype: DType,
  columns: readonly (readonly number[])[],
  params: KernelParams<P>,
): Promise<void> {
  const { float32Precision, int32Precision } = capabilities
  const inReach = (value: number, type: DType): boolean => {
    if (type === 'int32') return int32Precision === 32 || Math.abs(value) <= 2 ** 24
    const [least, most] = float32Precision === 16 && type === 'float32' ? [2 ** -14, 65504] : [SMALLEST, Infinity]
    return value === 0 || !Number.isFinite(value) || (Math.abs(value) >= least && Math.abs(value) <= most)
  }
  const compute = (inputs: readonly HostArray[]): HostArray => (reference[primitive] as Reference<P>)(inputs, params)
  const inputsOf = (places: readonly number[]): HostArray[] =>
    columns.map((column) =>
      host(
        [places.length],
        places.map((place) => column[place]!),
        dtype,
      ),
    )
  const all = compute(inputsOf([...columns[0]!.keys()]))
  // Whole numbers that wrap around are what a device of 24 bits cannot have: the true result is beyond them.
  const exact = (values: readonly number[]): number =>
    primitive === 'mul' ? values[0]! * values[1]! : primitive === 'pow' ? values[0]! ** values[1]! : 0
  const tried = [...columns[0]!.keys()].filter((place) => {
    const values = columns.map((column) => column[place]!)
    const open = dtype !== 'int32' && LEFT_OPEN[primitive]?.(...values) === true
    const wraps = dtype === 'int32' && !inReach(exact(values), 'int32')
    return !open && !wraps && inReach(all.data[place]!, all.dtype) && values.every((value) => inReach(value, dtype))
  })
  const inputs = inputsOf(tried)
  const expected = compute(inputs)
  const spec = rules[primitive].infer(inputs, params as PrimitiveParams[P], primitive)
  const got = await runKernel(backend, kernelOf(backend, primitive)!, inputs, params, spec)
  const tolerance = TOLERANCE[primitive]
  const unit = roundingError(expected.dtype, capabilities)
  for (const [i, b] of expected.data.entries()) {
    const values = inputs.map(({ data }) => data[i]!)
    const a = got.data[i]!
    const exactly = typeof tolerance === 'string' || unit === 0 || !Number.isFinite(b)
    const ulps = exactly
      ? 0
      : (dtype === 'float64' ? (tolerance.float64Ulps ?? tolerance.ulps) : tolerance.ulps) +
        (MORE_ULPS[primitive]?.(...values) ?? 0)
    const floor = exactly ? 0 : (tolerance.floor ?? 0)
    const good = exactly
      ? Object.is(a, b) || (a === b && tolerance === 'equal')
      : Math.abs(a - b) <= Math.max(ulps * unit * Math.max(Math.abs(b), floor), dtype === 'float64' ? 0 : SMALLEST / 4)
    check(good, () => `${primitive}(${values.map(show).join(', ')}) of ${dtype}: got ${show(a)}, expected ${show(b)}`)
  }
}
