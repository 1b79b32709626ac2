export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Place = readonly [x: number, y: number]

const LARGEST = 26

/** Cells of so many rows, line by line, as large as the box allows. */
export function gridOf(count: number, box: Box): { readonly side: number; readonly places: readonly Place[] } {
  let side = LARGEST
  while (side > 1 && Math.ceil(count / Math.floor(box.width / side)) * side > box.height) side -= 0.25
  const columns = Math.max(1, Math.floor(box.width / side))
  return {
    side,
    places: Array.from({ length: count }, (_, i) => [
      box.x + ((i % columns) + 0.5) * side,
      box.y + (Math.floor(i / columns) + 0.5) * side,
    ]),
  }
}

/** A batch after the other: each a block of cells with a gap to the next, as large as the box allows. */
export function blocksOf(
  sizes: readonly number[],
  box: Box,
): { readonly side: number; readonly blocks: readonly { readonly frame: Box; readonly places: readonly Place[] }[] } {
  let side = LARGEST
  while (side > 1 && heightOf(sizes, box.width, side) > box.height) side -= 0.25
  const { perLine, columns, lines, gap } = shape(sizes, box.width, side)
  return {
    side,
    blocks: sizes.map((size, b) => {
      const x = box.x + (b % perLine) * (columns * side + gap)
      const y = box.y + Math.floor(b / perLine) * (lines * side + gap)
      const wide = Math.min(size, columns)
      return {
        frame: { x, y, width: wide * side, height: Math.ceil(size / columns) * side },
        places: Array.from({ length: size }, (_, i) => [
          x + ((i % columns) + 0.5) * side,
          y + (Math.floor(i / columns) + 0.5) * side,
        ]),
      }
    }),
  }
}

interface Shape {
  readonly columns: number
  readonly lines: number
  readonly perLine: number
  readonly gap: number
}

function shape(sizes: readonly number[], width: number, side: number): Shape {
  const size = sizes[0] ?? 1
  const gap = Math.max(3, 0.4 * side)
  const columns = Math.max(1, Math.min(size, Math.floor(width / side)))
  return {
    columns,
    lines: Math.ceil(size / columns),
    perLine: Math.max(1, Math.floor((width + gap) / (columns * side + gap))),
    gap,
  }
}

function heightOf(sizes: readonly number[], width: number, side: number): number {
  const { lines, perLine, gap } = shape(sizes, width, side)
  return Math.ceil(sizes.length / perLine) * (lines * side + gap) - gap
}
