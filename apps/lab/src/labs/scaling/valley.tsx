import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { short } from '../../i18n/format.js'
import type { Run, Scaled } from './compute.js'
import { say } from './messages.js'
import { lit, now } from './model.js'
import type { Box } from './panels.jsx'

/** How many iterations stay at full strength. */
const RECENT = 12

/** What stands below a valley has room beside its name from this width on; else it stands in the picture. */
const ROOM = 215

/** Lines of equal loss over both weights, and the way down as far as it has come. */
export function Valley({
  valley,
  run,
  box,
  small,
}: {
  readonly valley: Scaled
  readonly run: Run | undefined
  readonly box: Box
  readonly small: boolean
}): JSX.Element {
  const clip = useId()
  const { left, right, top, bottom } = box
  const [columns, rows] = valley.grid
  const [b1 = 0, b2 = 0] = valley.best
  const scale = (bottom - top) / rows
  // The picture is as high as the box, and at least as wide.
  const start = (left + right) / 2 - (scale * columns) / 2
  const unit = (bottom - top) / (2 * valley.reach)
  const x = (w1: number): number => (left + right) / 2 + (w1 - b1) * unit
  const y = (w2: number): number => (top + bottom) / 2 - (w2 - b2) * unit
  return (
    <g class="valley">
      <clipPath id={clip}>
        <rect x={left} y={top} width={right - left} height={bottom - top} />
      </clipPath>
      <rect class="frame" x={left} y={top} width={right - left} height={bottom - top} />
      <g clip-path={`url(#${clip})`}>
        <g class="lines" transform={`translate(${start} ${top}) scale(${scale})`}>
          {valley.lines.map((path, i) => (
            <path key={i} d={path} />
          ))}
        </g>
        <path class="best" d={`M${x(b1) - 6} ${y(b2) - 6}l12 12m0 -12l-12 12`} />
        {run !== undefined && <Way run={run} x={x} y={y} />}
        <circle class="start" cx={x(0)} cy={y(0)} r="4" />
      </g>
      {!small && (
        <g class="valley-names">
          <text x={right} y={bottom + 17} text-anchor="end">
            {say('w1')}
          </text>
          <text x={left} y={top - 7}>
            {say('w2')}
          </text>
          <text
            class="tick-number"
            x={right - left > ROOM ? left : left + 4}
            y={right - left > ROOM ? bottom + 17 : bottom - 6}
          >
            {say('best', { w1: short(b1), w2: short(b2) })}
          </text>
        </g>
      )}
    </g>
  )
}

/** A few hundred points at most: SVG, so that it is in the picture that is downloaded. */
function Way({
  run,
  x,
  y,
}: {
  readonly run: Run
  readonly x: (w1: number) => number
  readonly y: (w2: number) => number
}): JSX.Element {
  const { at, w1, w2 } = run
  const shown = now.value
  let reached = at.findIndex((k) => k > shown) - 1
  if (reached < 0) reached = at.length - 1
  const place = (i: number): readonly [number, number] => [x(w1[i]!), y(w2[i]!)]
  const [ax, ay] = place(reached)
  // Between two iterations it is on its way.
  const next = Math.min(at.length - 1, reached + 1)
  const span = at[next]! - at[reached]!
  const t = span > 0 ? Math.min(1, (shown - at[reached]!) / span) : 0
  const [bx, by] = place(next)
  const here = [ax + t * (bx - ax), ay + t * (by - ay)] as const
  const points = Array.from({ length: reached + 1 }, (_, i) => place(i))
  const lately = Math.max(0, at.findIndex((k) => k > shown - RECENT) - 1)
  const path = (places: readonly (readonly [number, number])[]): string =>
    `M${[...places, here].map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L')}`
  return (
    <g class="way" onPointerEnter={() => (lit.value = 'gradient')}>
      <path class="past" d={path(points)} />
      <path class="lately" d={path(points.slice(lately))} />
      <circle cx={here[0]} cy={here[1]} r="5" />
    </g>
  )
}
