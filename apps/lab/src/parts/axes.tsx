import type { JSX } from 'preact'
import './axes.css'
import type { Scale } from './scale.js'

/** Few ticks, hairlines, names at the ends. Put it first in the SVG. */
export function Axes({
  x,
  y,
  xName,
  yName,
  ticks = [5, 4],
  format,
}: {
  readonly x: Scale
  readonly y: Scale
  readonly xName?: string
  readonly yName?: string
  readonly ticks?: readonly [x: number, y: number]
  readonly format?: (value: number) => string
}): JSX.Element {
  const [left, right] = x.range
  const [bottom, top] = y.range
  const [sayX, sayY] = format === undefined ? [x.tickFormat(ticks[0]), y.tickFormat(ticks[1])] : [format, format]
  return (
    <g class="axes" aria-hidden="true">
      {y
        .ticks(ticks[1])
        .filter((value) => sayY(value) !== '')
        .map((value) => (
          <g key={`y${value}`} transform={`translate(0 ${y(value)})`}>
            <line class="grid" x1={left} x2={right} />
            <text x={left - 6} dy="0.32em" text-anchor="end">
              {sayY(value)}
            </text>
          </g>
        ))}
      {x
        .ticks(ticks[0])
        .filter((value) => sayX(value) !== '')
        .map((value) => (
          <g key={`x${value}`} transform={`translate(${x(value)} ${bottom})`}>
            <line class="tick" y2="4" />
            <text y="17" text-anchor="middle">
              {sayX(value)}
            </text>
          </g>
        ))}
      <line class="base" x1={left} x2={right} y1={bottom} y2={bottom} />
      {xName !== undefined && (
        <text class="axis-name" x={right} y={bottom + 17} dy="1.15em" text-anchor="end">
          {xName}
        </text>
      )}
      {yName !== undefined && (
        <text class="axis-name" x={left} y={top - 8}>
          {yName}
        </text>
      )}
    </g>
  )
}
