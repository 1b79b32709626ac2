import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { Axes } from '../../parts/axes.jsx'
import { scaleLinear, scaleLog, type Scale } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import { Trail } from '../../parts/trail.js'
import type { Run } from './compute.js'
import { markOf } from './marks.jsx'
import { goal, playback, running, shown } from './model.js'
import './race-chart.css'

/** Everyone's loss, step by step, on a logarithmic scale; it grows with the race. */
export function RaceChart({
  xName,
  yName,
  summary,
  height,
}: {
  readonly xName: string
  readonly yName: string
  readonly summary: string
  /** Default: as high as there is room. */
  readonly height?: number
}): JSX.Element {
  const { ref, size } = useSize<HTMLDivElement>()
  const { width } = size.value
  const tall = height ?? size.value.height
  const low = running.value.reduce(
    (least, { losses }) => losses.reduce((a, b) => Math.min(a, b), least),
    goal.value / 2,
  )
  const high = running.value.reduce((most, { losses }) => Math.max(most, losses[0] ?? 0), 10 * goal.value)
  const x = scaleLinear([0, Math.max(1, playback.length.value)], [52, Math.max(80, width - 14)])
  const y = scaleLog([Math.max(goal.value / 20, low), high], [tall - 40, 24], { clamp: true })
  return (
    <div class="race-chart" ref={ref} style={height === undefined ? undefined : { height: `${height}px` }}>
      {width > 0 && tall > 0 && (
        <svg width={width} height={tall} role="img" aria-label={summary}>
          <Axes x={x} y={y} xName={xName} yName={yName} ticks={[width > 500 ? 8 : 4, 4]} />
          <line class="goal" x1={x.range[0]} x2={x.range[1]} y1={y(goal.value)} y2={y(goal.value)} />
          {running.value.map((run) => (
            <Curve key={run.id} run={run} x={x} y={y} />
          ))}
        </svg>
      )}
    </div>
  )
}

function Curve({ run, x, y }: { readonly run: Run; readonly x: Scale; readonly y: Scale }): JSX.Element {
  const { losses, id } = run
  const { d, head } = useMemo(() => {
    const points = Array.from(losses, (loss, k) => [x(k), y(Math.max(loss, 1e-30))] as const)
    const trail = new Trail(points)
    return {
      d: computed(() => trail.between(0, playback.at.value)),
      head: computed(() => {
        const [px, py] = points[Math.min(playback.at.value, points.length - 1)] ?? [0, 0]
        return `translate(${px.toFixed(1)} ${py.toFixed(1)})`
      }),
    }
  }, [losses, ...x.domain, ...x.range, ...y.domain, ...y.range])
  return (
    <g class={`curve racer-${id}`} data-chosen={shown.value === id}>
      <path class="racer-line" d={d} />
      <path class="racer-mark" d={markOf(id, 60)} transform={head} />
    </g>
  )
}
