import { transpose } from '../movement/tile'
import { Operand } from './operand'

@inline
export const STRIDED = 0

/** A matrix in memory: element (lane, d) is at start + lane * laneStride + d * depthStride, in bytes. */
@unmanaged
export class Strided extends Operand {
  start: i32
  laneStride: i32
  depthStride: i32
}

@inline
export function strided(at: i32, start: i32, laneStride: i32, depthStride: i32): Operand {
  const x = changetype<Strided>(at)
  x.kind = STRIDED
  x.start = start
  x.laneStride = laneStride * 4
  x.depthStride = depthStride * 4
  return x
}

/** Four lanes, of which `lanes` are there and the others zeros, side by side at `to`; the next element of each is `step` bytes on. */
export function packStrided(x: Strided, to: i32, step: i32, lane: i32, lanes: i32, start: i32, depth: i32): void {
  const laneStride = x.laneStride
  const depthStride = x.depthStride
  let from = x.start + lane * laneStride + start * depthStride
  if (lanes == 4 && laneStride == 4) {
    for (let d = 0; d < depth; d++, to += step, from += depthStride) v128.store(to, v128.load(from))
    return
  }
  let d = 0
  if (lanes == 4 && depthStride == 4) {
    for (; d + 4 <= depth; d += 4, from += 16, to += 4 * step) transpose(to, step, from, laneStride)
  }
  for (; d < depth; d++, from += depthStride, to += step) packElement(to, from, laneStride, lanes)
}

/** One element of four lanes. */
@inline
function packElement(to: i32, from: i32, laneStride: i32, lanes: i32): void {
  v128.store(to, i32x4.splat(0))
  for (let i = 0; i < lanes; i++, from += laneStride) store<f32>(to + i * 4, load<f32>(from))
}
