import type { TraceGraphNode } from '@neurite/explain'
import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { Handle } from './handle.jsx'
import { say } from './messages.js'
import { goTo, known, lit, now, setValue, shown, steps, values } from './model.js'
import { Name, plainName } from './name.jsx'
import type { Places } from './places.js'
import { pause } from './player.js'
import { asked } from './quiz.js'
import { state } from './state.js'
import { neuronOf } from './steps.js'

const { path, quiz } = state.at

/** A value as a disc: its name in it, its number below, the gradient that arrived above. */
export function Nodes({ places }: { readonly places: Places }): JSX.Element {
  const { graph, trace } = shown.value!
  const inputs = trace.nodes.filter(({ id, kind }) => kind === 'input' && places.nodes.has(id)).map(({ id }) => id)
  return (
    <>
      {graph.nodes.map((node) => {
        const at = places.nodes.get(node.id)!
        const i = inputs.indexOf(node.id)
        if (i < 0) return <Disc key={node.id} node={node} places={places} />
        const { name } = trace.nodes[node.id]!
        return (
          <Handle
            key={node.id}
            label={say('input.label', { name: plainName(name) })}
            name={plainName(name)}
            value={values.value.x[i] ?? 0}
            at={at}
            set={(to) => setValue('x', i, to)}
          >
            {(typed) => <Input node={node} radius={places.radius} value={values.value.x[i] ?? 0} typed={typed} />}
          </Handle>
        )
      })}
    </>
  )
}

const tint = (value: number): string =>
  `color-mix(in srgb, var(--${value < 0 ? 'orange' : 'blue'}-fill) ${Math.round(34 * Math.min(1, Math.abs(value)))}%, var(--paper))`

const light = (id: number): Pick<JSX.IntrinsicElements['g'], 'onPointerEnter' | 'onPointerLeave'> => ({
  onPointerEnter: () => (lit.value = `n${id}`),
  onPointerLeave: () => (lit.value = undefined),
})

/** What a value is for the present step of the way back: where the gradient comes from, or what it is multiplied with. */
function roleOf(id: number): 'upstream' | 'local' | undefined {
  const step = now.value
  if (step?.pass !== 'backward') return undefined
  const carrier = shown.value!.graph.edges.find(({ carries }) => carries.includes(step.id))
  if (carrier !== undefined) return carrier.to === id ? 'upstream' : carrier.from === id ? 'local' : undefined
  const neuron = neuronOf(step.id, shown.value!.graph)
  if (neuron !== undefined) return neuron === id ? 'upstream' : undefined
  return shown.value!.graph.edges.some(({ from, to }) => from === step.id && to === id) ? 'upstream' : undefined
}

function Input({
  node,
  radius,
  value,
  typed,
}: {
  readonly node: TraceGraphNode
  readonly radius: number
  readonly value: number
  readonly typed: string | undefined
}): JSX.Element {
  const { name } = shown.value!.trace.nodes[node.id]!
  const onPath = shown.value!.graph.edges.some((edge) => edge.from === node.id && edge.onPath)
  const size = Math.max(11, radius * 0.55)
  const { gradient } = shown.value!.trace.nodes[node.id]!
  const isAsked = asked.value?.id === node.id
  return (
    <g
      class="bp-node bp-input"
      data-role={roleOf(node.id)}
      data-faded={path.value > 0 && now.value?.pass === 'backward' && !onPath}
      data-lit={lit.value === `n${node.id}`}
      {...light(node.id)}
    >
      <circle class="bp-disc" r={radius} style={{ fill: tint(value) }} />
      <text class="bp-name" y={size * 0.32} text-anchor="middle">
        <Name tex={name} size={size} />
      </text>
      <text class="bp-number" y={radius + 15} text-anchor="middle" font-size={radius > 20 ? 13 : 11}>
        {typed === undefined ? significant(value, 3) : `${typed}▏`}
      </text>
      {(known.value.backward.has(node.id) || isAsked) && (
        <text class="bp-gradient" y={-radius - 8} text-anchor="middle" font-size={radius > 20 ? 12.5 : 10}>
          {isAsked ? '◂?' : significant(Number(gradient), radius > 20 ? 4 : 3)}
        </text>
      )}
    </g>
  )
}

function Disc({ node, places }: { readonly node: TraceGraphNode; readonly places: Places }): JSX.Element {
  const { radius, roomy, crowded, close, bias } = places
  const { id, carries } = node
  const { x, y } = places.nodes.get(id)!
  const { trace } = shown.value!
  const { name, value, gradient } = trace.nodes[id]!
  const [hasValue, hasGradient] = [known.value.forward.has(id), known.value.backward.has(id) && id !== trace.output]
  const size = Math.max(10, radius * 0.52)
  const digits = roomy ? 4 : 3
  const numbers = radius > 20 ? 12.5 : 10
  const isAsked = asked.value?.id === id
  const role = roleOf(id)
  const numbered = !crowded || now.value?.id === id || role !== undefined
  // A sum's numbers end at its right side, those of its activation begin at its left one.
  const aside = !close || id === trace.output ? undefined : name.startsWith('\\varphi') ? 'start' : 'end'
  const anchor = { 'text-anchor': aside ?? 'middle', x: aside === undefined ? 0 : aside === 'end' ? radius : -radius }
  const hat = carries.length > 0 ? bias : undefined
  // Where there is room for one gradient above the bias, it is that of the bias while that is asked for.
  const yields = hat?.tight === true && carries.some((each) => each === (asked.value ?? now.value)?.id)
  // Above a bias, or beside one.
  const raised = hat !== undefined || (aside === 'start' && bias?.tight === true) ? bias?.gradientY : undefined
  const dead = hasValue && shown.value!.problem.phi === 'relu' && name.startsWith('\\varphi') && value === 0
  return (
    <g
      class="bp-node"
      transform={`translate(${x} ${y})`}
      data-node={plainName(name)}
      data-known={hasValue}
      data-now={now.value?.id === id ? now.value.pass : undefined}
      data-role={role}
      data-dead={dead}
      data-faded={path.value > 0 && !node.onPath && now.value?.pass === 'backward'}
      data-lit={lit.value === `n${id}`}
      aria-hidden="true"
      {...light(id)}
      onClick={() => show(id)}
    >
      {hasGradient && <circle class="bp-ring" r={radius + 3} />}
      <circle class="bp-disc" r={radius} style={hasValue ? { fill: tint(Number(value)) } : {}} />
      <text class="bp-name" y={size * 0.32} text-anchor="middle">
        <Name tex={radius < 14 ? name.replace(/\(.*\)$/, '') : name} size={size} />
      </text>
      {dead ? (
        <text class="bp-dead" y={radius + 15} text-anchor="middle" font-size={numbers}>
          {say('dead')}
        </text>
      ) : (
        hasValue &&
        numbered && (
          <text class="bp-number" y={radius + 15} font-size={numbers} {...anchor}>
            {significant(Number(value), digits)}
          </text>
        )
      )}
      {((hasGradient && numbered && !yields) || isAsked) && (
        <text class="bp-gradient" y={raised ?? -radius - 8} font-size={numbers} {...anchor}>
          {roomy || isAsked ? '◂' : ''}
          {isAsked ? '?' : significant(Number(gradient), digits)}
        </text>
      )}
    </g>
  )
}

/** Shows the step in which a value came to be: its gradient if that is known, else its value. */
function show(id: number): void {
  if (quiz.peek()) return
  pause()
  const pass = known.peek().backward.has(id) ? 'backward' : 'forward'
  goTo(steps.peek().findIndex((step) => step.id === id && step.pass === pass) + 1)
}
