import type { JSX } from 'preact'
import { Formula, part } from '../../parts/formula.jsx'
import { useSize } from '../../parts/size.js'
import { say } from './messages.js'
import { cell, lit, network, wide } from './model.js'
import { Terms } from './terms.jsx'

const INPUTS = part('inputs', 'x')
const z = (index: string): string => part('sum', `z_{${index}}`)

/** What the layer that is pointed at computes. */
export function Formulas(): JSX.Element {
  const layer = network.value.layers[cell.value.shown]
  const last = cell.value.shown === network.value.layers.length - 1
  const weights = (index: string): string => part('weights', `w_{${index}}`)
  const tex =
    layer?.name === 'conv2d'
      ? `${z('r,c,k')} = \\sum_{i,j,m} ${INPUTS}_{r+i,\\,c+j,\\,m}\\,${weights('i,j,m,k')} + ${part('bias', 'b_k')}`
      : layer?.name === 'maxPool2d'
        ? `${part('output', 'a_{r,c,k}')} = \\max_{i,j \\in \\{0,1\\}} ${INPUTS}_{2r+i,\\,2c+j,\\,k}`
        : `${z('k')} = ${part('inputs', '\\mathbf{x}')} \\cdot ${part('weights', '\\mathbf{w}_k')} + ${part('bias', 'b_k')} = \\sum_i ${INPUTS}_i\\,${weights('i,k')} + ${part('bias', 'b_k')}`
  return (
    <>
      <Formula lit={lit} tex={tex} />
      {layer?.name !== 'maxPool2d' && (
        <Formula
          lit={lit}
          tex={
            last
              ? `${part('output', 'p_k')} = \\mathrm{softmax}(z)_k = \\frac{e^{z_k}}{\\sum_{n=0}^{9} e^{z_n}}`
              : `${part('output', 'a')} = \\mathrm{ReLU}(z) = \\max(0, z)`
          }
        />
      )}
      {wide.value ? <p class="note">{say('terms.hint')}</p> : <NarrowTerms />}
    </>
  )
}

/** On a phone the sum stands here: the stage stays in sight above it. */
function NarrowTerms(): JSX.Element {
  const { ref, size } = useSize<HTMLDivElement>()
  const { width } = size.value
  return (
    <div ref={ref} class="narrow-terms">
      {width > 0 && (
        <svg class="digits" width={width} height={NARROW}>
          <Terms box={{ x: 1, y: 0, width: width - 2, height: NARROW - 2 }} />
        </svg>
      )}
    </div>
  )
}

const NARROW = 260
