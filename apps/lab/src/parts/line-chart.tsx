import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { enlarged } from '../app/present.js'
import { Axes } from './axes.jsx'
import { scaleLinear, scaleLog } from './scale.js'
import { useSize } from './size.js'
import './line-chart.css'

export interface Series {
  /** Chooses the colour: `chart-<name>` in the styles, else ink. */
  readonly name: string
  readonly label: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Marks beside the line, for few points. */
  readonly marks?: boolean
}

/** The small chart of a measure: lines over a common axis. */
export function LineChart({
  series,
  xName,
  yName,
  log = false,
  logX = false,
  summary,
  mark,
  height = 180,
}: {
  readonly series: readonly Series[]
  readonly xName: string
  readonly yName: string
  readonly log?: boolean
  /** Both axes can be logarithmic; x is then positive. */
  readonly logX?: boolean
  /** What the chart shows now, in a sentence. */
  readonly summary: string
  /** A value on the y axis to compare with: the challenge's, say. */
  readonly mark?: number
  readonly height?: number
}): JSX.Element {
  const { ref, size } = useSize<HTMLElement>()
  const { width } = size.value
  // Where type is larger, so is the room for it.
  const em = enlarged()
  const tall = height * em
  const all = series.flatMap(({ points }) => points).filter(([, y]) => Number.isFinite(y) && (!log || y > 0))
  const ys = [...all.map(([, y]) => y), ...(mark === undefined ? [] : [mark])]
  const [low, high] = [ys.reduce((a, b) => Math.min(a, b), Infinity), ys.reduce((a, b) => Math.max(a, b), -Infinity)]
  const last = all.reduce((most, [x]) => Math.max(most, x), 1)
  const first = all.reduce((least, [x]) => Math.min(least, x), last)
  const across = [44 * em, Math.max(60 * em, width - 12 * em)] as const
  const x = logX
    ? scaleLog([first, Math.max(last, 2 * first)], across)
    : scaleLinear([first, Math.max(last, first + 1)], across)
  const y = log
    ? scaleLog([low === high ? low / 2 : low, low === high ? high * 2 : high], [tall - 36 * em, 20 * em], {
        nice: true,
      })
    : scaleLinear([Math.min(0, low), low === high ? high + 1 : high], [tall - 36 * em, 20 * em], { nice: true })
  const path = line<readonly [number, number]>(
    ([px]) => x(px),
    ([, py]) => y(py),
  ).defined(([, py]) => Number.isFinite(py) && (!log || py > 0))
  return (
    <figure class="line-chart" ref={ref}>
      {width > 0 && all.length > 0 && (
        <svg width={width} height={tall} role="img" aria-label={summary}>
          <Axes x={x} y={y} xName={xName} yName={yName} ticks={[4, 3]} />
          {mark !== undefined && <line class="chart-mark" x1={x.range[0]} x2={x.range[1]} y1={y(mark)} y2={y(mark)} />}
          {series.map(({ name, points, marks }) => (
            <g key={name} class={`chart-line chart-${name}`}>
              <path d={path(points) ?? ''} />
              {marks === true &&
                points.map(([px, py]) => <circle key={px} cx={x(px)} cy={y(log ? Math.max(py, 1e-12) : py)} r="3" />)}
            </g>
          ))}
        </svg>
      )}
      {series.length > 1 && (
        <figcaption class="legend">
          {series.map(({ name, label }) => (
            <span key={name} class={`legend-item chart-${name}`}>
              {label}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  )
}
