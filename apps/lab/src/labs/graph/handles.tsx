import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { draggable } from '../../parts/drag.js'
import type { Placed, Routed } from '../../parts/network-layout.js'
import type { NetworkNumbers } from './compute.js'
import { neuronOf } from './graph-stage.jsx'
import { say } from './messages.js'
import { chosen, setWeight, weightOf, type Weight } from './model.js'
import { MOST } from './state.js'

/** Pixels of dragging for a change of 1. */
const PIXELS = 36

/** The weights of the chosen neuron, to be dragged where they act. */
export function Handles({
  placed,
  routed,
  radius,
  found,
}: {
  readonly placed: readonly Placed[]
  readonly routed: readonly Routed[]
  readonly radius: number
  readonly found: NetworkNumbers
}): JSX.Element {
  const i = chosen.value
  const disc = placed.find(({ node }) => node.layer === 1 && node.index === i)
  return (
    <g class="handles">
      {routed
        .filter((route) => neuronOf(route) === i)
        .map(({ edge, from, to, at }) => {
          // One behind the other, so that fingers find each.
          const sources = placed.filter(({ node }) => node.layer === 0)
          const [x, y] = at(
            to.node.layer === 2 ? 0.55 : sources.length === 1 ? 0.58 : 0.3 + 0.2 * sources.indexOf(from),
          )
          const kind: Weight =
            to.node.layer === 2 ? 'out' : from.node.kind === 'bias' ? 'b' : from.node.index === 0 ? 'w1' : 'w2'
          // On a phone several numbers have no room here; they stand in the sum above the stage.
          const number = to.node.layer === 2 || sources.length === 1 || radius > 18 ? 'above' : 'none'
          return <Handle key={`${edge.from} ${edge.to}`} kind={kind} i={i} x={x} y={y} number={number} />
        })}
      {!found.request.one && disc !== undefined && (
        <Handle kind="b" i={i} x={disc.x + 0.6 * radius} y={disc.y - 0.8 * radius} number="beside" />
      )}
    </g>
  )
}

function Handle({
  kind,
  i,
  x,
  y,
  number,
}: {
  readonly kind: Weight
  readonly i: number
  readonly x: number
  readonly y: number
  readonly number: 'above' | 'beside' | 'none'
}): JSX.Element {
  const from = useRef<{ readonly y: number; readonly value: number }>({ y: 0, value: 0 })
  const value = weightOf(kind, i)
  const drag = draggable(
    (_, to) => setWeight(kind, i, from.current.value + (from.current.y - to) / PIXELS),
    (by, up) => setWeight(kind, i, weightOf(kind, i) + 0.1 * (by + up)),
  )
  return (
    <g class={value < 0 ? 'handle negative' : 'handle positive'}>
      {number !== 'none' && (
        <text
          x={number === 'beside' ? x + 13 : x}
          y={number === 'beside' ? y : y - 14}
          text-anchor={number === 'beside' ? 'start' : 'middle'}
        >
          {kind === 'b' ? `b ${fixed(value, 2)}` : fixed(value, 2)}
        </text>
      )}
      <circle
        cx={x}
        cy={y}
        r="8"
        tabindex={0}
        role="slider"
        aria-label={say(`weight.${kind}`, { i: i + 1 })}
        aria-orientation="vertical"
        aria-valuemin={-MOST}
        aria-valuemax={MOST}
        aria-valuenow={value}
        {...drag}
        onPointerDown={(event) => {
          // Dragging changes the weight by the way, not to the place.
          const box = event.currentTarget.ownerSVGElement!.getBoundingClientRect()
          from.current = { y: event.clientY - box.top, value: weightOf(kind, i) }
          drag.onPointerDown(event)
        }}
      />
    </g>
  )
}
