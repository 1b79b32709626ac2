import { allocate, sizeOf, type KernelParams } from '@neurite/core'
import type { Composition, Compositions } from './table.js'
import {
  around,
  asNumbers,
  binary,
  broadcast,
  concat as join,
  full,
  pad as surround,
  scalar,
  select,
  slice as cut,
  transpose as turn,
} from './values.js'
import { countOf, type Device, type Value } from '../device.js'

/** Axes that stay neighbours move as one, so that few are left. */
const transpose: Composition<KernelParams<'transpose'>> = (device, [x], { axes }, output) => {
  const groups: number[][] = []
  for (const axis of axes) {
    if (x!.shape[axis] === 1) continue
    const last = groups.at(-1)
    // What lies between two neighbours may be axes of extent 1.
    if (last !== undefined && last.at(-1)! < axis && x!.shape.slice(last.at(-1)! + 1, axis).every((n) => n === 1))
      last.push(axis)
    else groups.push([axis])
  }
  const order = groups
    .map((group, place) => ({ first: group[0]!, place, extent: sizeOf(group.map((axis) => x!.shape[axis]!)) }))
    .sort((a, b) => a.first - b.first)
  if (order.every(({ place }, i) => place === i)) return device.reshape(x!, output.shape)
  const perm = groups.map((_, place) => order.findIndex((group) => group.place === place))
  const compact = device.reshape(
    x!,
    order.map(({ extent }) => extent),
  )
  return device.reshape(turn(device, compact, perm), output.shape)
}

const concat: Composition<KernelParams<'concat'>> = (device, inputs, { axis }, output) => {
  const parts = inputs.filter((input) => countOf(input) > 0)
  const views = parts.map((part) => {
    const [before, extent, after] = around(part, axis)
    return device.reshape(part, [before, extent * after])
  })
  return device.reshape(join(device, views, 1), output.shape)
}

/** Axes left as they are become one with the axis before them. */
function foldWhole(
  shape: readonly number[],
  touched: readonly boolean[],
): { extents: number[]; scale: number[]; owner: number[] } {
  const extents: number[] = []
  const scale: number[] = []
  const owner: number[] = []
  shape.forEach((extent, axis) => {
    if (axis > 0 && !touched[axis]) {
      extents[extents.length - 1]! *= extent
      scale[scale.length - 1]! *= extent
    } else {
      owner.push(axis)
      extents.push(extent)
      scale.push(1)
    }
  })
  return { extents, scale, owner }
}

const pad: Composition<KernelParams<'pad'>> = (device, [x], { paddings, value }, output) => {
  const { extents, scale, owner } = foldWhole(
    x!.shape,
    paddings.map(([before, after]) => before > 0 || after > 0),
  )
  const amounts = owner.map((axis, i) => [paddings[axis]![0] * scale[i]!, paddings[axis]![1] * scale[i]!] as const)
  return device.reshape(surround(device, device.reshape(x!, extents), amounts, value), output.shape)
}

const slice: Composition<KernelParams<'slice'>> = (device, [x], { begin, size }, output) => {
  const { extents, scale, owner } = foldWhole(
    x!.shape,
    size.map((n, axis) => n !== x!.shape[axis]),
  )
  const view = device.reshape(x!, extents)
  const result = cut(
    device,
    view,
    owner.map((axis, i) => begin[axis]! * scale[i]!),
    owner.map((axis, i) => size[axis]! * scale[i]!),
  )
  return device.reshape(result, output.shape)
}

/** Which indices lie in [0, extent), and indices that all do. */
function bounded(device: Device, indices: Value, extent: number): { inside: Value; safe: Value } {
  const zero = scalar(device, 0, 'int32')
  const last = scalar(device, extent - 1, 'int32')
  const inside = binary(
    device,
    'LogicalAnd',
    binary(device, 'GreaterEqual', indices, zero),
    binary(device, 'LessEqual', indices, last),
  )
  return { inside, safe: binary(device, 'Minimum', binary(device, 'Maximum', indices, zero), last) }
}

const gather: Composition<KernelParams<'gather'>> = (device, [x, indices], { axis }, output) => {
  const view = device.reshape(x!, around(x!, axis))
  const list = device.reshape(indices!, [countOf(indices!)])
  const { inside, safe } = bounded(device, list, view.shape[1]!)
  // Out of range, tfjs throws on cpu and wasm; its shaders multiply what lies there by 0, which may be NaN.
  const taken = device.run('GatherV2', { x: view, indices: safe }, { axis: 1, batchDims: 0 })
  const mask = device.reshape(inside, [1, list.shape[0]!, 1])
  const nothing = scalar(device, 0, output.dtype)
  return device.reshape(select(device, mask, taken, nothing, taken.shape), output.shape)
}

/** What lies outside goes to one more place, which is cut off. */
const scatterAdd: Composition<KernelParams<'scatterAdd'>> = (
  device,
  [updates, indices],
  { axis, extent, indexRank },
  output,
) => {
  const before = sizeOf(updates!.shape.slice(0, axis))
  const count = countOf(indices!)
  const after = sizeOf(updates!.shape.slice(axis + indexRank))
  const list = device.reshape(indices!, [count])
  const { inside } = bounded(device, list, extent)
  const places = select(device, inside, list, scalar(device, extent, 'int32'), [count])
  let rows = device.reshape(updates!, [before, count, after])
  if (before > 1) rows = turn(device, rows, [1, 0, 2])
  const width = before * after
  const sums = asNumbers(device, device.reshape(rows, [count, width]), (numbers) =>
    device.run(
      'ScatterNd',
      { indices: device.reshape(places, [count, 1]), updates: numbers },
      { shape: [extent + 1, width] },
    ),
  )
  const kept = device.reshape(cut(device, sums, [0, 0], [extent, width]), [extent, before, after])
  return device.reshape(before > 1 ? turn(device, kept, [1, 0, 2]) : kept, output.shape)
}

export const movement = {
  transpose,
  broadcastTo: (device, [x], { shape }) => broadcast(device, x!, shape),
  concat,
  pad,
  slice,
  gather,
  scatterAdd,
  full: (device, _, { shape, value, dtype }) => full(device, shape, value, dtype),
  arange(device, _, { start, step, length, dtype }) {
    const data = allocate(dtype, length)
    for (let i = 0; i < length; i++) data[i] = start + i * step
    return device.constant(data, [length], dtype)
  },
} satisfies Partial<Compositions>
