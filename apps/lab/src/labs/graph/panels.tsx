import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear } from '../../parts/scale.js'
import type { NetworkNumbers } from './compute.js'
import { MapImage } from './discs.jsx'
import { lineX, MARKS, NEAR } from './grid.js'
import { say } from './messages.js'
import { chosen, misses, setInput } from './model.js'
import { REACH, state } from './state.js'

interface Props {
  readonly found: NetworkNumbers
  readonly width: number
  readonly top: number
  readonly bottom: number
}

/** F(x), what each neuron adds to it, and where the present input is. */
export function CurvePanel({ found, width, top, bottom }: Props): JSX.Element {
  const clip = useId()
  const { surface, shares, request, output } = found
  const high = surface.reduce((a, value) => Math.max(a, value), 1.25)
  const low = surface.reduce((a, value) => Math.min(a, value), -0.75)
  const x = scaleLinear([-REACH, REACH], [40, width - 16])
  const y = scaleLinear([low, high], [bottom, top])
  const path = (values: Float64Array): string =>
    line<number>(
      (_, i) => x(lineX(i)),
      (value) => y(value),
    )(values as Iterable<number>) ?? ''
  const at = request.x[0]!
  const drag = draggable(
    (to) => setInput('x1', x.invert(to)),
    (by) => setInput('x1', state.at.x1.value + 0.1 * by),
  )
  return (
    <g class="panel">
      <clipPath id={clip}>
        <rect x={40} y={top - 4} width={width - 56} height={bottom - top + 8} />
      </clipPath>
      <Axes x={x} y={y} xName="x" ticks={[width > 600 ? 9 : 5, 4]} />
      <text class="panel-name" x={44} y={top - 4}>
        F(x)
      </text>
      <rect class="ground" x={40} y={top} width={width - 56} height={bottom - top} {...drag} />
      <g clip-path={`url(#${clip})`}>
        {shares.map((values, i) => (
          <path
            key={i}
            class={request.v[i]! < 0 ? 'share negative' : 'share positive'}
            data-chosen={i === chosen.value}
            d={path(values)}
          />
        ))}
        <path class="whole" d={path(surface)} />
      </g>
      {MARKS.map(([mx, my], k) => (
        <g key={mx} class="mark" data-hit={(misses.value?.[k] ?? Infinity) <= NEAR}>
          <line x1={x(mx)} x2={x(mx)} y1={y(my - NEAR)} y2={y(my + NEAR)} />
          <circle cx={x(mx)} cy={y(my)} r="6" />
        </g>
      ))}
      <line class="now" x1={x(at)} x2={x(at)} y1={top} y2={bottom} />
      <circle
        class="point"
        cx={x(at)}
        cy={Math.min(bottom, Math.max(top, y(output)))}
        r="9"
        tabindex={0}
        role="slider"
        aria-label={say('input.label', { name: 'x' })}
        aria-valuemin={-REACH}
        aria-valuemax={REACH}
        aria-valuenow={at}
        aria-valuetext={`x = ${fixed(at, 2)}, F(x) = ${fixed(output, 2)}`}
        {...drag}
      />
    </g>
  )
}

/** F(x1, x2) seen from above. */
export function MapPanel({ found, width, top, bottom }: Props): JSX.Element {
  const size = bottom - top
  const left = (width - size) / 2
  const x = scaleLinear([-REACH, REACH], [left, left + size])
  const y = scaleLinear([-REACH, REACH], [bottom, top])
  const most = found.surface.reduce((a, value) => Math.max(a, Math.abs(value)), 1)
  const [a = 0, b = 0] = found.request.x
  return (
    <g class="panel">
      <MapImage values={found.surface} most={most} x={left} y={top} size={size} />
      <text class="panel-name" x={left - 8} y={top + 14} text-anchor="end">
        F(x₁, x₂)
      </text>
      <text class="axis-label" x={left + size} y={bottom + 16} text-anchor="end">
        x₁
      </text>
      <text class="axis-label" x={left - 8} y={bottom} text-anchor="end">
        x₂
      </text>
      <circle
        class="point"
        cx={x(a)}
        cy={y(b)}
        r="9"
        tabindex={0}
        role="slider"
        aria-label={say('map.point')}
        aria-valuemin={-REACH}
        aria-valuemax={REACH}
        aria-valuenow={a}
        aria-valuetext={`x₁ = ${fixed(a, 2)}, x₂ = ${fixed(b, 2)}, F = ${fixed(found.output, 2)}`}
        {...draggable(
          (px, py) => {
            setInput('x1', x.invert(px))
            setInput('x2', y.invert(py))
          },
          (right, up) => {
            setInput('x1', state.at.x1.value + 0.1 * right)
            setInput('x2', state.at.x2.value + 0.1 * up)
          },
        )}
      />
    </g>
  )
}
