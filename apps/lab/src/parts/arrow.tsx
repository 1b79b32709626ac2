import type { JSX } from 'preact'
import './arrow.css'

const HEAD = 9

/** A gradient, or a step along it: a violet arrow on an SVG stage. One that is shorter than a head is a smaller head; none at all is nothing. */
export function Arrow({
  from: [x1, y1],
  to: [x2, y2],
}: {
  readonly from: readonly [x: number, y: number]
  readonly to: readonly [x: number, y: number]
}): JSX.Element | null {
  const length = Math.hypot(x2 - x1, y2 - y1)
  if (!(length > 0.75)) return null
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
  const head = Math.min(HEAD, length)
  const [bx, by] = [x2 - head * ux, y2 - head * uy]
  const half = 0.6 * head
  return (
    <g class="arrow">
      <line x1={x1} y1={y1} x2={bx} y2={by} />
      <path d={`M${x2} ${y2}L${bx - half * uy} ${by + half * ux}L${bx + half * uy} ${by - half * ux}Z`} />
    </g>
  )
}
