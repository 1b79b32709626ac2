import { sameShape, sizeOf, stridesOf, type TypedArray } from '@neurite/core'
import { broadcastStrides, collapse, eachBlock } from './layout.js'
import type { Planner } from './plan.js'

/** Copies a block of `extents` between places in two arrays: what every movement comes down to. */
function planCopy(
  extents: readonly number[],
  to: { readonly strides: readonly number[]; readonly start?: number },
  from: { readonly strides: readonly number[]; readonly start?: number },
): (out: TypedArray, x: TypedArray) => void {
  const layout = collapse(extents, [to.strides, from.strides])
  const [rows, columns] = layout.extents.slice(-2) as [number, number]
  const [outRow, outColumn] = layout.strides[0]!.slice(-2) as [number, number]
  const [row, column] = layout.strides[1]!.slice(-2) as [number, number]
  const { start: outStart = 0 } = to
  const { start = 0 } = from
  return (out, x) =>
    eachBlock(layout, (o, i) =>
      copyBlock(out, outStart + o, outRow, outColumn, x, start + i, row, column, rows, columns),
    )
}

function copyBlock(
  out: TypedArray,
  o: number,
  outRow: number,
  outColumn: number,
  x: TypedArray,
  i: number,
  row: number,
  column: number,
  rows: number,
  columns: number,
): void {
  for (let r = 0; r < rows; r++, o += outRow, i += row) {
    for (let c = 0, p = o, q = i; c < columns; c++, p += outColumn, q += column) out[p] = x[q]!
  }
}

function offsetOf(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((total, n, axis) => total + n * strides[axis]!, 0)
}

const transpose: Planner<'transpose'> = ([x], { axes }, { shape }) => {
  const strides = stridesOf(x!.shape)
  return planCopy(shape, { strides: stridesOf(shape) }, { strides: axes.map((axis) => strides[axis]!) })
}

const broadcastTo: Planner<'broadcastTo'> = ([x], _, { shape }) => {
  if (!sameShape(x!.shape, shape))
    return planCopy(shape, { strides: stridesOf(shape) }, { strides: broadcastStrides(x!.shape, shape) })
  // Core's way to copy: of params that somebody shares, at a step that would overwrite them.
  const n = sizeOf(shape)
  return (out, from) => {
    for (let i = 0; i < n; i++) out[i] = from[i]!
  }
}

const slice: Planner<'slice'> = ([x], { begin }, { shape }) => {
  const strides = stridesOf(x!.shape)
  return planCopy(shape, { strides: stridesOf(shape) }, { strides, start: offsetOf(begin, strides) })
}

const pad: Planner<'pad'> = ([x], { paddings, value }, { shape }) => {
  const strides = stridesOf(shape)
  const start = offsetOf(
    paddings.map(([before]) => before),
    strides,
  )
  const copy = planCopy(x!.shape, { strides, start }, { strides: stridesOf(x!.shape) })
  const n = sizeOf(shape)
  return (out, from) => {
    out.fill(value, 0, n)
    copy(out, from)
  }
}

const concat: Planner<'concat'> = (inputs, { axis }, { shape }) => {
  const strides = stridesOf(shape)
  let start = 0
  const copies = inputs.map((input) => {
    const copy = planCopy(input.shape, { strides, start }, { strides: stridesOf(input.shape) })
    start += input.shape[axis]! * strides[axis]!
    return copy
  })
  return (out, ...parts) => copies.forEach((copy, i) => copy(out, parts[i]!))
}

const full: Planner<'full'> = (_, { value }, { shape }) => {
  const n = sizeOf(shape)
  return (out) => out.fill(value, 0, n)
}

const arange: Planner<'arange'> =
  (_, { start, step, length }) =>
  (out) => {
    for (let i = 0; i < length; i++) out[i] = start + i * step
  }

export const movementPlanners = { transpose, broadcastTo, slice, pad, concat, full, arange }
