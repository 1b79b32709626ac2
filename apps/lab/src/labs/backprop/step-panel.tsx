import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { Formula, part } from '../../parts/formula.jsx'
import { withParts } from './formula-parts.js'
import { say } from './messages.js'
import { forwards, lit, now, place, refused, shown, steps } from './model.js'
import { state } from './state.js'
import { CHAPTER, type Step, type Term } from './steps.js'

/** The present step in words, in symbols, in numbers; on the way back what is multiplied. */
export function StepPanel(): JSX.Element {
  const step = now.value
  if (refused.value !== undefined) return <p role="alert">{refused.value}</p>
  const forward = step?.pass === 'forward'
  return (
    <div class={`bp-step ${step?.pass ?? ''}`} data-step={place.value}>
      <p class="bp-what">
        {step === undefined ? (
          say('step.begin')
        ) : (
          <>
            <strong>
              {say(forward ? 'forward' : 'backward')}{' '}
              <span class="number">
                {forward ? place.value : place.value - forwards.value}/
                {forward ? forwards.value : steps.value.length - forwards.value}
              </span>
            </strong>{' '}
            {say(`kind.${step.kind}`)}
            {step.pass === 'backward' && state.at.net.value === '2-3-2' && CHAPTER[step.name] !== undefined && (
              <span class="bp-chapter"> {say('chapter', { step: CHAPTER[step.name]! })}</span>
            )}
          </>
        )}
      </p>
      {step !== undefined && <StepFormulas step={step} />}
    </div>
  )
}

export function StepFormulas({ step }: { readonly step: Step }): JSX.Element {
  const { trace } = shown.value!
  const [name = '', ...rest] = step.symbols.map((each) => withParts(each, trace))
  // A narrow stage has no room for the chain rule in general; the formula block has it.
  const symbols = rest.map((each, i) => (i < rest.length - 1 ? `\\htmlClass{bp-chain}{= ${each}}` : `= ${each}`))
  const result = part(step.pass === 'backward' ? `n${step.id} part-gradient` : `n${step.id}`, step.value)
  const numbers = [...(step.numbers === undefined ? [] : [step.numbers]), result]
  return (
    <div class="bp-formulas">
      <Formula tex={`${name} ${symbols.join(' ')}`} lit={lit} />
      <div class="bp-numbers" data-result={step.result}>
        <Formula tex={`= ${numbers.join(' = ')}`} lit={lit} />
        {step.terms.length === 1 && <Multiplied term={step.terms[0]!} />}
      </div>
    </div>
  )
}

/** Upstream times local is downstream. */
function Multiplied({ term }: { readonly term: Term }): JSX.Element {
  return (
    <p class="bp-multiplied">
      <span class="bp-up">
        {say('upstream')} <span class="number">{significant(term.upstream, 4)}</span>
      </span>{' '}
      ×{' '}
      <span>
        {say('local')} <span class="number">{significant(term.local, 4)}</span>
      </span>{' '}
      ={' '}
      <span class="bp-up bp-down">
        {say('downstream')} <span class="number">{significant(term.downstream, 4)}</span>
      </span>
    </p>
  )
}
