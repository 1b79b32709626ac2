import { sizeOf } from '@neurite/core'
import { along } from './layout.js'
import type { Planner } from './plan.js'

const gather: Planner<'gather'> = ([x, indices], { axis }) => {
  const { outer, extent, inner } = along(x!.shape, axis)
  const count = sizeOf(indices!.shape)
  return (out, from, places) => {
    for (let i = 0, o = 0; i < outer; i++) {
      for (let k = 0; k < count; k++) {
        const place = places[k]!
        const inside = place >= 0 && place < extent
        const start = (i * extent + place) * inner
        for (let j = 0; j < inner; j++) out[o++] = inside ? from[start + j]! : 0
      }
    }
  }
}

const scatterAdd: Planner<'scatterAdd'> = ([, indices], { axis, extent }, { shape }) => {
  const { outer, inner } = along(shape, axis)
  const count = sizeOf(indices!.shape)
  const n = sizeOf(shape)
  return (out, from, places) => {
    out.fill(0, 0, n)
    for (let i = 0, p = 0; i < outer; i++) {
      for (let k = 0; k < count; k++, p += inner) {
        const place = places[k]!
        if (place < 0 || place >= extent) continue
        const start = (i * extent + place) * inner
        for (let j = 0; j < inner; j++) out[start + j]! += from[p + j]!
      }
    }
  }
}

/** Elements by their index, as embeddings take them. */
export const indexingPlanners = { gather, scatterAdd }
