import type { JSX } from 'preact'
import { known, now, shown } from './model.js'
import type { Line } from './places.js'
import { asked } from './quiz.js'
import { state } from './state.js'

const { path } = state.at

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
