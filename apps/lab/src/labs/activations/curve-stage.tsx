import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import './curve-stage.css'
import type { Curve } from './compute.js'
import { indexOf, xOf } from './grid.js'
import { say } from './messages.js'
import { curve, lit, moveTo, place, STEP, walk, type Place } from './model.js'
import { REACH, state } from './state.js'

/** Below this a slope counts as none on the stage. */
const FLAT = 0.02

/** A function and its derivative over the same x, with a point that is dragged along both. */
export function CurveStage(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  useEffect(walk, [])
  const { width, height } = size.value
  const [found, here] = [curve.answer.value, place.value]
  const summary =
    here === undefined || found === undefined
      ? say('working')
      : say('curve.summary', {
          phi: say(`phi.${found.phi}`),
          x: fixed(here.x, 2),
          value: short(here.value),
          slope: short(here.slope),
        })
  return (
    <svg class="activation" ref={ref} role="group" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && found !== undefined && here !== undefined && (
        <Both found={found} here={here} width={width} height={height} />
      )}
    </svg>
  )
}

/** Bounded functions are drawn as large as there is room; the others share one scale, so that they can be compared. */
function domainOf(values: Float64Array): readonly [number, number] {
  if (values.some((value) => Math.abs(value) > 1.01)) return [-2.2, 6]
  return values.some((value) => value < 0) ? [-1.2, 1.2] : [-0.2, 1.2]
}

function Both({
  found,
  here,
  width,
  height,
}: {
  readonly found: Curve
  readonly here: Place
  readonly width: number
  readonly height: number
}): JSX.Element {
  const id = useId()
  const x = scaleLinear([-REACH, REACH], [44, width - 16])
  const upper = scaleLinear(domainOf(found.value), [0.58 * height, 24])
  const lower = scaleLinear([-0.25, 1.2], [height - 38, 0.58 * height + 46])
  const path = (values: Float64Array, y: Scale): string =>
    line<number>(
      (_, i) => x(xOf(i)),
      (value) => y(value),
    )(values as Iterable<number>) ?? ''
  const [px, py, ps] = [x(here.x), upper(here.value), lower(here.slope)]
  const drag = draggable(
    (to) => moveTo(x.invert(to)),
    (by) => moveTo(here.x + 2 * STEP * by),
  )
  const room = here.x < 2.5
  return (
    <>
      <defs>
        <pattern id={`${id}h`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="hatch" y2="7" />
        </pattern>
        <clipPath id={`${id}c`}>
          <rect x={44} y={8} width={width - 60} height={0.58 * height - 8} />
        </clipPath>
      </defs>
      <FlatZones slope={found.slope} x={x} top={24} bottom={height - 38} fill={`url(#${id}h)`} />
      <Axes x={x} y={upper} ticks={[width > 600 ? 12 : 6, 5]} />
      <Axes x={x} y={lower} xName="x" ticks={[width > 600 ? 12 : 6, 3]} />
      <line class="zero" x1={x(0)} x2={x(0)} y1={24} y2={height - 38} />
      <text class="name output" x={52} y={20}>
        φ(x)
      </text>
      <text class="name slope" x={52} y={0.58 * height + 40}>
        φ′(x)
      </text>
      <g clip-path={`url(#${id}c)`}>
        <path class="phi" d={path(found.value, upper)} />
        <Tangent here={here} x={x} y={upper} />
      </g>
      <path class="phi-slope" d={path(found.slope, lower)} />
      <line class="drop" x1={px} x2={px} y1={py} y2={lower(0)} />
      <circle class="slope-mark" cx={px} cy={ps} r="5" />
      <text class="reading slope" x={px + (room ? 12 : -12)} y={ps - 10} text-anchor={room ? 'start' : 'end'}>
        {fixed(here.slope, 3)}
      </text>
      <text class="reading output" x={px + (room ? 14 : -14)} y={py + 26} text-anchor={room ? 'start' : 'end'}>
        {fixed(here.value, 3)}
      </text>
      <rect class="ground" x={44} y={8} width={width - 60} height={height - 46} {...drag} />
      {found.phi === 'leakyRelu' && <Leak x={x} y={upper} value={found.value} />}
      <circle
        class="handle"
        cx={px}
        cy={py}
        r="9"
        tabindex={0}
        role="slider"
        aria-label={say('curve.point')}
        aria-valuemin={-REACH}
        aria-valuemax={REACH}
        aria-valuenow={here.x}
        aria-valuetext={`x = ${fixed(here.x, 2)}, ${say('curve.value')} ${fixed(here.value, 3)}, ${say('curve.slope')} ${fixed(here.slope, 3)}`}
        {...drag}
      />
    </>
  )
}

/** The line that the derivative is the slope of. */
function Tangent({ here, x, y }: { readonly here: Place; readonly x: Scale; readonly y: Scale }): JSX.Element {
  const reach = 1.6
  return (
    <line
      class="tangent"
      x1={x(here.x - reach)}
      x2={x(here.x + reach)}
      y1={y(here.value - reach * here.slope)}
      y2={y(here.value + reach * here.slope)}
    />
  )
}

/** Where next to no gradient passes, hatched and said in a word. */
function FlatZones({
  slope,
  x,
  top,
  bottom,
  fill,
}: {
  readonly slope: Float64Array
  readonly x: Scale
  readonly top: number
  readonly bottom: number
  readonly fill: string
}): JSX.Element {
  const zones: { from: number; to: number }[] = []
  slope.forEach((value, i) => {
    if (Math.abs(value) >= FLAT) return
    const last = zones.at(-1)
    if (last?.to === i - 1) last.to = i
    else zones.push({ from: i, to: i })
  })
  return (
    <g class="flat">
      {zones
        .filter(({ from, to }) => to - from > 20)
        .map(({ from, to }) => {
          const [left, right] = [x(xOf(from)), x(xOf(to))]
          const dead = slope.subarray(from + 1, to).every((value) => value === 0)
          return (
            <g key={from}>
              <rect x={left} y={top} width={right - left} height={bottom - top} fill={fill} />
              {right - left > 64 && (
                <text x={(left + right) / 2} y={top + 18} text-anchor="middle">
                  {say(dead ? 'curve.zero' : 'curve.flat')}
                </text>
              )}
            </g>
          )
        })}
    </g>
  )
}

/** The slope of leaky ReLU below 0, which is dragged. */
function Leak({ x, y, value }: { readonly x: Scale; readonly y: Scale; readonly value: Float64Array }): JSX.Element {
  const AT = -5
  const { a } = state.at
  const set = (to: number): void => {
    a.value = Math.min(0.9, Math.max(0.01, Math.round(100 * to) / 100))
  }
  return (
    <circle
      class="handle leak"
      cx={x(AT)}
      cy={y(Math.max(value[indexOf(AT)]!, y.domain[0]))}
      r="8"
      tabindex={0}
      role="slider"
      aria-label={say('curve.a')}
      aria-orientation="vertical"
      aria-valuemin={0.01}
      aria-valuemax={0.9}
      aria-valuenow={a.value}
      {...draggable(
        (_, to) => set(y.invert(to) / AT),
        (_, by) => set(a.value - 0.02 * by),
      )}
    />
  )
}
