import type { TypedArray } from '@neurite/core'
import { float32 } from './elementwise/math.js'
import { along } from './layout.js'
import type { Planner } from './plan.js'

/** Writes e^(x - top) along a line, from `start` to `end`, and returns the sum. */
type Exponentials = (out: TypedArray, x: TypedArray, start: number, end: number, stride: number, top: number) => number

const exp32 = /* @__PURE__ */ (() => float32.exp)()

// Two loops, not one with a choice in it, which would take a third longer.
const single: Exponentials = (out, x, start, end, stride, top) => {
  let total = 0
  for (let p = start; p < end; p += stride) {
    const e = exp32(x[p]! - top)
    out[p] = e
    total += e
  }
  return total
}

const double: Exponentials = (out, x, start, end, stride, top) => {
  let total = 0
  for (let p = start; p < end; p += stride) {
    const e = Math.exp(x[p]! - top)
    out[p] = e
    total += e
  }
  return total
}

function largest(x: TypedArray, start: number, end: number, stride: number): number {
  let top = -Infinity
  for (let p = start; p < end; p += stride) if (x[p]! > top) top = x[p]!
  return top
}

/** One line, from the exponentials that are in `out` already: the largest of them is 1, so nothing overflows. */
type Finish = (
  out: TypedArray,
  x: TypedArray,
  start: number,
  end: number,
  stride: number,
  top: number,
  total: number,
) => void

const divide: Finish = (out, _x, start, end, stride, _top, total) => {
  const scale = 1 / total
  for (let p = start; p < end; p += stride) out[p]! *= scale
}

const subtractLog: Finish = (out, x, start, end, stride, top, total) => {
  const shift = Math.log(total)
  for (let p = start; p < end; p += stride) out[p] = x[p]! - top - shift
}

const lines =
  (finish: Finish): Planner<'softmax' | 'logSoftmax'> =>
  ([x], { axis }) => {
    const { outer, extent, inner } = along(x!.shape, axis)
    const exponentials = x!.dtype === 'float32' ? single : double
    return (out, from) => {
      for (let line = 0; line < outer * inner; line++) {
        const start = Math.floor(line / inner) * extent * inner + (line % inner)
        const end = start + extent * inner
        const top = largest(from, start, end, inner)
        finish(out, from, start, end, inner, top, exponentials(out, from, start, end, inner, top))
      }
    }
  }

export const softmaxPlanners = /* @__PURE__ */ (() => ({ softmax: lines(divide), logSoftmax: lines(subtractLog) }))()
