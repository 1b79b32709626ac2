import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { Handle } from './handle.jsx'
import { say } from './messages.js'
import { known, lit, now, params, setValue, shown, values } from './model.js'
import { Name, plainName } from './name.jsx'
import { namesOf, namesOfBiases, namesOfWeights } from './networks.js'
import type { Places, Point } from './places.js'
import { asked } from './quiz.js'
import { state } from './state.js'

const { path, net } = state.at

type Of = 'w' | 't' | 'b'

/** The weights and targets on their edges, the biases at their neurons, to be dragged; with them their gradients. */
export function Tags({ places }: { readonly places: Places }): JSX.Element {
  const { trace, graph } = shown.value!
  const names = { w: namesOfWeights(net.value), t: namesOf('t', 2), b: namesOfBiases(net.value) }
  const tag = (of: Of, id: number, at: Point, faded: boolean): JSX.Element | null => {
    const i = names[of].indexOf(trace.nodes[id]!.name)
    const value = values.value[of][i]
    return value === undefined ? null : (
      <Tag key={trace.nodes[id]!.name} of={of} id={id} i={i} value={value} at={at} faded={faded} places={places} />
    )
  }
  return (
    <>
      {places.lines.flatMap(({ edge, tag: at }) =>
        edge.carries.map((id) =>
          tag(trace.nodes[id]!.kind === 'input' ? 'w' : 't', id, at, path.value > 0 && !edge.onPath),
        ),
      )}
      {graph.nodes.flatMap(({ id: neuron, carries, onPath }) => {
        const { x, y } = places.nodes.get(neuron)!
        return carries.map((id) =>
          tag('b', id, { x: x + places.bias!.x, y: y + places.bias!.y }, path.value > 0 && !onPath),
        )
      })}
    </>
  )
}

function Tag({
  of,
  id,
  i,
  value,
  at,
  faded,
  places,
}: {
  readonly of: Of
  readonly id: number
  /** Its place among those of its kind. */
  readonly i: number
  readonly value: number
  readonly at: Point
  readonly faded: boolean
  readonly places: Places
}): JSX.Element {
  const { roomy, crowded, bias } = places
  const { name, gradient } = shown.value!.trace.nodes[id]!
  const learned = of !== 't'
  const width = of === 't' ? places.targetWidth : places.weightWidth
  const size = !roomy ? 10.5 : of === 'w' && width < 96 ? 12 : 14
  const height = roomy ? 24 : 16
  const isNow = now.value?.id === id
  const isAsked = asked.value?.id === id
  const isLocal = of === 'w' && now.value?.pass === 'backward' && carriedFrom(id) === now.value.id
  const place = params.value.indexOf(name) + 1
  const toldAlways = of === 'w' ? !crowded : bias?.tight === false
  const told = learned && (isAsked || (known.value.backward.has(id) && (isNow || toldAlways)))
  const gradientY = of === 'b' && bias !== undefined ? bias.ownGradientY - bias.y : height / 2 + (roomy ? 13 : 9)
  const number = significant(value, value < 1 && value > -1 ? 2 : 3)
  return (
    <Handle
      label={say(LABELS[of], { name: plainName(name) })}
      name={plainName(name)}
      value={value}
      at={at}
      set={(to) => setValue(of, i, to)}
      {...(learned && { choose: () => (path.value = path.peek() === place ? 0 : place) })}
    >
      {(typed) => (
        <g
          class={`bp-tag ${learned ? (value < 0 ? 'negative' : 'positive') : 'target'}`}
          data-now={isNow}
          data-local={isLocal}
          data-faded={faded}
          data-chosen={learned && path.value === place}
          data-lit={lit.value === `n${id}`}
          onPointerEnter={() => (lit.value = `n${id}`)}
          onPointerLeave={() => (lit.value = undefined)}
        >
          <rect class="bp-touch" x={-width / 2} y={-12} width={width} height={24} />
          <rect class="bp-box" x={-width / 2} y={-height / 2} width={width} height={height} rx={height / 2} />
          {roomy && (
            <text class="bp-name" x={-width / 2 + 10} y={size * 0.32}>
              <Name tex={name} size={size} />
            </text>
          )}
          <text
            class="bp-number"
            x={roomy ? width / 2 - 10 : 0}
            y={size * 0.35}
            font-size={size}
            text-anchor={roomy ? 'end' : 'middle'}
          >
            {/* Without its name, what is added has a sign. */}
            {typed !== undefined ? `${typed}▏` : of === 'b' && !roomy && value >= 0 ? `+${number}` : number}
          </text>
          {told && (
            <text class="bp-gradient" y={gradientY} font-size={roomy ? 12 : 10} text-anchor="middle">
              {roomy ? '◂' : ''}
              {isAsked ? '?' : significant(Number(gradient), roomy ? 4 : 3)}
            </text>
          )}
        </g>
      )}
    </Handle>
  )
}

const LABELS = { w: 'weight.label', t: 'target.label', b: 'bias.label' } as const

/** The value whose edge carries this one. */
const carriedFrom = (id: number): number | undefined =>
  shown.value!.graph.edges.find(({ carries }) => carries.includes(id))?.from
