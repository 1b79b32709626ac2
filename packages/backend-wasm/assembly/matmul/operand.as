import { packPatchColumns, packPatchRows, PATCH_COLUMNS, PATCH_ROWS, Patches } from '../images/patches'
import { packStrided, Strided } from './strided'

/**
 * What a product reads on one side: lanes (the rows of the left operand, the columns of the right one), and along each, depth. A matrix
 * lies in memory; those of a convolution are never built. Each kind has fields of its own, in scratch memory.
 */
@unmanaged
export class Operand {
  kind: i32
}

/**
 * Packs `count` lanes from `lane` on, and `depth` elements of each from `start` on, into panels of `width` lanes: one element of each lane,
 * then the next of each. The last panel is filled up with zeros.
 */
export function pack(x: Operand, to: i32, width: i32, lane: i32, count: i32, start: i32, depth: i32): void {
  const step = width * 4
  for (let i = 0; i < count; to += (depth - 1) * step) {
    for (let four = 0; four < width; four += 4, i += 4, to += 16) {
      const lanes = max(min(count - i, 4), 0)
      if (x.kind == PATCH_ROWS) packPatchRows(changetype<Patches>(x), to, step, lane + i, lanes, start, depth)
      else if (x.kind == PATCH_COLUMNS)
        packPatchColumns(changetype<Patches>(x), to, step, lane + i, lanes, start, depth)
      else packStrided(changetype<Strided>(x), to, step, lane + i, lanes, start, depth)
    }
  }
}
