import { useSignal } from '@preact/signals'
import type { JSX, TargetedPointerEvent } from 'preact'
import { useRef } from 'preact/hooks'
import { dab, erased, inked, MOST_INK, SIDE, stroke } from './image.js'
import { windowIn, type Box } from './layout.js'
import { say } from './messages.js'
import { draw, lit, pad, rubber } from './model.js'

const ROWS = Array.from({ length: SIDE }, (_, i) => i)
const MOVES: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Where a digit is drawn: with a soft pen under the pointer or finger, or pixel by pixel with the keys. */
export function Pad({ box }: { readonly box: Box }): JSX.Element {
  const at = useSignal(2 * SIDE + 3)
  const pen = useRef<readonly [number, number] | undefined>(undefined)
  const grid = useRef<SVGGElement>(null)
  const place = (event: TargetedPointerEvent<SVGGElement>): readonly [number, number] => {
    const svg = event.currentTarget.ownerSVGElement!.getBoundingClientRect()
    const inside = (value: number, extent: number): number => (value / extent) * SIDE
    return [inside(event.clientX - svg.left - box.x, box.width), inside(event.clientY - svg.top - box.y, box.height)]
  }
  const key = (event: KeyboardEvent): void => {
    const by = MOVES[event.key]
    if (by !== undefined) {
      const [column, row] = [(at.peek() % SIDE) + by[0], Math.floor(at.peek() / SIDE) + by[1]]
      if (column < 0 || row < 0 || column >= SIDE || row >= SIDE) return
      at.value = row * SIDE + column
      grid.current?.querySelectorAll<SVGRectElement>('[role="gridcell"]')[at.peek()]?.focus()
    } else if (event.key === ' ' || event.key === 'Enter') draw(inked(pad.peek(), at.peek()))
    else if (event.key === 'Delete' || event.key === 'Backspace') draw(erased(pad.peek(), at.peek()))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <g
      ref={grid}
      class="pad"
      role="grid"
      aria-label={say('pad.label')}
      data-lit={lit.value === 'inputs'}
      onKeyDown={key}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        pen.current = place(event)
        draw(dab(pad.peek(), pen.current, rubber.peek()))
      }}
      onPointerMove={(event) => {
        if (pen.current === undefined) return
        const to = place(event)
        draw(stroke(pad.peek(), pen.current, to, rubber.peek()))
        pen.current = to
      }}
      onPointerUp={() => (pen.current = undefined)}
      onPointerCancel={() => (pen.current = undefined)}
    >
      {ROWS.map((row) => (
        <g key={row} role="row">
          {ROWS.map((column) => {
            const k = row * SIDE + column
            const ink = pad.value[k]!
            const { x, y, width, height } = windowIn(box, [SIDE, SIDE], [row, column])
            return (
              <rect
                key={column}
                role="gridcell"
                tabindex={k === at.value ? 0 : -1}
                aria-label={say('pad.cell', { row: row + 1, column: column + 1, ink, most: MOST_INK })}
                data-ink={ink}
                x={x}
                y={y}
                width={width}
                height={height}
              />
            )
          })}
        </g>
      ))}
    </g>
  )
}
