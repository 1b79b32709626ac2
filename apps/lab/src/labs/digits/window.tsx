import type { JSX } from 'preact'
import { SIDE } from './image.js'
import { windowIn, type Box, type Layout } from './layout.js'
import { cell, frame, lit, network } from './model.js'

/** What the unit that is taken apart sees, and where it is: the kernel's window, and lines from there to its cell. */
export function Window({ layout }: { readonly layout: Layout }): JSX.Element | null {
  const { shown, filter, row, column } = cell.value
  const layer = network.value.layers[shown]
  const unit = frame.value?.unit
  if (layer === undefined) return null
  const target =
    layout.layers[shown] === undefined
      ? barOf(layout.bars, filter)
      : windowIn(layout.layers[shown].maps[filter]!, [layer.rows, layer.columns], [row, column])
  const seen = unit?.layer === layer.layer ? sources(layout, shown, filter, unit) : []
  return (
    <g class="window" data-lit={lit.value} aria-hidden="true">
      {seen.map((box, i) => (
        <g key={i}>
          <path d={beam(box, target)} />
          <Frame box={box} name="seen" />
        </g>
      ))}
      <Frame box={target} name="unit" />
    </g>
  )
}

/** Its window in the pad or in maps of the layer before: in all of them, where they are summed over. */
function sources(
  layout: Layout,
  shown: number,
  filter: number,
  { begin, shape }: { readonly begin: readonly number[]; readonly shape: readonly number[] },
): readonly Box[] {
  const [row = 0, column = 0] = begin
  const [height = 1, width = 1, channels = 1] = shape
  const inside = (box: Box, rows: number, columns: number): Box =>
    windowIn(box, [rows, columns], [row, column], [height, width])
  // A dense layer sees all that comes before it.
  if (begin.length === 1) return [layout.layers[shown - 1]!.box]
  if (shown === 0) return [inside(layout.pad, SIDE, SIDE)]
  const before = network.value.layers[shown - 1]!
  const { maps } = layout.layers[shown - 1]!
  const chosen = channels === 1 && before.filters > 1 ? [maps[filter]!] : maps
  return chosen.map((box) => inside(box, before.rows, before.columns))
}

/** The digit beside its bar. */
const barOf = ({ x, y, height }: Box, digit: number): Box => ({
  x,
  y: y + (digit * height) / 10,
  width: 14,
  height: height / 10,
})

function Frame({ box: { x, y, width, height }, name }: { readonly box: Box; readonly name: string }): JSX.Element {
  return (
    <g class={name}>
      <rect class="around" x={x} y={y} width={width} height={height} />
      <rect x={x} y={y} width={width} height={height} />
    </g>
  )
}

/** Between two boxes, as light through a window: their nearer sides, or tops and bottoms, joined. */
function beam(from: Box, to: Box): string {
  if (to.x >= from.x + from.width)
    return `M${from.x + from.width} ${from.y}L${to.x} ${to.y}V${to.y + to.height}L${from.x + from.width} ${from.y + from.height}Z`
  return `M${from.x} ${from.y + from.height}L${to.x} ${to.y}H${to.x + to.width}L${from.x + from.width} ${from.y + from.height}Z`
}
