import type { JSX } from 'preact'
import { Rich } from '../../i18n/rich.jsx'
import { Formula, part } from '../../parts/formula.jsx'
import { inTwo, withEntry } from './formula-parts.js'
import { say } from './messages.js'
import { now } from './model.js'
import { state } from './state.js'

const gradient = (of: string): string => part('gradient', `\\frac{\\partial \\mathscr{L}}{\\partial ${of}}`)

/** The chapter's Remark 2. */
const REMARK = [
  'Z = Y W',
  `${gradient('Y')} = ${gradient('Z')}\\, W^{\\top}, \\quad ${gradient('W')} = Y^{\\top} ${gradient('Z')}`,
]
/** With biases, of one row: each is added as it is. */
const REMARK_WITH_BIASES = ['Z = Y W + b', REMARK[1]!, `${gradient('b')} = ${gradient('Z')}`]

/** The chain rule, and the present step for the whole layer. */
export function Formulas(): JSX.Element {
  const matrix = now.value?.matrix
  const [formula, result] = inTwo(matrix?.latex ?? '')
  return (
    <>
      <Formula
        tex={`\\underbrace{${gradient('a')}}_{\\text{downstream}} = \\sum_{b} \\underbrace{${gradient('b')}}_{\\text{upstream}} \\cdot \\underbrace{\\frac{\\partial b}{\\partial a}}_{\\text{local}}`}
      />
      <p class="note">
        <Rich text={say('rule')} />
      </p>
      <p class="bp-matrix-name">{say('matrix')}</p>
      <div class="bp-matrix" data-pass={now.value?.pass}>
        {matrix === undefined ? (
          (state.at.bias.value ? REMARK_WITH_BIASES : REMARK).map((tex) => <Formula key={tex} tex={tex} />)
        ) : (
          <>
            <Formula tex={formula} />
            {/* In the quiz it would tell the next answers. */}
            {!state.at.quiz.value && <Formula tex={withEntry(result, matrix.row, matrix.column)} />}
          </>
        )}
      </div>
    </>
  )
}
