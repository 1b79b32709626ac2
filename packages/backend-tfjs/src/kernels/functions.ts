import type { Point } from '../findings.js'
import { FUNCTIONS } from '../probe.js'
import { affine, binary, clamp, isNaN, quotient, scalar, select } from './values.js'
import type { Device, Value } from '../device.js'

// Functions of one float, by the engine's kernel where that is right, mended where the probe found it wrong.

/** The kernel's function of x, to the precision of float32, with the values of IEEE 754 at NaN, infinities and zeros. */
export function functionOf(device: Device, kernel: string, x: Value): Value {
  const better = device.findings.inexact.has(kernel) ? BETTER[kernel] : undefined
  return better === undefined ? mended(device, kernel, x) : better(device, x)
}

/** The engine's kernel, with the points set right at which it errs on this device, save some that do not matter. */
function mended(device: Device, kernel: string, x: Value, unread: readonly Point[] = []): Value {
  const points = device.findings.wrongAt.get(kernel)?.filter((point) => !unread.includes(point)) ?? []
  const value = device.findings.mirrored.has(kernel) ? mirrored(device, kernel, x) : device.run(kernel, { x })
  return points.reduce((y, point) => setAt(device, kernel, point, x, y), value)
}

/** An odd function of x by that of |x|. */
function mirrored(device: Device, kernel: string, x: Value): Value {
  const y = device.run(kernel, { x: device.run('Abs', { x }) })
  return select(device, binary(device, 'Less', x, scalar(device, 0)), device.run('Neg', { x: y }), y, x.shape)
}

/** exp(x) > x and log(x) < x for every number, so this leaves the function as it is; and hands NaN on. */
const BOUND: Readonly<Record<string, 'Maximum' | 'Minimum'>> = { Exp: 'Maximum', Log: 'Minimum' }

function setAt(device: Device, kernel: string, point: Point, x: Value, y: Value): Value {
  const f = FUNCTIONS[kernel]!
  const bound = device.traits.extremesKeepNaN === 'either' ? BOUND[kernel] : undefined
  if (point === 'NaN' && bound !== undefined) return binary(device, bound, x, y)
  const at = (kind: string, value: number): Value => binary(device, kind, x, scalar(device, value))
  switch (point) {
    case 'NaN':
      return select(device, isNaN(device, x), x, y, x.shape)
    case 'infinity':
      return select(
        device,
        at('Equal', Infinity),
        f(Infinity) === Infinity ? x : scalar(device, f(Infinity)),
        y,
        x.shape,
      )
    case '-infinity':
      return select(device, at('Equal', -Infinity), scalar(device, f(-Infinity)), y, x.shape)
    case 'negative':
      return select(device, at('Less', 0), scalar(device, f(-1)), y, x.shape)
    case 'zero':
      // An odd function keeps the sign of 0.
      return select(device, at('Equal', 0), Object.is(f(-0), -0) ? x : scalar(device, f(0)), y, x.shape)
  }
}

const BETTER: Readonly<Record<string, (device: Device, x: Value) => Value>> = {
  // exp(x) - 1 = tanh(x / 2) (exp(x) + 1), where nothing cancels; tanh answers for NaN.
  Expm1: (device, x) => {
    const sum = binary(device, 'Add', mended(device, 'Exp', x, ['NaN']), scalar(device, 1))
    return binary(
      device,
      'Multiply',
      functionOf(device, 'Tanh', binary(device, 'Multiply', x, scalar(device, 0.5))),
      sum,
    )
  },
  // log(1 + x) = 2 artanh(x / (2 + x)), whose series is short.
  Log1p: (device, x) => {
    const s = binary(device, 'RealDiv', x, binary(device, 'Add', x, scalar(device, 2)))
    const squared = binary(device, 'Multiply', s, s)
    const small = series(device, s, squared, [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9])
    return near(device, x, 0.25, small, () => functionOf(device, 'Log', binary(device, 'Add', x, scalar(device, 1))))
  },
  // x / sqrt(1 + 2/3 x^2) near 0: at the border it and the kernel are both good to 2^-20 of the result. -0 is near 0.
  Tanh: (device, x) => {
    const squared = binary(device, 'Multiply', x, x)
    const small = affine(device, x, { factor: scalar(device, Math.sqrt(1.5)), spread: squared, margin: 1.5 })
    const inside = binary(device, 'Less', squared, scalar(device, 0.07 ** 2))
    return select(device, inside, small, mended(device, 'Tanh', x, ['zero']), x.shape)
  },
  Sin: (device, x) => {
    const y = turning(device, x, 0)
    return select(device, binary(device, 'Equal', x, scalar(device, 0)), x, y, x.shape)
  },
  Cos: (device, x) => device.run('Neg', { x: turning(device, x, 0.5) }),
}

/** `small` where |x| is below the limit, the other elsewhere, NaN included. */
function near(device: Device, x: Value, limit: number, small: Value, beyond: () => Value): Value {
  const inside = binary(device, 'Less', device.run('Abs', { x }), scalar(device, limit))
  return select(device, inside, small, beyond(), x.shape)
}

/** factor * (c0 + c1 step + c2 step^2 + ...), by Horner's rule. */
function series(device: Device, factor: Value, step: Value, coefficients: readonly number[]): Value {
  const [last, ...rest] = [...coefficients].reverse()
  const sum = rest.reduce(
    (total, c) => binary(device, 'Add', binary(device, 'Multiply', total, step), scalar(device, c)),
    scalar(device, last!),
  )
  return binary(device, 'Multiply', sum, factor)
}

function oddSeries(device: Device, x: Value, coefficients: readonly number[]): Value {
  return series(device, x, binary(device, 'Multiply', x, x), coefficients)
}

/** Pi in parts of eight bits, so that their products with up to 2^16 half turns are exact (Cody & Waite 1980). */
const PI = [201 / 2 ** 6, 253 / 2 ** 18, 170 / 2 ** 26] as const
const PARTS = [...PI, Math.PI - PI[0] - PI[1] - PI[2]]

/**
 * (-1)^k sin(x - (k + shift) pi), by the Taylor series on [-pi/2, pi/2]: sin x for a shift of 0, -cos x for one of 1/2. Up
 * to 2^16; beyond, a number between -1 and 1.
 */
function turning(device: Device, x: Value, shift: number): Value {
  const turns = binary(device, 'Sub', binary(device, 'Multiply', x, scalar(device, 1 / Math.PI)), scalar(device, shift))
  const k = device.run('Round', { x: turns })
  const middle = binary(device, 'Add', k, scalar(device, shift))
  const rest = PARTS.reduce(
    (r, part) => binary(device, 'Sub', r, binary(device, 'Multiply', middle, scalar(device, part))),
    x,
  )
  const r = clamp(device, rest, -Math.PI / 2, Math.PI / 2)
  const half = device.run('Floor', { x: binary(device, 'Multiply', k, scalar(device, 0.5)) })
  // 1 for even k, -1 for odd k.
  const parity = binary(device, 'Sub', k, binary(device, 'Multiply', half, scalar(device, 2)))
  const sign = binary(device, 'Sub', scalar(device, 1), binary(device, 'Multiply', parity, scalar(device, 2)))
  const taylor = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800]
  return binary(device, 'Multiply', oddSeries(device, r, taylor), sign)
}

/**
 * Beyond 1/4 tfjs' formula (Abramowitz & Stegun 7.1.26) is good to a few units; nearer to 0 only its absolute error is
 * small, so there the series of erf (7.1.5).
 */
export function erf(device: Device, x: Value): Value {
  const coefficients = [1, -1 / 3, 1 / 10, -1 / 42, 1 / 216].map((c) => (c * 2) / Math.sqrt(Math.PI))
  return near(device, x, 0.25, oddSeries(device, x, coefficients), () => device.run('Erf', { x }))
}

/**
 * tfjs has no such kernel. For a = |x|, e^(-a^2) t P(t) with t = 3 / (3 + a): P is a minimax polynomial, off by 2^-22. The rounding of a^2 would
 * be multiplied by it in the exponential, so it is taken in two parts, of which the first, of a multiple of 1/16, is exact.
 */
export function erfc(device: Device, x: Value): Value {
  const run = (kernel: string, a: Value, b: Value): Value => binary(device, kernel, a, b)
  const number = (value: number): Value => scalar(device, value)
  const a = device.run('Abs', { x })
  const t = quotient(device, number(3), run('Add', a, number(3)))
  const scaled = series(device, t, t, ERFC)
  // From there on it is 0. NaN comes through t.
  const held = run('Minimum', a, number(11))
  const high = run('Multiply', device.run('Floor', { x: run('Multiply', held, number(16)) }), number(1 / 16))
  const exp = (power: Value): Value => mended(device, 'Exp', power, ['NaN'])
  const upper = exp(device.run('Neg', { x: run('Multiply', high, high) }))
  const rest = exp(run('Multiply', run('Sub', high, held), run('Add', high, held)))
  const value = run('Multiply', run('Multiply', scaled, rest), upper)
  return select(device, run('Less', x, number(0)), run('Sub', number(2), value), value, x.shape)
}

const ERFC = [
  0.1881564650226244, 0.18616391054384923, 0.19384630449339982, 0.08077195161036652, 0.33923442761719647,
  -0.26613421638598, 0.40305030530512054, -0.12508927805944572,
]

/**
 * Shaders compute 2^(b log2 |a|) and take care of a's sign. They lose NaN, save NaN^0 = 1, and do not know 0 to a negative power,
 * which has the sign of 0 where that power is odd.
 */
export function power(device: Device, a: Value, b: Value, shape: readonly number[]): Value {
  const y = binary(device, 'Pow', a, b)
  if (device.traits.exactPower) return y
  const run = (kernel: string, p: Value, q: Value): Value => binary(device, kernel, p, q)
  const zero = scalar(device, 0)
  const pole = run('LogicalAnd', run('Equal', a, zero), run('Less', b, zero))
  const half = run('Multiply', b, scalar(device, 0.5))
  const odd = run('NotEqual', half, device.run('Floor', { x: half }))
  const signed = run('LogicalAnd', odd, run('Equal', b, device.run('Floor', { x: b })))
  const steep = select(device, signed, device.run('Reciprocal', { x: a }), scalar(device, Infinity), shape)
  const undefinedAt = run('LogicalOr', isNaN(device, a), isNaN(device, b))
  const orNaN = select(device, undefinedAt, scalar(device, Number.NaN), y, shape)
  const orPole = select(device, pole, steep, orNaN, shape)
  return select(device, run('Equal', b, zero), scalar(device, 1), orPole, shape)
}
