import type { KernelParams } from '@neurite/core'
import { erf, erfc, functionOf, power } from './functions.js'
import { binary, broadcast, cast as convert, clamp, full, isNaN, quotient, scalar, select } from './values.js'
import type { Composition, Compositions } from './table.js'
import { tfjsType, type Device, type Value } from '../device.js'

type Unary = (device: Device, x: Value) => Value

/** A function of one float, right wherever the device's kernel is not. */
function unary(kernel: string): Composition<KernelParams<'exp'>> {
  return (device, [x]) => functionOf(device, kernel, x!)
}

function pair(kernel: string): Composition<KernelParams<'add'>> {
  return (device, [a, b]) => device.run(kernel, { a: a!, b: b! })
}

/** Comparisons and logic of bools: engines compare numbers, so bools become numbers. */
function comparison(kernel: string): Composition<KernelParams<'equal'>> {
  return (device, [a, b]) => {
    const [p, q] = a!.dtype === 'bool' ? [convert(device, a!, 'int32'), convert(device, b!, 'int32')] : [a!, b!]
    return binary(device, kernel, p, q)
  }
}

const negative: Unary = (device, x) => binary(device, 'Sub', scalar(device, 0, 'int32'), x)

const neg: Composition<KernelParams<'neg'>> = (device, [x]) =>
  x!.dtype === 'int32' && !device.traits.wholeUnary ? negative(device, x!) : device.run('Neg', { x: x! })

const wholeSign: Unary = (device, x) => {
  const zero = scalar(device, 0, 'int32')
  const above = convert(device, binary(device, 'Greater', x, zero), 'int32')
  const below = convert(device, binary(device, 'Less', x, zero), 'int32')
  return binary(device, 'Sub', above, below)
}

/** tfjs calls the sign of NaN 0. */
const sign: Composition<KernelParams<'sign'>> = (device, [x]) => {
  if (x!.dtype === 'int32') return device.traits.wholeUnary ? device.run('Sign', { x: x! }) : wholeSign(device, x!)
  if (!device.traits.signsNear0) {
    // Every number but 0 is 1 or more after this.
    const large = [2 ** 126, 2 ** 23].reduce((y, scale) => binary(device, 'Multiply', y, scalar(device, scale)), x!)
    return clamp(device, large, -1, 1)
  }
  return select(device, isNaN(device, x!), x!, device.run('Sign', { x: x! }), x!.shape)
}

const relu: Composition<KernelParams<'relu'>> = (device, [x]) => {
  const whole = x!.dtype === 'int32'
  if ((whole && !device.traits.wholeUnary) || device.traits.relu === 'Maximum') {
    return binary(device, 'Maximum', x!, scalar(device, 0, whole ? 'int32' : 'float32'))
  }
  return whole ? device.run('Relu', { x: x! }) : functionOf(device, 'Relu', x!)
}

/** Where one is NaN, so is a + b. */
function extreme(kernel: string): Composition<KernelParams<'maximum'>> {
  return (device, [a, b], _, output) => {
    const best = binary(device, kernel, a!, b!)
    const { extremesKeepNaN } = device.traits
    if (output.dtype === 'int32' || extremesKeepNaN === 'either') return best
    if (extremesKeepNaN === 'first') return select(device, isNaN(device, b!), b!, best, output.shape)
    const sum = binary(device, 'Add', a!, b!)
    const either = binary(device, 'LogicalOr', isNaN(device, a!), isNaN(device, b!))
    return select(device, either, sum, best, output.shape)
  }
}

/** The 16 low and 16 high bits of one factor apart, so that products stay exact where a kernel multiplies as doubles. */
const mul: Composition<KernelParams<'mul'>> = (device, [a, b], _, output) => {
  if (output.dtype !== 'int32' || device.traits.wholeProduct) return binary(device, 'Multiply', a!, b!)
  const half = scalar(device, 2 ** 16, 'int32')
  const high = device.run('FloorDiv', { a: a!, b: half })
  const low = binary(device, 'Sub', a!, binary(device, 'Multiply', high, half))
  const upper = binary(device, 'Multiply', binary(device, 'Multiply', high, b!), half)
  return binary(device, 'Add', upper, binary(device, 'Multiply', low, b!))
}

/** Of whole numbers: truncated, and 0 for a division by 0. */
const div: Composition<KernelParams<'div'>> = (device, [a, b], _, output) => {
  if (output.dtype === 'float32') return quotient(device, a!, b!)
  if (device.traits.wholeDivision) return binary(device, 'RealDiv', a!, b!)
  return wholeQuotient(device, a!, b!, output.shape)
}

function wholeQuotient(device: Device, a: Value, b: Value, shape: readonly number[]): Value {
  const zero = scalar(device, 0, 'int32')
  const none = binary(device, 'Equal', b, zero)
  const divisor = select(device, none, scalar(device, 1, 'int32'), b, b.shape)
  // Floats find the quotient up to the rounding of large numbers; the remainder, which is exact, corrects it.
  const ratio = (p: Value): Value => {
    const quotient = binary(device, 'RealDiv', convert(device, p, 'float32'), convert(device, divisor, 'float32'))
    return convert(device, quotient, 'int32')
  }
  const remainder = (q: Value): Value => binary(device, 'Sub', a, binary(device, 'Multiply', q, divisor))
  const first = ratio(a)
  const near = binary(device, 'Add', first, ratio(remainder(first)))
  const exact = binary(device, 'Add', near, lastUnit(device, a, divisor, remainder(near)))
  return select(device, none, zero, exact, shape)
}

/** What a quotient lacks: 1 one way while the remainder reaches the divisor, 1 the other way if its sign is not a's. */
function lastUnit(device: Device, a: Value, divisor: Value, remainder: Value): Value {
  // Minus the absolute value, which the smallest number has, too.
  const below = (x: Value): Value => binary(device, 'Minimum', x, negative(device, x))
  const signOf = (x: Value): Value => wholeSign(device, x)
  const opposite = binary(
    device,
    'Less',
    binary(device, 'Multiply', signOf(remainder), signOf(a)),
    scalar(device, 0, 'int32'),
  )
  const reaches = binary(device, 'LessEqual', below(remainder), below(divisor))
  const step = binary(device, 'Sub', convert(device, reaches, 'int32'), convert(device, opposite, 'int32'))
  const upward = binary(device, 'Multiply', signOf(a), signOf(divisor))
  return binary(device, 'Multiply', step, upward)
}

const pow: Composition<KernelParams<'pow'>> = (device, [a, b], _, output) =>
  output.dtype === 'float32' ? power(device, a!, b!, output.shape) : wholePower(device, a!, b!, output.shape)

/** By squaring, so that products wrap around; a negative exponent divides 1 by the power, and 1 / 0 is 0. */
function wholePower(device: Device, a: Value, b: Value, shape: readonly number[]): Value {
  const one = scalar(device, 1, 'int32')
  const times = (p: Value, q: Value): Value => mul(device, [p, q], {}, { shape, dtype: 'int32' })
  let result = full(device, shape, 1, 'int32')
  let rest = binary(device, 'Maximum', b, negative(device, b))
  // The exponent's bits, the highest first.
  for (let bit = device.traits.int32Precision - 2; bit >= 0; bit--) {
    const value = scalar(device, 2 ** bit, 'int32')
    const isSet = binary(device, 'GreaterEqual', rest, value)
    result = times(times(result, result), select(device, isSet, a, one, shape))
    rest = select(device, isSet, binary(device, 'Sub', rest, value), rest, rest.shape)
  }
  const negated = binary(device, 'Less', b, scalar(device, 0, 'int32'))
  return select(device, negated, wholeQuotient(device, broadcast(device, one, shape), result, shape), result, shape)
}

/** Numbers from here on saturate; the largest below it in float32 is LARGEST_WHOLE. */
const BEYOND_WHOLE = 2 ** 31
const LARGEST_WHOLE = 2 ** 31 - 128

/** Toward zero, held at the ends; NaN is 0. */
function truncated(device: Device, x: Value): Value {
  const inside = clamp(device, x, -BEYOND_WHOLE, LARGEST_WHOLE)
  const number = device.traits.castsNaN ? inside : select(device, isNaN(device, x), scalar(device, 0), inside, x.shape)
  const whole = convert(device, number, 'int32')
  if (device.traits.int32Precision === 24) return whole
  const above = binary(device, 'GreaterEqual', x, scalar(device, BEYOND_WHOLE))
  return select(device, above, scalar(device, BEYOND_WHOLE - 1, 'int32'), whole, x.shape)
}

const cast: Composition<KernelParams<'cast'>> = (device, [x], { dtype }) => {
  if (x!.dtype === dtype) return device.run('Identity', { x: x! })
  if (dtype === 'bool')
    return binary(device, 'NotEqual', x!, scalar(device, 0, x!.dtype === 'int32' ? 'int32' : 'float32'))
  if (dtype === 'int32' && x!.dtype === 'float32') return truncated(device, x!)
  return convert(device, x!, tfjsType(dtype) === 'int32' ? 'int32' : 'float32')
}

export const elementwise = {
  neg,
  abs: (device, [x]) =>
    x!.dtype === 'int32' ? binary(device, 'Maximum', x!, negative(device, x!)) : device.run('Abs', { x: x! }),
  sign,
  floor: unary('Floor'),
  exp: unary('Exp'),
  expm1: unary('Expm1'),
  log: unary('Log'),
  log1p: unary('Log1p'),
  sqrt: unary('Sqrt'),
  sin: unary('Sin'),
  cos: unary('Cos'),
  tanh: unary('Tanh'),
  sigmoid: unary('Sigmoid'),
  relu,
  erf: (device, [x]) => erf(device, x!),
  erfc: (device, [x]) => erfc(device, x!),
  logicalNot: (device, [x]) => device.run('LogicalNot', { x: x! }),
  cast,
  add: pair('Add'),
  sub: pair('Sub'),
  mul,
  div,
  pow,
  maximum: extreme('Maximum'),
  minimum: extreme('Minimum'),
  equal: comparison('Equal'),
  less: comparison('Less'),
  lessEqual: comparison('LessEqual'),
  logicalAnd: pair('LogicalAnd'),
  logicalOr: pair('LogicalOr'),
  where: (device, [condition, a, b], _, output) => select(device, condition!, a!, b!, output.shape),
} satisfies Partial<Compositions>
