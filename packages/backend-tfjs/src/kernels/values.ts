import { allocate, sameShape, sizeOf, type DType } from '@neurite/core'
import { countOf, tfjsType, type Device, type Value } from '../device.js'

// Small compositions that other kernels are made of.

/** Up to this many elements a constant is written from the host: one call, and every bit arrives. */
const WRITTEN = 1024

export function full(device: Device, shape: readonly number[], value: number, dtype: DType): Value {
  if (sizeOf(shape) > WRITTEN && device.has('Fill')) {
    return device.run('Fill', {}, { shape: [...shape], value, dtype: tfjsType(dtype) })
  }
  return device.constant(allocate(dtype, sizeOf(shape)).fill(value), shape, dtype)
}

/** A 0-d constant. */
export function scalar(device: Device, value: number, dtype: DType = 'float32'): Value {
  return device.number(value, dtype)
}

/**
 * x * factor / sqrt(spread + margin) + offset, in the one kernel of tfjs that multiplies and adds: batch normalization
 * (Ioffe & Szegedy 2015, algorithm 1) with a mean of 0. `factor` is 0-d, `spread` and `offset` have x's shape.
 */
export function affine(
  device: Device,
  x: Value,
  parts: { readonly factor: Value; readonly spread?: Value; readonly margin?: number; readonly offset?: Value },
): Value {
  // Plus -0 leaves every number what it is, both zeros too.
  const { factor, spread = scalar(device, 0), margin = 1, offset = scalar(device, -0) } = parts
  // Engines broadcast up to four axes here, and want all operands but x of one rank.
  const form = x.shape.length <= 4 ? x.shape : [countOf(x)]
  const ones = form.map(() => 1)
  const formed = (value: Value): Value => device.reshape(value, value.shape.length === 0 ? ones : form)
  const operands = { x, mean: scalar(device, 0), variance: spread, offset, scale: factor }
  const inputs = Object.fromEntries(Object.entries(operands).map(([name, value]) => [name, formed(value)]))
  return device.reshape(device.run('FusedBatchNorm', inputs, { varianceEpsilon: margin }), x.shape)
}

/** Repeats a value until it has a shape that it broadcasts to. */
export function broadcast(device: Device, x: Value, shape: readonly number[]): Value {
  const lead = shape.length - x.shape.length
  const own = shape.map((_, axis) => x.shape[axis - lead] ?? 1)
  if (own.every((extent, axis) => extent === shape[axis])) return device.reshape(x, shape)
  // tfjs-webgl tiles up to five axes: neighbours that repeat alike become one.
  const merged: { from: number; to: number }[] = []
  shape.forEach((to, axis) => {
    const from = own[axis]!
    const last = merged.at(-1)
    if (last !== undefined && (last.from === last.to) === (from === to)) {
      last.from *= from
      last.to *= to
    } else merged.push({ from, to })
  })
  const compact = device.reshape(
    x,
    merged.map(({ from }) => from),
  )
  const reps = merged.map(({ from, to }) => to / from)
  return device.reshape(device.run('Tile', { x: compact }, { reps }), shape)
}

/** `condition ? a : b`, elementwise; everything is broadcast to `shape`. */
export function select(device: Device, condition: Value, a: Value, b: Value, shape: readonly number[]): Value {
  if (a.dtype === 'bool') {
    // tfjs-wasm moves four bytes an element, whatever the dtype.
    const unchosen = binary(device, 'LogicalAnd', device.run('LogicalNot', { x: condition }), b)
    return broadcast(device, binary(device, 'LogicalOr', binary(device, 'LogicalAnd', condition, a), unchosen), shape)
  }
  // tfjs-webgl selects on up to four axes.
  const form = shape.length >= 1 && shape.length <= 4 ? shape : [sizeOf(shape)]
  const [c, t, e] = [condition, a, b].map((x) => device.reshape(broadcast(device, x, shape), form))
  return device.reshape(device.run('Select', { condition: c!, t: t!, e: e! }), shape)
}

export function isNaN(device: Device, x: Value): Value {
  return device.run('IsNan', { x })
}

const LARGEST = 3.4028234663852886e38

/**
 * In the contract's order, and finite: a quarter of what is finite, half of the largest number for the infinities, and the
 * largest for NaN. Whole numbers stay.
 */
export function rankable(device: Device, x: Value): Value {
  if (x.dtype === 'int32') return x
  const held = clamp(device, binary(device, 'Multiply', x, scalar(device, 0.25)), -LARGEST / 2, LARGEST / 2)
  return select(device, isNaN(device, x), scalar(device, LARGEST), held, x.shape)
}

/** x held between two numbers; NaN stays. */
export function clamp(device: Device, x: Value, low: number, high: number): Value {
  const held = binary(device, 'Minimum', binary(device, 'Maximum', x, scalar(device, low)), scalar(device, high))
  return device.traits.extremesKeepNaN === 'never' ? select(device, isNaN(device, x), x, held, x.shape) : held
}

export function cast(device: Device, x: Value, dtype: 'float32' | 'int32'): Value {
  if (x.dtype === dtype) return x
  if (dtype === 'float32' && !device.traits.castConverts) return device.run('Multiply', { a: x, b: scalar(device, 1) })
  return device.run('Cast', { x }, { dtype })
}

export function binary(device: Device, kernel: string, a: Value, b: Value): Value {
  return device.run(kernel, { a, b })
}

/** a / b of floats. A reciprocal costs one more rounding. */
export function quotient(device: Device, a: Value, b: Value): Value {
  if (device.traits.exactDivision) return binary(device, 'RealDiv', a, b)
  return binary(device, 'Multiply', a, device.run('Reciprocal', { x: b }))
}

/** The same value seen as [before the axis, the axis, after it]. */
export function around(x: Value, axis: number): [number, number, number] {
  const before = sizeOf(x.shape.slice(0, axis))
  const extent = x.shape[axis]!
  return [before, extent, countOf(x) / before / extent]
}

export function slice(device: Device, x: Value, begin: readonly number[], size: readonly number[]): Value {
  if (sameShape(x.shape, size)) return x
  return device.run('Slice', { x }, { begin: [...begin], size: [...size] })
}

export function pad(device: Device, x: Value, paddings: readonly (readonly [number, number])[], value: number): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x
  // tfjs takes -0 for 0.
  if (Object.is(value, -0)) return device.run('Neg', { x: pad(device, device.run('Neg', { x }), paddings, 0) })
  // After one padding with NaN, tfjs-wasm pads with NaN whatever it is asked for; and it takes the number as float32.
  if (!Object.is(Math.fround(value), value) || Number.isNaN(value)) {
    const inside = pad(device, full(device, x.shape, 1, 'float32'), paddings, 0)
    const outside = binary(device, 'Equal', inside, scalar(device, 0))
    return select(device, outside, scalar(device, value, x.dtype as DType), pad(device, x, paddings, 0), inside.shape)
  }
  return device.run('PadV2', { x }, { paddings: paddings.map((pair) => [...pair]), constantValue: value })
}

export function concat(device: Device, parts: readonly Value[], axis: number): Value {
  if (parts.length === 1) return parts[0]!
  return device.run('Concat', parts, { axis })
}

export function transpose(device: Device, x: Value, perm: readonly number[]): Value {
  return asNumbers(device, x, (y) => device.run('Transpose', { x: y }, { perm: [...perm] }))
}

/** Runs `f` on int32 and bool as floats where the engine's kernels do not take them. */
export function asNumbers(device: Device, x: Value, f: (y: Value) => Value): Value {
  if (x.dtype === 'float32' || device.traits.wholeKernels) return f(x)
  const result = f(cast(device, x, 'float32'))
  return x.dtype === 'bool' ? binary(device, 'NotEqual', result, scalar(device, 0)) : cast(device, result, 'int32')
}

/** The same value with an axis moved to the end, as rows, and what moves a result of these rows back. */
export function rowsAlong(device: Device, x: Value, axis: number): { rows: Value; back: (result: Value) => Value } {
  const [before, extent, after] = around(x, axis)
  if (after === 1) return { rows: device.reshape(x, [before, extent]), back: (result) => result }
  const turned = transpose(device, device.reshape(x, [before, extent, after]), [0, 2, 1])
  const back = (result: Value): Value => transpose(device, device.reshape(result, [before, after, extent]), [0, 2, 1])
  return { rows: device.reshape(turned, [before * after, extent]), back }
}
