import { signal, useSignalEffect } from '@preact/signals'
import type { JSX, TargetedPointerEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { theme } from '../../app/theme.js'
import { fixed } from '../../i18n/format.js'
import { useSize } from '../../parts/size.js'
import { WeightField } from './by-hand-fields.jsx'
import { Columns } from './columns.jsx'
import { NetworkPainter, type Edge } from './draw.js'
import { FeatureColumn } from './feature-column.jsx'
import { FlowBars } from './flow-bars.jsx'
import { distanceTo } from './geometry.js'
import { say } from './messages.js'
import { chosen, shown, side, widths } from './model.js'
import './network.css'
import { board, columns, edges, narrow, pictures } from './scene.js'
import { state } from './state.js'

/** Whether the chosen edge was clicked: its number can then be set at it. */
const held = signal(false)

/** How near a pointer has to be to an edge. */
const NEAR = 7

/** The network: every unit with its own surface, every weight as an edge. */
export function Network(): JSX.Element {
  const { ref, size } = useSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef(new NetworkPainter()).current
  useSignalEffect(() => {
    board.value = size.value
  })
  useEffect(() => () => void (board.value = { width: 0, height: 0 }), [])
  useSignalEffect(() => {
    void theme.value
    if (canvas.current === null || board.value.width === 0) return
    painter.draw(canvas.current, board.value, {
      columns: columns.value,
      edges: edges.value,
      pictures: pictures.value,
      side: shown.value?.side ?? side.value,
      chosen: chosen.value,
    })
  })
  const point = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    // While a weight is held, to be set, the pointer may pass over others.
    if (event.target !== canvas.current || (held.peek() && event.type === 'pointermove')) return
    const edge = nearest(event)
    if (edge !== undefined) chosen.value = { what: 'weight', layer: edge.layer, from: edge.from, unit: edge.unit }
    else if (event.type === 'pointerdown') chosen.value = undefined
    held.value = edge !== undefined && event.type === 'pointerdown'
  }
  return (
    <div
      class="network"
      ref={ref}
      role="group"
      aria-label={say('network.label', { widths: widths.value.join('–') })}
      onPointerDown={point}
      onPointerMove={point}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        chosen.value = undefined
        held.value = false
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      {board.value.width > 0 && (
        <>
          <FeatureColumn />
          <Columns />
          {state.at.flow.value && !narrow.value && <FlowBars />}
          <WeightLabel />
        </>
      )}
    </div>
  )
}

function nearest(event: TargetedPointerEvent<HTMLDivElement>): Edge | undefined {
  const box = event.currentTarget.getBoundingClientRect()
  const [x, y] = [event.clientX - box.left, event.clientY - box.top]
  let [found, least]: [Edge | undefined, number] = [undefined, NEAR]
  for (const edge of edges.peek()) {
    if (x < edge.x1 || x > edge.x2) continue
    const distance = distanceTo(edge, x, y)
    if (distance < least) [found, least] = [edge, distance]
  }
  return found
}

/** The chosen weight, in numbers at its edge. */
function WeightLabel(): JSX.Element | null {
  const now = chosen.value
  if (now?.what !== 'weight') return null
  const edge = edges.value.find(
    ({ layer, from, unit }) => layer === now.layer && from === now.from && unit === now.unit,
  )
  if (edge === undefined) return null
  const style = { left: `${(edge.x1 + edge.x2) / 2}px`, top: `${(edge.y1 + edge.y2) / 2}px` }
  if (held.value)
    return (
      <span class="weight-label" data-held style={style}>
        <WeightField place={edge} focus />
      </span>
    )
  return (
    <span class="weight-label number" data-sign={edge.weight < 0 ? 'negative' : 'positive'} style={style}>
      {fixed(edge.weight, 2)}
    </span>
  )
}
