import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { now, shown } from './model.js'
import type { Places } from './places.js'

/**
 * What is multiplied in the present step, on the edges: on the right stands the upstream gradient, on the edge the local one (a weight
 * stands there itself), at its left end, where there are several, the downstream one (4.3.4, Remark 1).
 */
export function Locals({ places }: { readonly places: Places }): JSX.Element | null {
  const step = now.value
  if (step?.pass !== 'backward' || step.kind === 'weight' || step.kind === 'fromLoss') return null
  const { output } = shown.value!.trace
  return (
    <g class="bp-locals" aria-hidden="true">
      {places.lines
        .filter(({ edge }) => edge.from === step.id && edge.to !== output)
        .map(({ edge, from, tag }) =>
          edge.carries.length === 0 ? (
            <text key={edge.to} class="bp-local" x={tag.x} y={tag.y + places.radius + 34} text-anchor="middle">
              × {significant(edge.local ?? 0, 4)}
            </text>
          ) : step.terms.length === 1 ? null : (
            <text
              key={edge.to}
              class="bp-gradient"
              x={(from.x + tag.x - places.weightWidth / 2) / 2}
              y={(from.y + tag.y) / 2 + (tag.y < from.y ? -10 : 16)}
              text-anchor="middle"
            >
              ◂{significant(edge.downstream ?? 0, 3)}
            </text>
          ),
        )}
    </g>
  )
}
