import { sizeOf, type KernelParams } from '@neurite/core'
import { functionOf } from './functions.js'
import { runningSums, sumAlong } from './sums.js'
import type { Composition, Compositions } from './table.js'
import {
  around,
  asNumbers,
  binary,
  cast,
  full,
  isNaN,
  pad,
  quotient,
  rankable,
  rowsAlong,
  scalar,
  select,
  slice,
} from './values.js'
import type { Device, Value } from '../device.js'

interface Reduced {
  readonly x: Value
  readonly axes: number[]
}

/**
 * Neighbouring axes that are all reduced, or all kept, are one: fewer axes than any engine's limit. GPU engines do without up
 * to four: tfjs-webgpu turns a tall matrix more slowly than an image.
 */
function merge(device: Device, x: Value, axes: readonly number[], always = false): Reduced {
  const few = device.traits.launches && x.shape.length <= 4
  if (!always && (few || axes.length === x.shape.length)) return { x, axes: [...axes] }
  const shape: number[] = []
  const reduced: number[] = []
  x.shape.forEach((extent, axis) => {
    const same = axis > 0 && axes.includes(axis) === axes.includes(axis - 1)
    if (same) shape[shape.length - 1]! *= extent
    else {
      if (axes.includes(axis)) reduced.push(shape.length)
      shape.push(extent)
    }
  })
  return { x: device.reshape(x, shape), axes: reduced }
}

/** tfjs names the axes differently from kernel to kernel. */
function reduce(device: Device, kernel: string, { x, axes }: Reduced): Value {
  const name = kernel === 'Max' ? 'reductionIndices' : 'axis'
  return asNumbers(device, x, (numbers) => device.run(kernel, { x: numbers }, { [name]: axes, keepDims: false }))
}

const sum: Composition<KernelParams<'sum'>> = (device, [x], { axes }, output) => {
  if (x!.dtype === 'float32' && sizeOf(axes.map((axis) => x!.shape[axis]!)) > device.traits.sumsUpTo) {
    // The last axes first: those before them stay where they are.
    const long = merge(device, x!, axes, true)
    const total = long.axes.reduceRight((left, axis) => {
      const rest = left.shape.filter((_, i) => i !== axis)
      return device.reshape(sumAlong(device, left, around(left, axis)), rest)
    }, long.x)
    return device.reshape(total, output.shape)
  }
  const merged = merge(device, x!, axes)
  return device.reshape(merged.axes.length === 0 ? x! : reduce(device, 'Sum', merged), output.shape)
}

/** Powers of 2 that bring every number into ±1e20. */
const INTO_REACH = 2 ** -62

/** Max or Min, over axes that {@link merge} has seen, as far as float32 goes. */
function farthest(device: Device, kernel: 'Max' | 'Min', merged: Reduced): Value {
  const best = reduce(device, kernel, merged)
  if (merged.x.dtype !== 'float32' || device.traits.extremesFrom === 'infinity') return best
  // Where nothing is beyond the end at which the engine begins, the small numbers that get lost on this way do not matter.
  const near = binary(device, 'Multiply', merged.x, scalar(device, INTO_REACH))
  const far = binary(device, 'Multiply', reduce(device, kernel, { ...merged, x: near }), scalar(device, 1 / INTO_REACH))
  const [beyond, end] = kernel === 'Max' ? (['LessEqual', -1e20] as const) : (['GreaterEqual', 1e20] as const)
  return select(device, binary(device, beyond, best, scalar(device, end)), far, best, best.shape)
}

/** Where there is a NaN among the reduced, so is their sum with everything else set to 0. */
function extreme(kernel: 'Max' | 'Min'): Composition<KernelParams<'max'>> {
  return (device, [x], { axes }, output) => {
    const merged = merge(device, x!, axes)
    if (merged.axes.length === 0) return device.reshape(x!, output.shape)
    const best = farthest(device, kernel, merged)
    if (output.dtype === 'int32' || device.traits.reductionsKeepNaN) return device.reshape(best, output.shape)
    const marks = reduce(device, 'Max', { x: cast(device, isNaN(device, merged.x), 'float32'), axes: merged.axes })
    const found = binary(device, 'Greater', marks, scalar(device, 0))
    return device.reshape(select(device, found, scalar(device, Number.NaN), best, best.shape), output.shape)
  }
}

/** The first NaN along the axis if there is one: the contract's largest and smallest at once. */
function extremeIndex(kernel: 'ArgMax' | 'ArgMin'): Composition<KernelParams<'argMax'>> {
  return (device, [x], { axis }, output) => {
    const { rows } = rowsAlong(device, x!, axis)
    if (!device.traits.firstIndex) return device.reshape(firstIndex(device, kernel, rows), output.shape)
    const best = device.run(kernel, { x: rows }, { axis: 1 })
    if (x!.dtype === 'int32') return device.reshape(best, output.shape)
    const marks = cast(device, isNaN(device, rows), 'float32')
    const first = device.run('ArgMax', { x: marks }, { axis: 1 })
    const found = binary(device, 'Greater', reduce(device, 'Max', { x: marks, axes: [1] }), scalar(device, 0))
    return device.reshape(select(device, found, first, best, best.shape), output.shape)
  }
}

/** The lowest place that holds the row's extreme, or a NaN: where there is one, the extreme is NaN and equals nothing. */
function firstIndex(device: Device, kernel: 'ArgMax' | 'ArgMin', rows: Value): Value {
  const [count, extent] = rows.shape as [number, number]
  const numbers = cast(device, rows, 'float32')
  const best = device.reshape(reduce(device, kernel === 'ArgMax' ? 'Max' : 'Min', { x: numbers, axes: [1] }), [
    count,
    1,
  ])
  const hits = binary(device, 'LogicalOr', binary(device, 'Equal', numbers, best), isNaN(device, numbers))
  const places = device.constant(
    Float32Array.from({ length: extent }, (_, i) => i),
    [1, extent],
    'float32',
  )
  const chosen = select(device, hits, places, scalar(device, extent), rows.shape)
  return cast(device, reduce(device, 'Min', { x: chosen, axes: [1] }), 'int32')
}

const topKIndices: Composition<KernelParams<'topKIndices'>> = (device, [x], { k }, output) => {
  const columns = x!.shape.at(-1)!
  // Of one column, GPU engines return the very input as the values.
  if (columns === 1) return full(device, output.shape, 0, 'int32')
  const rows = device.reshape(x!, [x!.shape.slice(0, -1).reduce((a, b) => a * b, 1), columns])
  const [, indices] = device.runAll('TopK', { x: rankable(device, rows) }, { k, sorted: true })
  return device.reshape(indices!, output.shape)
}

const cumsum: Composition<KernelParams<'cumsum'>> = (device, [x], { axis, reverse }, output) => {
  const { rows, back } = rowsAlong(device, x!, axis)
  const sums =
    device.traits.scans === 'wrongly'
      ? asNumbers(device, rows, (numbers) => scan(device, numbers, reverse))
      : runningSums(device, rows, reverse)
  return device.reshape(back(sums), output.shape)
}

/** By doubling: after step i each place holds the sum of 2^i neighbours (Hillis & Steele 1986). */
function scan(device: Device, rows: Value, reverse: boolean): Value {
  const [count, extent] = rows.shape as [number, number]
  let sums = rows
  for (let shift = 1; shift < extent; shift *= 2) {
    const part = slice(device, sums, [0, reverse ? shift : 0], [count, extent - shift])
    sums = binary(device, 'Add', sums, pad(device, part, [[0, 0], reverse ? [0, shift] : [shift, 0]], 0))
  }
  return sums
}

export const reductions: Pick<Compositions, 'sum' | 'max' | 'min' | 'argMax' | 'argMin' | 'topKIndices' | 'cumsum'> = {
  sum,
  max: extreme('Max'),
  min: extreme('Min'),
  argMax: extremeIndex('ArgMax'),
  argMin: extremeIndex('ArgMin'),
  topKIndices,
  cumsum,
}

export const softmax: Composition<KernelParams<'softmax'>> = (device, [x], { axis }, output) => {
  const { rows, back } = rowsAlong(device, x!, axis)
  const [count, extent] = rows.shape as [number, number]
  if (!device.traits.launches && extent <= device.traits.sumsUpTo) {
    return device.reshape(back(device.run('Softmax', { logits: rows }, { dim: 1 })), output.shape)
  }
  // What engines whose kernel is this very list do themselves, with the sum in blocks, and 0 / 0 where all is -Infinity.
  const top = device.reshape(farthest(device, 'Max', { x: rows, axes: [1] }), [count, 1])
  const powers = functionOf(device, 'Exp', binary(device, 'Sub', rows, top))
  const total = device.reshape(sumAlong(device, powers, [count, extent, 1]), [count, 1])
  return device.reshape(back(quotient(device, powers, total)), output.shape)
}
