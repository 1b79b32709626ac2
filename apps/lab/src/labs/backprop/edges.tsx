import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { Handle } from './handle.jsx'
import { say } from './messages.js'
import { known, lit, now, setValue, shown, values } from './model.js'
import { Name, plainName } from './name.jsx'
import { namesOf, namesOfWeights } from './networks.js'
import type { Line, Places } from './places.js'
import { asked } from './quiz.js'
import { state } from './state.js'

const { path, net } = state.at

/** Whether an edge takes part in the present step. */
function moves({ edge }: Line): 'forward' | 'backward' | undefined {
  const step = asked.value ?? now.value
  if (step === undefined) return undefined
  if (step.pass === 'forward') return edge.to === step.id ? 'forward' : undefined
  return edge.from === step.id || edge.carries.includes(step.id) ? 'backward' : undefined
}

/** Lines between the discs: how much of the gradient went back there, the weight, and what moves now. */
export function Edges({ lines }: { readonly lines: readonly Line[] }): JSX.Element {
  const { trace } = shown.value!
  const largest = lines.reduce((most, { edge }) => Math.max(most, Math.abs(edge.downstream ?? 0)), 1e-9)
  return (
    <g aria-hidden="true">
      {lines.map((line) => {
        const { edge, path: d } = line
        const carried = edge.carries.map((id) => trace.nodes[id]!).find(({ kind }) => kind === 'input')
        const weight = carried === undefined ? undefined : Number(carried.value)
        const flowed = known.value.backward.has(edge.from) && edge.downstream !== null
        const moving = moves(line)
        return (
          <g key={`${edge.from}-${edge.to}`} data-faded={path.value > 0 && !edge.onPath}>
            {flowed && (
              <path class="bp-flowed" d={d} stroke-width={2 + 12 * Math.sqrt(Math.abs(edge.downstream) / largest)} />
            )}
            <path
              class={`bp-edge ${weight === undefined ? '' : weight < 0 ? 'negative' : 'positive'}`}
              d={d}
              stroke-width={weight === undefined ? 1.25 : 1 + 2.5 * Math.min(1, Math.abs(weight))}
            />
            {path.value > 0 && edge.onPath && <path class="bp-on-path" d={d} />}
            {moving !== undefined && <path class={`bp-moving ${moving}`} d={d} />}
          </g>
        )
      })}
    </g>
  )
}

/** The weights and targets on their edges, to be dragged; under them their gradients. */
export function Carried({ places }: { readonly places: Places }): JSX.Element {
  const weights = namesOfWeights(net.value)
  const { trace } = shown.value!
  return (
    <>
      {places.lines.flatMap((line) =>
        line.edge.carries.map((id) => {
          const { name, kind } = trace.nodes[id]!
          const isWeight = kind === 'input'
          const i = isWeight ? weights.indexOf(name) : namesOf('t', 2).indexOf(name)
          const value = isWeight ? values.value.w[i] : values.value.t[i]
          if (value === undefined) return null
          return <Tag key={name} id={id} i={i} value={value} isWeight={isWeight} line={line} places={places} />
        }),
      )}
    </>
  )
}

function Tag({
  id,
  i,
  value,
  isWeight,
  line,
  places,
}: {
  readonly id: number
  readonly i: number
  readonly value: number
  readonly isWeight: boolean
  readonly line: Line
  readonly places: Places
}): JSX.Element {
  const { roomy } = places
  const { name, gradient } = shown.value!.trace.nodes[id]!
  const width = isWeight ? places.weightWidth : places.targetWidth
  const size = !roomy ? 10.5 : isWeight && width < 96 ? 12 : 14
  const height = roomy ? 24 : 16
  const isNow = now.value?.id === id
  const isLocal = now.value?.pass === 'backward' && now.value.id === line.edge.from && isWeight
  const faded = path.value > 0 && !line.edge.onPath
  return (
    <Handle
      label={say(isWeight ? 'weight.label' : 'target.label', { name: plainName(name) })}
      name={plainName(name)}
      value={value}
      at={line.tag}
      set={(to) => setValue(isWeight ? 'w' : 't', i, to)}
      {...(isWeight && { choose: () => (path.value = path.peek() === i + 1 ? 0 : i + 1) })}
    >
      {(typed) => (
        <g
          class={`bp-tag ${isWeight ? (value < 0 ? 'negative' : 'positive') : 'target'}`}
          data-now={isNow}
          data-local={isLocal}
          data-faded={faded}
          data-chosen={isWeight && path.value === i + 1}
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
            {typed === undefined ? significant(value, value < 1 && value > -1 ? 2 : 3) : `${typed}▏`}
          </text>
          {isWeight && (asked.value?.id === id || (known.value.backward.has(id) && (isNow || !places.crowded))) && (
            <text
              class="bp-gradient"
              y={height / 2 + (roomy ? 13 : 9)}
              font-size={roomy ? 12 : 10}
              text-anchor="middle"
            >
              {roomy ? '◂' : ''}
              {asked.value?.id === id ? '?' : significant(Number(gradient), roomy ? 4 : 3)}
            </text>
          )}
        </g>
      )}
    </Handle>
  )
}
