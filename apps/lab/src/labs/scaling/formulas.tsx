import type { JSX } from 'preact'
import { Rich } from '../../i18n/rich.jsx'
import { Formula, part } from '../../parts/formula.jsx'
import { say } from './messages.js'
import { lit } from './model.js'
import { state } from './state.js'

const MINMAX = part('minmax', "x'_k = \\frac{x_k - \\min(x_i)}{\\max(x_i) - \\min(x_i)}")
const ZSCORE = part('zscore', "x'_k = \\frac{x_k - \\mu}{\\sigma}")
const ROBUST = part('robust', "x'_k = \\frac{x_k - \\operatorname{median}}{Q_3 - Q_1}")
const MODEL = "\\hat{y} = w_1\\, x'_1 + w_2\\, x'_2"
const STEP = `\\mathbf{w}_{k+1} = \\mathbf{w}_k - \\delta\\, ${part('gradient', '\\nabla \\mathscr{L}(\\mathbf{w}_k)')}`
const LOSS = part(
  'gradient',
  "\\frac{\\partial \\mathscr{L}}{\\partial w_j} = \\frac{2}{n} \\sum_{i} (\\hat{y}_i - y_i)\\, x'_{ij}",
)

/** How features are scaled; and where their scale enters descent. */
export function Formulas(): JSX.Element {
  const descent = state.at.view.value === 'descent'
  return (
    <>
      <Named name={say('scaling.minmax')} tex={MINMAX} />
      <Named name={say('scaling.zscore')} tex={ZSCORE} />
      {descent ? (
        <>
          <Named name={say('formula.model')} tex={MODEL} />
          <Named name={say('formula.step')} tex={STEP} />
          <Formula lit={lit} tex={LOSS} />
          <p class="note">
            <Rich text={say('formula.note')} />
          </p>
        </>
      ) : (
        <Named name={say('strip.robust')} tex={ROBUST} />
      )}
    </>
  )
}

function Named({ name, tex }: { readonly name: string; readonly tex: string }): JSX.Element {
  return (
    <>
      <p class="figure-name">{name}</p>
      <Formula lit={lit} tex={tex} />
    </>
  )
}
