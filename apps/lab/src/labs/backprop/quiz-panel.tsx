import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { Formula } from '../../parts/formula.jsx'
import { withParts } from './formula-parts.js'
import { say } from './messages.js'
import { lit, shown, steps } from './model.js'
import { answer, asked, begin, giveUp, GOAL, hinted, streak, verdict } from './quiz.js'
import type { Step } from './steps.js'

/** The next gradient is asked for. */
export function QuizPanel(): JSX.Element {
  const typed = useSignal('')
  const question = asked.value
  if (question === undefined)
    return (
      <div class="bp-step backward bp-quiz">
        <p class="bp-what">
          <Verdict /> {say('quiz.end')}
        </p>
        <p>
          <button type="button" class="button quiet" onClick={begin}>
            {say('quiz.again')}
          </button>
        </p>
      </div>
    )
  const { trace } = shown.value!
  return (
    <form
      class="bp-step backward bp-quiz"
      onSubmit={(event) => {
        event.preventDefault()
        if (answer(typed.value)) typed.value = ''
      }}
    >
      <p class="bp-what">
        <Verdict /> {verdict.value === undefined && say('quiz.ask')}{' '}
        <span class="bp-streak">{say('quiz.streak', { n: Math.min(GOAL, streak.value), goal: GOAL })}</span>
      </p>
      <div class="bp-answer">
        <Formula tex={`${withParts(question.symbols[0]!, trace)} =`} lit={lit} inline />
        <input
          type="text"
          inputMode="text"
          autocomplete="off"
          class="number"
          aria-label={say('quiz.answer')}
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <button type="submit" class="button">
          {say('quiz.check')}
        </button>
        <button type="button" class="plain" aria-expanded={hinted.value} onClick={() => (hinted.value = !hinted.value)}>
          {say('quiz.hint')}
        </button>
        <button type="button" class="plain" onClick={giveUp}>
          {say('quiz.give')}
        </button>
      </div>
      {hinted.value && <Hint step={question} />}
    </form>
  )
}

function Verdict(): JSX.Element | null {
  const said = verdict.value
  if (said === undefined) return null
  const result = steps.value[said.step]?.result
  return (
    <strong data-verdict={said.is}>
      {say(`verdict.${said.is}`, { value: result === undefined ? '' : significant(result, 4) })}
    </strong>
  )
}

/** The formula, and the numbers that are to be multiplied. */
function Hint({ step }: { readonly step: Step }): JSX.Element {
  const { trace } = shown.value!
  return (
    <div class="bp-hint">
      <Formula tex={`= ${withParts(step.symbols.at(-1)!, trace)}`} lit={lit} />
      <p class="bp-multiplied">
        {step.terms.length === 0
          ? say('hint.loss')
          : step.terms.map(({ upstream, local }, i) => (
              <span key={i}>
                {i > 0 && ' + '}
                <span class="bp-up">
                  {say('upstream')} <span class="number">{significant(upstream, 4)}</span>
                </span>{' '}
                × {say('local')} <span class="number">{significant(local, 4)}</span>
              </span>
            ))}
      </p>
    </div>
  )
}
