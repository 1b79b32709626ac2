import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { useSignal } from '@preact/signals'
import { theme } from '../../app/theme.js'
import { fixed } from '../../i18n/format.js'
import { paint } from '../../parts/heatmap.jsx'
import type { Placed } from '../../parts/network-layout.js'
import { draggable } from '../../parts/drag.js'
import type { NetworkNumbers } from './compute.js'
import { LINE, lineX, SIDE } from './grid.js'
import { say } from './messages.js'
import { chosen, front, setInput } from './model.js'
import { N, REACH, state } from './state.js'

interface Props {
  readonly radius: number
  readonly found: NetworkNumbers
}

/** Neurons and inputs. A hidden neuron holds the picture of its own function. */
export function Discs({ placed, radius, found }: Props & { readonly placed: readonly Placed[] }): JSX.Element {
  return (
    <g class="discs">
      {placed.map((at) => (
        <Disc key={at.node.id} at={at} radius={radius} found={found} />
      ))}
    </g>
  )
}

function Disc({ at, radius, found }: Props & { readonly at: Placed }): JSX.Element {
  const { node, x, y } = at
  const waiting = front.value < [0, 0.44, 0.97][node.layer]!
  const common = { transform: `translate(${x} ${y})`, 'data-waiting': waiting }
  if (node.kind === 'bias')
    return (
      <g class="disc one" {...common}>
        <circle r={radius} />
        <text class={radius < 18 ? 'value small' : 'value'}>1</text>
      </g>
    )
  if (node.kind === 'input') return <Input at={at} radius={radius} found={found} />
  if (node.layer === 2)
    return (
      <g class="disc out" {...common}>
        <circle r={radius} />
        <text class={radius < 18 ? 'value small' : 'value'}>{waiting ? 'Σ' : fixed(found.output, 2)}</text>
      </g>
    )
  return (
    <g
      class="disc hidden"
      {...common}
      data-chosen={node.index === chosen.value}
      role="button"
      tabindex={0}
      aria-pressed={node.index === chosen.value}
      aria-label={say('neuron.label', {
        i: node.index + 1,
        z: fixed(found.z[node.index]!, 2),
        a: fixed(found.a[node.index]!, 2),
      })}
      onPointerEnter={() => (chosen.value = node.index)}
      onPointerDown={() => (chosen.value = node.index)}
      onFocus={() => (chosen.value = node.index)}
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
        if (by === undefined) return
        const next = (node.index + by + N) % N
        event.currentTarget.parentElement?.querySelectorAll<SVGGElement>('.hidden')[next]?.focus()
        event.preventDefault()
      }}
    >
      <Picture radius={radius} values={found.units[node.index]!} inputs={found.request.inputs} />
      <circle class="rim" r={radius} />
      <text class="after" x={0.75 * radius + 4} y={0.75 * radius + 8}>
        {waiting ? '' : fixed(found.a[node.index]!, 2)}
      </text>
    </g>
  )
}

/** An input is moved up and down. */
function Input({ at, radius, found }: Props & { readonly at: Placed }): JSX.Element {
  const { node, x, y } = at
  const which = node.index === 0 ? 'x1' : 'x2'
  const from = useRef<{ readonly y: number; readonly value: number }>({ y: 0, value: 0 })
  const value = found.request.x[node.index]!
  const drag = draggable(
    (_, to) => setInput(which, from.current.value + (from.current.y - to) / 40),
    (by, up) => setInput(which, state.at[which].value + 0.1 * (by + up)),
  )
  return (
    <g
      class="disc input"
      transform={`translate(${x} ${y})`}
      role="slider"
      tabindex={0}
      aria-label={say('input.label', { name: node.label })}
      aria-orientation="vertical"
      aria-valuemin={-REACH}
      aria-valuemax={REACH}
      aria-valuenow={value}
      {...drag}
      onPointerDown={(event) => {
        const box = event.currentTarget.ownerSVGElement!.getBoundingClientRect()
        from.current = { y: event.clientY - box.top, value: state.at[which].value }
        drag.onPointerDown(event)
      }}
    >
      <circle r={radius} />
      <text class={radius < 18 ? 'value small' : 'value'}>{fixed(value, radius > 16 ? 2 : 1)}</text>
      <text class="beside" x={-radius - 4}>
        {node.label.replace('1', '₁').replace('2', '₂')}
      </text>
    </g>
  )
}

/** phi of the neuron over the inputs: a curve, or a map. */
function Picture({
  radius,
  values,
  inputs,
}: {
  readonly radius: number
  readonly values: Float64Array
  readonly inputs: 1 | 2
}): JSX.Element {
  const clip = useId()
  const size = radius * 0.72
  const most = values.reduce((a, value) => Math.max(a, Math.abs(value)), 1e-9)
  const path = line<number>(
    (_, i) => (size * 1.3 * lineX(i)) / REACH,
    (value) => (-size * value) / most,
  )
  return (
    <>
      <clipPath id={clip}>
        <circle r={radius} />
      </clipPath>
      <circle class="ground" r={radius} />
      <g clip-path={`url(#${clip})`}>
        {inputs === 1 ? (
          <>
            <path class="axis" d={`M${-radius} 0H${radius}`} />
            <path class="own" d={values.length === LINE ? (path(values as Iterable<number>) ?? '') : ''} />
          </>
        ) : (
          <MapImage values={values} most={most} x={-radius} y={-radius} size={2 * radius} />
        )}
      </g>
    </>
  )
}

/** A map as an image inside an SVG: it is in the picture that is downloaded, too. */
export function MapImage({
  values,
  most,
  x,
  y,
  size,
}: {
  readonly values: Float64Array
  readonly most: number
  readonly x: number
  readonly y: number
  readonly size: number
}): JSX.Element {
  const href = useSignal('')
  const canvas = useRef<HTMLCanvasElement | undefined>(undefined)
  const colours = theme.value
  useEffect(() => {
    if (values.length !== SIDE * SIDE) return
    canvas.current ??= document.createElement('canvas')
    paint(canvas.current, values, [SIDE, SIDE], 'signed', most)
    href.value = canvas.current.toDataURL()
  }, [values, most, colours])
  return href.value === '' ? (
    <rect class="ground" x={x} y={y} width={size} height={size} />
  ) : (
    <image href={href.value} x={x} y={y} width={size} height={size} preserveAspectRatio="none" />
  )
}
