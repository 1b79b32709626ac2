import type { JSX } from 'preact'
import { Rich } from '../../i18n/rich.jsx'
import { Formula, part } from '../../parts/formula.jsx'
import { withEntry, withoutResult } from './formula-parts.js'
import { say } from './messages.js'
import { now } from './model.js'
import { state } from './state.js'

const gradient = (of: string): string => part('gradient', `\\frac{\\partial \\mathscr{L}}{\\partial ${of}}`)

/** The chain rule, and the present step for the whole layer. */
export function Formulas(): JSX.Element {
  const matrix = now.value?.matrix
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
        <Formula
          tex={
            matrix === undefined
              ? 'Z = Y W, \\quad \\frac{\\partial \\mathscr{L}}{\\partial Y} = \\frac{\\partial \\mathscr{L}}{\\partial Z} W^{\\top}, \\quad \\frac{\\partial \\mathscr{L}}{\\partial W} = Y^{\\top} \\frac{\\partial \\mathscr{L}}{\\partial Z}'
              : state.at.quiz.value
                ? withoutResult(matrix.latex)
                : withEntry(matrix.latex, matrix.row, matrix.column)
          }
        />
      </div>
    </>
  )
}
