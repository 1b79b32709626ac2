import { sizeOf } from '@neurite/core'
import { larger, smaller } from './elementwise/math.js'
import { along } from './layout.js'
import type { Planner } from './plan.js'

const extremeIndex =
  (wins: (a: number, b: number) => boolean): Planner<'argMax' | 'argMin'> =>
  ([x], { axis }) => {
    const { outer, extent, inner } = along(x!.shape, axis)
    return (out, from) => {
      for (let i = 0; i < outer; i++) {
        for (let j = 0; j < inner; j++) {
          const start = i * extent * inner + j
          let best = 0
          for (let k = 1; k < extent; k++) if (wins(from[start + k * inner]!, from[start + best * inner]!)) best = k
          out[i * inner + j] = best
        }
      }
    }
  }

const topKIndices: Planner<'topKIndices'> = ([x], { k }) => {
  const columns = x!.shape.at(-1)!
  const rows = sizeOf(x!.shape.slice(0, -1))
  const order = new Int32Array(columns)
  return (out, from) => {
    for (let row = 0; row < rows; row++) {
      const start = row * columns
      for (let i = 0; i < columns; i++) order[i] = i
      order.sort((i, j) => {
        const a = from[start + i]!
        const b = from[start + j]!
        return larger(a, b) ? -1 : larger(b, a) ? 1 : i - j
      })
      for (let i = 0; i < k; i++) out[row * k + i] = order[i]!
    }
  }
}

const cumsum: Planner<'cumsum'> = ([x], { axis, reverse }) => {
  const { outer, extent, inner } = along(x!.shape, axis)
  const first = reverse ? (extent - 1) * inner : 0
  const step = reverse ? -inner : inner
  return (out, from) => {
    for (let i = 0; i < outer; i++) {
      for (let j = 0; j < inner; j++) {
        let total = 0
        for (let k = 0, p = i * extent * inner + j + first; k < extent; k++, p += step) out[p] = total += from[p]!
      }
    }
  }
}

/** Where elements stand among others: indices of extremes, the k largest, running sums. */
export const orderPlanners = /* @__PURE__ */ (() => ({
  argMax: extremeIndex(larger),
  argMin: extremeIndex(smaller),
  topKIndices,
  cumsum,
}))()
