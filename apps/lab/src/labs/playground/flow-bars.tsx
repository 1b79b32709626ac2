import type { JSX } from 'preact'
import { short } from '../../i18n/format.js'
import type { LayerFlowFrame } from '../../training/spec.js'
import { say } from './messages.js'
import { flow } from './model.js'
import { columns } from './scene.js'

/** Norms from here to there fill a bar, by magnitude. */
const [LEAST, MOST] = [-6, 1]

/** The layers that have weights, in the order of the network. */
export const flowOfLayers = (): readonly LayerFlowFrame[] =>
  flow.value.filter(({ gradientNorm }) => gradientNorm !== undefined)

/** How much of the loss's gradient arrives at each layer, below its column: from right to left, as it flows (4.2.4, 4.3.4). */
export function FlowBars(): JSX.Element | null {
  const layers = flowOfLayers()
  const places = columns.value
  if (layers.length !== places.length - 1) return null
  return (
    <div class="flow" role="img" aria-label={flowSentence(layers)}>
      <span class="flow-name">← {say('flow')}</span>
      {layers.map(({ gradientNorm = 0, verdict }, l) => {
        const last = l === layers.length - 1
        const column = places[l + 1]!
        const left = last ? column.x - 46 : column.x + column.width / 2 - 13
        const share = Math.min(1, Math.max(0.04, (Math.log10(gradientNorm) - LEAST) / (MOST - LEAST)))
        return (
          <span key={l} class="flow-bar" data-verdict={verdict} style={{ left: `${left}px` }}>
            <span class="flow-fill" style={{ height: `${30 * share}px` }} />
            {(places.length < 7 || last) && <span class="flow-number number">{short(gradientNorm)}</span>}
          </span>
        )
      })}
    </div>
  )
}

export function flowSentence(layers: readonly LayerFlowFrame[]): string {
  return say('flow.label', { norms: layers.map(({ gradientNorm = 0 }) => short(gradientNorm)).join(', ') })
}
