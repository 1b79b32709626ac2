import type { JSX } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { layoutNetwork, type Placed, type Routed } from '../../parts/network-layout.js'
import { useSize } from '../../parts/size.js'
import type { NetworkNumbers } from './compute.js'
import { Discs } from './discs.jsx'
import './graph-stage.css'
import { Handles } from './handles.jsx'
import { say } from './messages.js'
import { chosen, flow, front, lit, network } from './model.js'
import { CurvePanel, MapPanel } from './panels.jsx'

/** The network as a directed graph, and under it the function that it is. */
export function GraphStage(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  useEffect(flow, [])
  const { width, height } = size.value
  const found = network.answer.value
  const summary =
    found === undefined
      ? say('working')
      : say('graph.summary', {
          x: found.request.x.map((value) => fixed(value, 2)).join(', '),
          i: chosen.value + 1,
          z: short(found.z[chosen.value]!),
          a: short(found.a[chosen.value]!),
          output: short(found.output),
        })
  return (
    <svg class="graph-stage" ref={ref} role="group" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && found !== undefined && <Drawn found={found} width={width} height={height} />}
    </svg>
  )
}

function Drawn({
  found,
  width,
  height,
}: {
  readonly found: NetworkNumbers
  readonly width: number
  readonly height: number
}): JSX.Element {
  const foot = Math.round(0.6 * height)
  const radius = Math.max(13, Math.min(32, 0.36 * ((foot - 44) / 5)))
  const { placed, routed, columns } = layoutNetwork(found.graph, {
    left: radius + 26,
    right: width - radius - 12,
    top: 34,
    bottom: foot - 6,
    radius,
  })
  return (
    <>
      {(['input', 'hidden', 'output'] as const).map((name, i) => (
        <text
          key={name}
          class="column"
          x={i === 0 ? 8 : i === 1 ? columns[1] : width - 4}
          y={16}
          text-anchor={i === 0 ? 'start' : i === 1 ? 'middle' : 'end'}
        >
          {say(`column.${name}`)}
        </text>
      ))}
      <Edges routed={routed} />
      <Pulses routed={routed} found={found} />
      <Discs placed={placed} radius={radius} found={found} />
      <Handles placed={placed} routed={routed} radius={radius} found={found} />
      {found.request.inputs === 1 ? (
        <CurvePanel found={found} width={width} top={foot + 18} bottom={height - 32} />
      ) : (
        <MapPanel found={found} width={width} top={foot + 10} bottom={height - 22} />
      )}
    </>
  )
}

/** Which neuron of the hidden layer an edge belongs to. */
export const neuronOf = ({ from, to }: Pick<Routed, 'from' | 'to'>): number =>
  to.node.layer === 1 ? to.node.index : from.node.index

function Edges({ routed }: { readonly routed: readonly Routed[] }): JSX.Element {
  const head = useId()
  const most = routed.reduce((a, { edge }) => Math.max(a, Math.abs(edge.weight ?? 0)), 1)
  return (
    <g class="edges">
      <defs>
        {(['positive', 'negative'] as const).map((sign) => (
          <marker
            key={sign}
            id={`${head}${sign}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path class={`head ${sign}`} d="M0 0L8 4L0 8Z" />
          </marker>
        ))}
      </defs>
      {routed.map(({ edge, from, to, path }) => {
        const weight = edge.weight ?? 0
        const sign = weight < 0 ? 'negative' : 'positive'
        const neuron = neuronOf({ from, to })
        return (
          <g
            key={`${edge.from} ${edge.to}`}
            class={`edge ${sign}`}
            data-chosen={neuron === chosen.value}
            onPointerEnter={() => (chosen.value = neuron)}
          >
            <path class="hit" d={path} />
            <path
              class="seen"
              d={path}
              stroke-width={0.75 + (5 * Math.abs(weight)) / most}
              marker-end={`url(#${head}${sign})`}
            />
          </g>
        )
      })}
    </g>
  )
}

/** What flows on each edge now: a dot as large as the product of value and weight. */
function Pulses({
  routed,
  found,
}: {
  readonly routed: readonly Routed[]
  readonly found: NetworkNumbers
}): JSX.Element | null {
  const t = front.value
  if (t >= 1) return null
  return (
    <g class="pulses" aria-hidden="true">
      {routed.map(({ edge, from, to, at }) => {
        // The first half of the time is for the first layer of edges; between them the neurons do their work.
        const local = to.node.layer === 1 ? t / 0.42 : (t - 0.54) / 0.42
        if (local <= 0 || local >= 1) return null
        const value = carried({ from, to }, found)
        const [x, y] = at(local)
        return (
          <circle
            key={`${edge.from} ${edge.to}`}
            class={value < 0 ? 'negative' : 'positive'}
            cx={x}
            cy={y}
            r={3 + 5 * Math.min(1, Math.abs(value) / 3)}
          />
        )
      })}
    </g>
  )
}

function carried({ from, to }: { readonly from: Placed; readonly to: Placed }, found: NetworkNumbers): number {
  if (to.node.layer === 2) return found.parts[from.node.index]!
  return from.node.kind === 'bias' ? found.request.b[to.node.index]! : found.products[from.node.index]![to.node.index]!
}
