import { sizeOf, stridesOf, type TypedArray } from '@neurite/core'
import { larger, smaller } from './elementwise/math.js'
import { collapse } from './layout.js'
import type { Planner } from './plan.js'

/**
 * One line of results, `count` of them `step` apart in the input, each over `extent` elements that are `stride` apart.
 */
type Loop = (
  out: TypedArray,
  o: number,
  x: TypedArray,
  start: number,
  count: number,
  step: number,
  extent: number,
  stride: number,
) => void

/** Four results at a time: their additions do not wait for one another. */
const sum: Loop = (out, o, x, start, count, step, extent, stride) => {
  let n = 0
  for (; n + 4 <= count; n += 4) {
    let p = start + n * step
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let k = 0; k < extent; k++, p += stride) {
      a += x[p]!
      b += x[p + step]!
      c += x[p + 2 * step]!
      d += x[p + 3 * step]!
    }
    out[o + n] = a
    out[o + n + 1] = b
    out[o + n + 2] = c
    out[o + n + 3] = d
  }
  for (; n < count; n++) {
    let total = 0
    for (let k = 0, p = start + n * step; k < extent; k++, p += stride) total += x[p]!
    out[o + n] = total
  }
}

const extremum =
  (first: number, wins: (a: number, b: number) => boolean): Loop =>
  (out, o, x, start, count, step, extent, stride) => {
    for (let n = 0; n < count; n++) {
      let best = first
      for (let k = 0, p = start + n * step; k < extent; k++, p += stride) if (wins(x[p]!, best)) best = x[p]!
      out[o + n] = best
    }
  }

const reduction =
  (loop: Loop): Planner<'sum' | 'max' | 'min'> =>
  ([x], { axes }, output) => {
    const { shape } = x!
    const strides = stridesOf(shape)
    const pick = (list: readonly number[], reduced: boolean): number[] =>
      list.filter((_, axis) => axes.includes(axis) === reduced)
    const inner = collapse(pick(shape, true), [pick(strides, true)])
    const outer = collapse(pick(shape, false), [pick(strides, false)])
    if (outer.extents.length === 2 && inner.extents.length === 2 && inner.extents[0] === 1) {
      const [rows, count] = outer.extents as [number, number]
      const [rowStep, step] = outer.strides[0] as [number, number]
      const extent = inner.extents[1]!
      const stride = inner.strides[0]![1]!
      return (out, from) => {
        for (let row = 0; row < rows; row++) loop(out, row * count, from, row * rowStep, count, step, extent, stride)
      }
    }
    // Reduced axes with kept ones between them: brought together first.
    const n = sizeOf(output.shape)
    const depth = sizeOf(pick(shape, true))
    const starts = offsets(pick(shape, false), pick(strides, false))
    const places = offsets(pick(shape, true), pick(strides, true))
    const line = new Float64Array(depth)
    return (out, from) => {
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < depth; k++) line[k] = from[starts[i]! + places[k]!]!
        loop(out, i, line, 0, 1, 0, depth, 1)
      }
    }
  }

/** Where each element of a strided array lies. */
function offsets(extents: readonly number[], strides: readonly number[]): Int32Array {
  let all = Int32Array.of(0)
  extents.forEach((extent, axis) => {
    const longer = new Int32Array(all.length * extent)
    for (let i = 0; i < longer.length; i++) longer[i] = all[Math.floor(i / extent)]! + (i % extent) * strides[axis]!
    all = longer
  })
  return all
}

export const reductionPlanners = {
  sum: reduction(sum),
  max: reduction(extremum(-Infinity, larger)),
  min: reduction(extremum(Infinity, smaller)),
}
