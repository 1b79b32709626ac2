import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { fixed, short } from '../../i18n/format.js'
import { Arrow } from '../../parts/arrow.jsx'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import type { Fits } from './fits.js'
import './losses.css'
import { say } from './messages.js'
import { fitted, lit, points, setHeight } from './model.js'
import { HEIGHTS, PLACES, TOP } from './names.js'
import { state } from './state.js'

const { model, pull } = state.at
const WHICH = ['sse', 'abs'] as const

/** Points, what makes each loss least, how each point pulls at it; beside it both losses over the height of the constant. */
export function Outlier(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const found = fitted.value
  const split = Math.round(0.7 * width)
  const x = scaleLinear([-4.6, 4.6], [34, split - 8])
  const y = scaleLinear([0, TOP], [height - 34, 20])
  const summary =
    found === undefined
      ? ''
      : say('outlier.summary', {
          points: points.value.map((value) => short(value)).join(', '),
          mean: fixed(found.sse.constant, 2),
          median: fixed(found.abs.constant, 2),
        })
  return (
    <svg class="losses outlier" ref={ref} role="group" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && (
        <>
          <Axes x={x} y={y} ticks={[5, 5]} xName="x" yName="y" />
          {found !== undefined && (
            <>
              <Models found={found} x={x} y={y} />
              <Pulls found={found} x={x} y={y} />
              <Valleys found={found} y={y} left={split + 14} right={width - 10} />
            </>
          )}
          <Points x={x} y={y} />
        </>
      )}
    </svg>
  )
}

interface Placed {
  readonly found: Fits
  readonly x: Scale
  readonly y: Scale
}

function Models({ found, x, y }: Placed): JSX.Element {
  const [from, to] = x.domain
  return (
    <g class="models">
      {model.value === 'line' && <line class="zero" x1={x(0)} x2={x(0)} y1={y(0)} y2={y(TOP)} />}
      {WHICH.map((which) => {
        const { constant, slope } = found[which]
        return (
          <line
            key={which}
            class={`model model-${which}`}
            x1={x(from)}
            x2={x(to)}
            y1={y(constant + slope * from)}
            y2={y(constant + slope * to)}
          />
        )
      })}
      {WHICH.map((which) => {
        const { constant, slope } = found[which]
        const other = found[which === 'sse' ? 'abs' : 'sse']
        const [height, against] = [constant + slope * from, other.constant + other.slope * from]
        return (
          <text key={which} class={`said-${which}`} x={x(from) + 4} y={y(height)} dy={height < against ? 20 : -9}>
            {say(`least.${model.value}.${which}`, { value: fixed(constant, 2) })}
          </text>
        )
      })}
    </g>
  )
}

/** A point's pull on the model, against the gradient, in units of y: one of SSE, 2 r, ends before the point. */
const UNIT = 0.4
function Pulls({ found, x, y }: Placed): JSX.Element {
  const { constant, slope, pulls } = found[pull.value]
  return (
    <g class="pulls">
      {pulls.map((gradient, i) => {
        const foot = constant + slope * PLACES[i]!
        const place = x(PLACES[i]!)
        return <Arrow key={i} from={[place, y(foot)]} to={[place, y(foot - UNIT * gradient)]} />
      })}
    </g>
  )
}

/** Both losses, turned on their side: the height is the model's own, so that each valley lies where its line is. */
function Valleys({
  found,
  y,
  left,
  right,
}: {
  readonly found: Fits
  readonly y: Scale
  readonly left: number
  readonly right: number
}): JSX.Element {
  return (
    <g class="valleys">
      <line class="base" x1={left} x2={left} y1={y(0)} y2={y(TOP)} />
      <text x={left} y={y(0)} dy="1.3em">
        {say('outlier.valley')}
      </text>
      {WHICH.map((which) => {
        const { curve, value, constant } = found[which]
        const x = scaleLinear([0, Math.max(...curve)], [left, right])
        const path = line<number>(
          (loss) => x(loss),
          (_, k) => y((TOP * k) / (HEIGHTS - 1)),
        )
        return (
          <g key={which} class={`valley-${which}`}>
            <path class={`model model-${which}`} d={path(curve) ?? ''} />
            <line class="level" x1={left} x2={x(value)} y1={y(constant)} y2={y(constant)} />
            <circle cx={x(value)} cy={y(constant)} r="5" />
          </g>
        )
      })}
    </g>
  )
}

function Points({ x, y }: { readonly x: Scale; readonly y: Scale }): JSX.Element {
  return (
    <g class="points">
      {points.value.map((height, i) => (
        <g
          key={i}
          class="handle"
          tabindex={0}
          role="slider"
          aria-label={say('point.label', { i: i + 1 })}
          aria-valuemin={0}
          aria-valuemax={TOP}
          aria-valuenow={height}
          aria-orientation="vertical"
          {...draggable(
            (_, py) => setHeight(i, y.invert(py)),
            (dx, dy) => setHeight(i, points.peek()[i]! + 0.1 * (dx + dy)),
          )}
        >
          <circle class="hit" cx={x(PLACES[i]!)} cy={y(height)} r="16" />
          <circle cx={x(PLACES[i]!)} cy={y(height)} r="7" />
        </g>
      ))}
    </g>
  )
}
