import { area, line } from 'd3-shape'
import type { JSX } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { scaleLinear } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import { epoch, harm, movePixels, race, samples, seen, type Accuracies } from './flatten-model.js'
import './flatten-stage.css'
import { NETS, type Net } from './grid.js'
import { say } from './messages.js'
import { lit } from './model.js'
import { Pixels } from './pixels.jsx'
import { EPOCHS } from './state.js'

/** Digits and their shuffled pixels above, and how well two networks learn from either. */
export function FlattenStage(): JSX.Element {
  useEffect(() => {
    const ends = [samples.start(), movePixels(), race()]
    return () => ends.forEach((end) => end())
  }, [])
  return (
    <div class="flatten">
      <Pixels />
      <p class="pixels-row">{say('pixels.row')}</p>
      <div class="flatten-chart">
        <Charts />
      </div>
    </div>
  )
}

function Charts(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const percent = (net: Net): string => fixed(100 * (harm(net) ?? 0), 1)
  const summary = say('race.summary', { epoch: epoch.value, dense: percent('dense'), conv: percent('conv') })
  const half = (width - 12) / 2
  return (
    <svg class="race" ref={ref} role="img" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 &&
        NETS.map((net, i) => (
          <g key={net} transform={`translate(${i * (half + 12)} 0)`}>
            <Panel net={net} width={half} height={height} />
          </g>
        ))}
    </svg>
  )
}

function Panel({
  net,
  width,
  height,
}: {
  readonly net: Net
  readonly width: number
  readonly height: number
}): JSX.Element {
  const hatch = useId()
  const x = scaleLinear([0, EPOCHS], [34, width - 46])
  const y = scaleLinear([0, 1], [height - 38, 34])
  const [original = [], shuffled = []] = [seen.value[`${net} original`], seen.value[`${net} shuffled`]]
  const path = line<number>(
    (_, i) => x(i),
    (value) => y(value),
  )
  const both = Array.from({ length: Math.min(original.length, shuffled.length) }, (_, i) => i)
  const between = area<number>(
    (i) => x(i),
    (i) => y(original[i]!),
    (i) => y(shuffled[i]!),
  )
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="hatch" y2="6" />
        </pattern>
      </defs>
      <text class="net-name" x={34} y={18}>
        {say(`net.${net}`)}
      </text>
      <Axes
        x={x}
        y={y}
        xName={say('race.epoch')}
        ticks={[width > 300 ? 6 : 3, 4]}
        format={(value) => (value <= 1 && value > 0 && value % 1 !== 0 ? fixed(value, 1) : String(value))}
      />
      <path class="harm" d={between(both) ?? ''} fill={`url(#${hatch})`} />
      <path class="original" d={path(original) ?? ''} />
      <path class="shuffled" d={path(shuffled) ?? ''} />
      <End values={original} name="original" x={x} y={y} above={(shuffled.at(-1) ?? 0) <= (original.at(-1) ?? 0)} />
      <End values={shuffled} name="shuffled" x={x} y={y} above={(shuffled.at(-1) ?? 0) > (original.at(-1) ?? 0)} />
    </>
  )
}

/** The last accuracy, as a percentage at the end of its line. */
function End({
  values,
  name,
  x,
  y,
  above,
}: {
  readonly values: Accuracies
  readonly name: string
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly above: boolean
}): JSX.Element | null {
  const last = values.at(-1)
  if (last === undefined) return null
  return (
    <text class={`end ${name}`} x={x(values.length - 1) + 6} y={y(last) + (above ? -3 : 13)}>
      {`${fixed(100 * last, 0)}%`}
    </text>
  )
}
