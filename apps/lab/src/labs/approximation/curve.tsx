import { area, line } from 'd3-shape'
import type { JSX, PointerEventHandler, TargetedPointerEvent } from 'preact'
import { useId } from 'preact/hooks'
import { short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import type { FitOfN } from './compute.js'
import './curve.css'
import { say } from './messages.js'
import { chosen, lit, shown } from './model.js'
import { state } from './state.js'
import { curve, HEIGHTS, heightsOf, placeOf } from './targets.js'

/** The function of one number: target and network above, each neuron's own curve below. */
export function Curve(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const fit = shown.value
  const hatch = useId()
  const x = scaleLinear([-1, 1], [48, Math.max(100, width - 16)])
  const upper = scaleLinear([-1.25, 1.25], [0.66 * height, 12])
  const summary =
    fit === undefined
      ? ''
      : say('stage.summary', { n: fit.neurons, error: short(fit.supError), x: short(worst(fit).x) })
  return (
    <>
      <svg
        class="approximation"
        ref={ref}
        role="group"
        aria-label={summary}
        data-lit={lit.value ?? ''}
        {...drawing(x, upper)}
      >
        {width > 0 && (
          <>
            <defs>
              <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <line class="hatch" y2="6" />
              </pattern>
              <clipPath id={`${hatch}-clip`}>
                {/* With room for the ring at either end. */}
                <rect x={x(-1) - RING} y={0} width={x(1) - x(-1) + 2 * RING} height={height} />
              </clipPath>
            </defs>
            <Axes x={x} y={upper} xName="x" ticks={[width > 600 ? 9 : 5, 5]} />
            <g clip-path={`url(#${hatch}-clip)`}>
              {fit !== undefined && <Network fit={fit} x={x} y={upper} hatch={hatch} />}
              <Target x={x} y={upper} />
            </g>
            {fit !== undefined && <Parts fit={fit} x={x} top={0.66 * height + 62} bottom={height - 8} />}
            <Handles x={x} y={upper} />
          </>
        )}
      </svg>
    </>
  )
}

/** Of the ring around the largest error, with its line: its radius in pixels. */
const RING = 6

const at = (i: number, count: number): number => (2 * i) / (count - 1) - 1

function worst({ target, output }: FitOfN): { readonly x: number; readonly i: number } {
  let i = 0
  for (let k = 1; k < output.length; k++)
    if (Math.abs(output[k]! - target[k]!) > Math.abs(output[i]! - target[i]!)) i = k
  return { i, x: at(i, output.length) }
}

function Network({
  fit,
  x,
  y,
  hatch,
}: {
  readonly fit: FitOfN
  readonly x: Scale
  readonly y: Scale
  readonly hatch: string
}): JSX.Element {
  const { target, output } = fit
  const between = area<number>(
    (_, i) => x(at(i, output.length)),
    (_, i) => y(target[i]!),
    (value) => y(value),
  )
  const path = line<number>(
    (_, i) => x(at(i, output.length)),
    (value) => y(value),
  )
  const { i } = worst(fit)
  return (
    <>
      <path class="difference" d={between(output as Iterable<number>) ?? ''} fill={`url(#${hatch})`} />
      <path class="output" d={path(output as Iterable<number>) ?? ''} />
      <g class="worst">
        <line x1={x(at(i, output.length))} x2={x(at(i, output.length))} y1={y(target[i]!)} y2={y(output[i]!)} />
        <circle cx={x(at(i, output.length))} cy={y(output[i]!)} r="4" />
      </g>
    </>
  )
}

function Target({ x, y }: { readonly x: Scale; readonly y: Scale }): JSX.Element {
  const f = curve(state.at.target.value, state.at.own.value)
  const path = line<number>(
    (i) => x(at(i, 361)),
    (i) => y(f(at(i, 361))),
  )
  return <path class="target" d={path(Array.from({ length: 361 }, (_, i) => i)) ?? ''} />
}

/** Each neuron's share of the sum, in a scale of its own; one can be pointed at. */
function Parts({
  fit,
  x,
  top,
  bottom,
}: {
  readonly fit: FitOfN
  readonly x: Scale
  readonly top: number
  readonly bottom: number
}): JSX.Element {
  const { parts, neurons, weights } = fit
  const count = parts.length / neurons
  const most = parts.reduce((a, value) => Math.max(a, Math.abs(value)), 0)
  const y = scaleLinear([-most, most], [bottom, top])
  const curves = Array.from({ length: neurons }, (_, i) => {
    const values = parts.subarray(i * count, (i + 1) * count)
    return (
      line<number>(
        (_value, k) => x(at(k, count)),
        (value) => y(value),
      )(values as Iterable<number>) ?? ''
    )
  })
  const move = (by: number): void => {
    chosen.value = ((chosen.peek() ?? (by > 0 ? -1 : 0)) + by + neurons) % neurons
  }
  return (
    <g
      class="parts"
      tabindex={0}
      role="listbox"
      aria-label={say('stage.parts')}
      aria-activedescendant={chosen.value === undefined ? undefined : `neuron-${chosen.value}`}
      data-chosen={chosen.value !== undefined}
      onFocus={() => chosen.peek() === undefined && (chosen.value = 0)}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
        if (by === undefined) return
        move(by)
        event.preventDefault()
      }}
    >
      <text class="strip-name" x={x(-1)} y={top - 14}>
        {say('stage.parts')}
      </text>
      <rect class="strip" x={x(-1)} y={top} width={x(1) - x(-1)} height={bottom - top} />
      <line class="zero" x1={x(-1)} x2={x(1)} y1={y(0)} y2={y(0)} />
      <text class="strip-scale" x={x(-1) - 6} y={top} dy="0.7em" text-anchor="end">
        {short(most)}
      </text>
      <text class="strip-scale" x={x(-1) - 6} y={bottom} text-anchor="end">
        {short(-most)}
      </text>
      {curves.map((path, i) => (
        <g
          key={i}
          id={`neuron-${i}`}
          role="option"
          aria-selected={chosen.value === i}
          aria-label={say('neuron.label', { i: i + 1 })}
          class={weights.v[i]! < 0 ? 'part-curve negative' : 'part-curve positive'}
          data-chosen={chosen.value === i}
          onPointerEnter={() => {
            chosen.value = i
            lit.value = 'neuron'
          }}
          onPointerLeave={() => (lit.value = undefined)}
          onPointerDown={(event) => {
            chosen.value = i
            event.stopPropagation()
          }}
        >
          <path class="hit" d={path} />
          <path class="seen" d={path} />
        </g>
      ))}
    </g>
  )
}

/** A curve is drawn by dragging across the stage; the heights can then be moved one by one. */
function drawing(
  x: Scale,
  y: Scale,
): Readonly<Record<'onPointerDown' | 'onPointerMove', PointerEventHandler<SVGSVGElement>>> {
  const set = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    const [px, py] = [event.clientX - box.left, event.clientY - box.top]
    const i = Math.round(((x.invert(px) + 1) / 2) * (HEIGHTS - 1))
    if (i >= 0 && i < HEIGHTS && py < y(-1.25)) setHeight(i, y.invert(py))
  }
  return {
    onPointerDown(event) {
      if (event.button !== 0 || (event.target as Element).closest('[role="slider"], .parts') !== null) return
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove(event) {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) set(event)
    },
  }
}

function setHeight(i: number, height: number): void {
  const { target, own } = state.at
  const before =
    target.peek() === 'own'
      ? heightsOf(own.peek())
      : Array.from({ length: HEIGHTS }, (_, k) => curve(target.peek(), [])(placeOf(k)))
  const clipped = Math.round(100 * Math.min(1, Math.max(-1, height))) / 100
  own.value = before.map((value, k) => (k === i ? clipped : Math.round(100 * value) / 100))
  target.value = 'own'
}

function Handles({ x, y }: { readonly x: Scale; readonly y: Scale }): JSX.Element | null {
  if (state.at.target.value !== 'own') return null
  return (
    <g class="handles">
      {heightsOf(state.at.own.value).map((height, i) => (
        <circle
          key={i}
          cx={x(placeOf(i))}
          cy={y(height)}
          r="7"
          tabindex={0}
          role="slider"
          aria-label={say('handle.label', { x: short(placeOf(i)) })}
          aria-valuemin={-1}
          aria-valuemax={1}
          aria-valuenow={height}
          aria-orientation="vertical"
          {...draggable(
            (_, py) => setHeight(i, y.invert(py)),
            (_, by) => setHeight(i, height + 0.05 * by),
          )}
        />
      ))}
    </g>
  )
}
