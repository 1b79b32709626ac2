import type { JSX } from 'preact'
import { short } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Formula, part } from '../../parts/formula.jsx'
import { stepNow } from './arrows.jsx'
import { say } from './messages.js'
import { hasData, lit, shown } from './model.js'
import { type RacerId } from './racers.js'

const g = part('gradient', '\\mathbf g_k')
const after = '\\mathbf w_{k+1} = \\mathbf w_k'
const move = (tex: string): string => `${after} - ${part('step', tex)}`

/** In the chapter's letters: the learning rate is delta (4.3.4). */
function linesOf(racer: RacerId): readonly string[] {
  switch (racer) {
    case 'gd':
    case 'sgd':
    case 'cyclic':
    case 'shuffled':
      return [move(`\\delta\\, ${g}`)]
    case 'momentum':
      return [`\\mathbf m_{k+1} = \\beta\\, \\mathbf m_k + ${g}`, move('\\delta\\, \\mathbf m_{k+1}')]
    case 'rmsprop':
      return [
        `\\mathbf v_{k+1} = \\rho\\, \\mathbf v_k + (1-\\rho)\\, ${part('gradient', '\\mathbf g_k^2')}`,
        move(`\\frac{\\delta}{\\sqrt{\\mathbf v_{k+1}} + \\epsilon}\\, ${g}`),
      ]
    case 'adam':
      return [
        `\\mathbf m_{k+1} = \\beta_1 \\mathbf m_k + (1-\\beta_1)\\, ${g}`,
        `\\mathbf v_{k+1} = \\beta_2 \\mathbf v_k + (1-\\beta_2)\\, ${part('gradient', '\\mathbf g_k^2')}`,
        move('\\delta\\, \\frac{\\hat{\\mathbf m}_{k+1}}{\\sqrt{\\hat{\\mathbf v}_{k+1}} + \\epsilon}'),
      ]
  }
}

function gradientOf(racer: RacerId): string {
  const nabla = (loss: string): string => part('gradient', `\\mathbf g_k = \\nabla ${loss}(\\mathbf w_k)`)
  if (!hasData.value || racer === 'gd') return nabla('\\mathscr L')
  return `${nabla('\\mathscr L_{B_k}')}, \\quad |B_k| = M`
}

/** The rule of the chosen racer, and its present step in numbers. */
export function Rule(): JSX.Element {
  const racer = shown.value
  return (
    <>
      <Formula lit={lit} tex={gradientOf(racer)} />
      {linesOf(racer).map((tex) => (
        <Formula key={tex} lit={lit} tex={tex} />
      ))}
      <p class="note">
        <Rich text={say(`rule.${racer}`)} />
      </p>
      <Numbers />
    </>
  )
}

/** Apart, since it changes at every frame. */
function Numbers(): JSX.Element | null {
  const step = stepNow.value
  if (step === undefined) return null
  const pair = ([x, y]: readonly [number, number]): string => `(${short(x)}, ${short(y)})`
  return (
    <dl class="step-numbers number">
      <div>
        <dt>k</dt>
        <dd>{step.k}</dd>
      </div>
      <div>
        <dt>w</dt>
        <dd>{pair(step.from)}</dd>
      </div>
      <div class="part-gradient">
        <dt>g</dt>
        <dd>{pair(step.gradient)}</dd>
      </div>
      <div class={`racer-${shown.value} step-by`}>
        <dt>Δw</dt>
        <dd>{pair(step.by)}</dd>
      </div>
    </dl>
  )
}
