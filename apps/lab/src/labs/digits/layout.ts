import type { ShownLayer } from './network.js'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface LayerPlace {
  readonly box: Box
  /** One a filter. */
  readonly maps: readonly Box[]
}

/** Where everything stands on a stage. */
export interface Layout {
  readonly pad: Box
  readonly layers: readonly LayerPlace[]
  readonly bars: Box
  readonly answer: { readonly x: number; readonly y: number; readonly size: number }
  /** Of the unit that is taken apart; a narrow stage has none. */
  readonly terms: Box | undefined
}

const CAPTION = 22
const GAP = 4
/** A stage as wide as this shows the sum below the network. */
const WIDE = 600

/** Everything but the output layer, which is the bars. */
const hiddenOf = (layers: readonly ShownLayer[]): readonly ShownLayer[] => layers.slice(0, -1)

/** Maps side by side in a box, as large as they can be, in its middle. */
function tiles(box: Box, count: number, columns: number, most: number, left = false): LayerPlace {
  const rows = Math.ceil(count / columns)
  const gap = count > 40 ? 1 : GAP
  const side = Math.floor(
    Math.min(most, (box.width - gap * (columns - 1)) / columns, (box.height - gap * (rows - 1)) / rows),
  )
  const [width, height] = [columns * side + gap * (columns - 1), rows * side + gap * (rows - 1)]
  const x = left ? box.x + 1 : Math.round(box.x + (box.width - width) / 2)
  const y = Math.round(box.y + (box.height - height) / 2)
  const maps = Array.from({ length: count }, (_, i) => ({
    x: x + (i % columns) * (side + gap),
    y: y + Math.floor(i / columns) * (side + gap),
    width: side,
    height: side,
  }))
  return { box: { x, y, width, height }, maps }
}

/** The image as one row of pixels, or one column: what a dense layer sees of it. */
function strip(box: Box, count: number, upright: boolean): LayerPlace {
  const each = Math.max(1, Math.floor(10 * Math.min(9, (upright ? box.height : box.width) / count)) / 10)
  const [width, height] = upright ? [26, each * count] : [each * count, Math.min(20, box.height)]
  const x = upright ? Math.round(box.x + (box.width - width) / 2) : box.x + 1
  const y = Math.round(box.y + (box.height - height) / 2)
  const maps = Array.from({ length: count }, (_, i) =>
    upright ? { x, y: y + i * each, width, height: each } : { x: x + i * each, y, width: each, height },
  )
  return { box: { x, y, width, height }, maps }
}

/** From left to right, as the values flow. */
function wide(width: number, height: number, layers: readonly ShownLayer[]): Layout {
  const termsHeight = Math.min(220, 0.36 * height)
  const tall = height - termsHeight - 12
  const between = 22
  const hidden = hiddenOf(layers)
  const shares = hidden.map(({ name, filters }) =>
    name === 'maxPool2d' ? 0.66 : name === 'flatten' ? 0.5 : filters > 8 ? 1.15 : 1,
  )
  const padSide = Math.min(0.29 * width, tall - CAPTION - 8)
  const barsWidth = Math.max(120, 0.165 * width)
  const free = width - padSide - barsWidth - between * (hidden.length + 1)
  const total = shares.reduce((sum, share) => sum + share, 0)
  const middle = CAPTION + (tall - CAPTION) / 2
  let x = padSide + between
  const places = hidden.map((layer, i) => {
    const box = { x, y: CAPTION, width: (free * shares[i]!) / total, height: tall - CAPTION }
    x += box.width + between
    if (layer.name === 'flatten') return strip(box, layer.filters, true)
    return tiles(box, layer.filters, layer.filters <= 8 ? 2 : layer.filters > 32 ? 8 : 4, 110)
  })
  const barsHeight = Math.min(300, tall - 96)
  const barsTop = Math.round(middle - (barsHeight + 84) / 2 + 84)
  return {
    pad: { x: 1, y: Math.round(middle - padSide / 2), width: padSide, height: padSide },
    layers: places,
    bars: { x: width - barsWidth, y: barsTop, width: barsWidth, height: barsHeight },
    answer: { x: width - barsWidth, y: barsTop - 16, size: 80 },
    terms: { x: 0, y: height - termsHeight, width, height: termsHeight },
  }
}

/** From top to bottom, on a phone. */
function narrow(width: number, height: number, layers: readonly ShownLayer[]): Layout {
  const hidden = hiddenOf(layers)
  const padSide = Math.min(0.44 * width, 0.44 * height)
  const answer = { x: width - 52, y: 0.5 * padSide + 28, size: 80 }
  const rowsOf = ({ name, filters }: ShownLayer): readonly [columns: number, weight: number] => {
    if (name === 'flatten') return [64, 0.35]
    if (name === 'maxPool2d') return [16, 0.55]
    return filters > 8 ? [filters > 32 ? 16 : 8, filters > 16 ? 1.6 : 1.5] : [8, 1]
  }
  const total = hidden.reduce((sum, layer) => sum + rowsOf(layer)[1], 0)
  const free = height - padSide - 6 - CAPTION * hidden.length
  let y = padSide + 6
  const places = hidden.map((layer) => {
    const [columns, weight] = rowsOf(layer)
    const box = { x: 0, y: y + CAPTION, width, height: (free * weight) / total }
    y += CAPTION + box.height
    if (layer.name === 'flatten') return strip(box, layer.filters, false)
    return tiles(box, layer.filters, columns, 48, true)
  })
  return {
    pad: { x: 1, y: 1, width: padSide, height: padSide },
    layers: places,
    bars: { x: padSide + 20, y: 0, width: width - padSide - 20 - 72, height: padSide },
    answer,
    terms: undefined,
  }
}

export function layoutOf(width: number, height: number, layers: readonly ShownLayer[]): Layout {
  return width >= WIDE ? wide(width, height, layers) : narrow(width, height, layers)
}

/** The cell of a layer at a place of the stage, or the nearest. */
export function cellAt(
  { maps }: LayerPlace,
  { rows, columns }: ShownLayer,
  x: number,
  y: number,
): {
  readonly filter: number
  readonly row: number
  readonly column: number
} {
  const away = (box: Box): number => Math.hypot(x - box.x - box.width / 2, y - box.y - box.height / 2)
  const filter = maps.reduce((best, box, i) => (away(box) < away(maps[best]!) ? i : best), 0)
  const box = maps[filter]!
  const within = (value: number, extent: number): number =>
    Math.min(extent - 1, Math.max(0, Math.floor(value * extent)))
  return {
    filter,
    row: within((y - box.y) / box.height, rows),
    column: within((x - box.x) / box.width, columns),
  }
}

/** A cell, or a window of them, inside a map. */
export function windowIn(
  box: Box,
  [rows, columns]: readonly [number, number],
  [row, column]: readonly [number, number],
  [height, width]: readonly [number, number] = [1, 1],
): Box {
  return {
    x: box.x + (box.width * column) / columns,
    y: box.y + (box.height * row) / rows,
    width: (box.width * width) / columns,
    height: (box.height * height) / rows,
  }
}
