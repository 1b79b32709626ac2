import type { KernelParams } from '@neurite/core'
import { erf, functionOf, power } from './functions.js'
import { scalar, select, binary, cast as convert, isNaN } from './values.js'
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

/** A kernel for floats, a composition for whole numbers where the engine's kernel takes none. */
function byType(kernel: string, whole: Unary): Composition<KernelParams<'neg'>> {
  return (device, [x]) =>
    x!.dtype === 'int32' && !device.traits.wholeUnary ? whole(device, x!) : device.run(kernel, { x: x! })
}

const negative: Unary = (device, x) => binary(device, 'Sub', scalar(device, 0, 'int32'), x)

const wholeSign: Unary = (device, x) => {
  const zero = scalar(device, 0, 'int32')
  const above = convert(device, binary(device, 'Greater', x, zero), 'int32')
  const below = convert(device, binary(device, 'Less', x, zero), 'int32')
  return binary(device, 'Sub', above, below)
}

/** tfjs calls the sign of NaN 0. */
const sign: Composition<KernelParams<'sign'>> = (device, [x]) => {
  if (x!.dtype === 'int32') return device.traits.wholeUnary ? device.run('Sign', { x: x! }) : wholeSign(device, x!)
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

/** Of whole numbers: truncated, and 0 for a division by 0. A reciprocal costs one more rounding. */
const div: Composition<KernelParams<'div'>> = (device, [a, b], _, output) => {
  if (output.dtype === 'float32' && !device.traits.exactDivision) {
    return binary(device, 'Multiply', a!, device.run('Reciprocal', { x: b! }))
  }
  if (output.dtype !== 'int32' || device.traits.wholeDivision) return binary(device, 'RealDiv', a!, b!)
  return wholeQuotient(device, a!, b!, output.shape)
}

function wholeQuotient(device: Device, a: Value, b: Value, shape: readonly number[]): Value {
  const zero = scalar(device, 0, 'int32')
  const none = binary(device, 'Equal', b, zero)
  const divisor = select(device, none, scalar(device, 1, 'int32'), b, b.shape)
  // Floats find the quotient up to the rounding of large numbers; the remainder, which is exact, corrects it.
  const ratio = binary(device, 'RealDiv', convert(device, a, 'float32'), convert(device, divisor, 'float32'))
  const near = convert(device, ratio, 'int32')
  return select(device, none, zero, corrected(device, a, divisor, near), shape)
}

/** One step of Newton's method on the remainder, then the last unit, so that |remainder| < |divisor| and has a's sign. */
function corrected(device: Device, a: Value, divisor: Value, near: Value): Value {
  const remainder = binary(device, 'Sub', a, binary(device, 'Multiply', near, divisor))
  const more = binary(device, 'RealDiv', convert(device, remainder, 'float32'), convert(device, divisor, 'float32'))
  return binary(device, 'Add', near, convert(device, more, 'int32'))
}

/** Whole numbers through floats where the engine's power is not exact; float32 holds them up to 2^24. */
const pow: Composition<KernelParams<'pow'>> = (device, [a, b], _, output) => {
  if (output.dtype === 'float32') return power(device, a!, b!, output.shape)
  if (device.traits.wholePower) return binary(device, 'Pow', a!, b!)
  const near = binary(device, 'Pow', convert(device, a!, 'float32'), convert(device, b!, 'float32'))
  return convert(device, device.run('Round', { x: near }), 'int32')
}

const cast: Composition<KernelParams<'cast'>> = (device, [x], { dtype }) => {
  if (x!.dtype === dtype) return device.run('Identity', { x: x! })
  if (dtype === 'bool')
    return binary(device, 'NotEqual', x!, scalar(device, 0, x!.dtype === 'int32' ? 'int32' : 'float32'))
  if (dtype === 'int32' && x!.dtype === 'float32' && !device.traits.castsNaN) {
    return convert(device, select(device, isNaN(device, x!), scalar(device, 0), x!, x!.shape), 'int32')
  }
  return convert(device, x!, tfjsType(dtype) === 'int32' ? 'int32' : 'float32')
}

export const elementwise = {
  neg: byType('Neg', negative),
  abs: byType('Abs', (device, x) => binary(device, 'Maximum', x, negative(device, x))),
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
