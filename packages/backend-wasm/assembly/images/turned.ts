import { packStrided, Strided } from '../matmul/strided'

@inline
export const TURNED = 3

/**
 * A filter [kh, kw, in, out] turned around, as the gradient by the input reads it: lanes are its inputs, depth runs over (ky, kx, out), from the
 * last place to the first.
 */
@unmanaged
export class Turned extends Strided {
  filter: i32
  places: i32
  ins: i32
  outs: i32
}

export function packTurned(x: Turned, to: i32, step: i32, lane: i32, lanes: i32, start: i32, depth: i32): void {
  const outs = x.outs
  // At each place it is a strided matrix.
  x.laneStride = outs * 4
  x.depthStride = 4
  for (const end = start + depth; start < end; ) {
    const first = start % outs
    const count = min(outs - first, end - start)
    x.start = x.filter + (x.places - 1 - start / outs) * x.ins * outs * 4
    packStrided(x, to, step, lane, lanes, first, count)
    to += count * step
    start += count
  }
}
