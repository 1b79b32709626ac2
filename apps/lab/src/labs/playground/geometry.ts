/** A square on the stage that holds one unit's picture. */
export interface Cell {
  readonly x: number
  readonly y: number
  readonly size: number
}

/** A layer's units, in a column that folds to several when it is long. */
export interface Column {
  readonly x: number
  readonly width: number
  readonly cells: readonly Cell[]
  readonly folded: boolean
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Longer columns fold (design: above 16 units, every unit still is a cell). */
export const MOST_IN_A_COLUMN = 16
const LARGEST_CELL = 52
const GAP = 0.18

/** Cells at least this far apart can be hit with a finger. */
const FINGER = 24

/** The squares of `count` units in a box, from top to bottom: in one column while they are large enough, else in as many as make them largest. */
export function cellsIn(count: number, { left, top, width, height }: Box, pad = 0.72): readonly Cell[] {
  let [columns, pitch] = [1, 0]
  const fewest = Math.ceil(count / MOST_IN_A_COLUMN)
  for (let c = fewest; c <= Math.max(fewest, 4); c++) {
    const rows = Math.ceil(count / c)
    const fits = Math.min((width * (c === 1 ? pad : 0.9)) / c, height / rows)
    if (pitch < FINGER && fits > pitch * 1.02) [columns, pitch] = [c, fits]
  }
  pitch = Math.min(pitch, LARGEST_CELL * (1 + GAP))
  const rows = Math.ceil(count / columns)
  // Few units stand apart, as far as there is room.
  const step = columns === 1 ? Math.min(height / rows, pitch * 1.7) : pitch
  const size = pitch / (1 + GAP)
  const [x0, y0] = [left + (width - columns * pitch) / 2, top + (height - rows * step) / 2]
  return Array.from({ length: count }, (_, k) => ({
    x: x0 + Math.floor(k / rows) * pitch + (pitch - size) / 2,
    y: y0 + (k % rows) * step + (step - size) / 2,
    size,
  }))
}

/** Columns beside one another over the whole width. */
export function columnsOf(counts: readonly number[], { left, top, width, height }: Box): readonly Column[] {
  const each = width / counts.length
  return counts.map((count, k) => {
    const cells = cellsIn(count, { left: left + k * each, top, width: each, height })
    return { x: left + k * each, width: each, cells, folded: count > MOST_IN_A_COLUMN }
  })
}

/** An edge's curve, flat at both ends. */
export interface Curve {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** From the right side of a cell to the left side of one in the next column, where the edges of all arrive fanned out. */
export function edgeBetween(from: Cell, to: Cell, place: number): Curve {
  const fan = to.size * 0.7
  return {
    x1: from.x + from.size,
    y1: from.y + from.size / 2,
    x2: to.x,
    y2: to.y + (to.size - fan) / 2 + fan * place,
  }
}

/** How far a point is from an edge, near enough: the curve is sampled. */
export function distanceTo({ x1, y1, x2, y2 }: Curve, x: number, y: number): number {
  let least = Infinity
  for (let i = 0; i <= 24; i++) {
    const t = i / 24
    // A cubic whose inner points lie half-way across: see draw.ts.
    const px = x1 + (x2 - x1) * (1.5 * t * (1 - t) * (1 - t) + 1.5 * t * t * (1 - t) + t * t * t)
    const py = y1 + (y2 - y1) * (3 * t * t * (1 - t) + t * t * t)
    least = Math.min(least, Math.hypot(px - x, py - y))
  }
  return least
}
