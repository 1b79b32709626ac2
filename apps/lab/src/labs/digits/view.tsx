import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Select, Slider, Toggle } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Player } from '../../parts/player.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { Formulas } from './formulas.jsx'
import { GOAL, Measure } from './measure.jsx'
import { say } from './messages.js'
import { accuracy, answer, clear, drawnHere, failure, open, putAnother, rubber, run, sliding } from './model.js'
import { KINDS } from './network.js'
import { Stage } from './stage.jsx'
import { BATCHES, HIDDEN, OPTIMIZERS, state } from './state.js'

const { kind, optimizer, rate, batch, hidden, seed } = state.at

/** The digit that the challenge asks for. */
const ASKED = 2
const SURE = 0.9

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(open, [])
  const solved = useComputed(
    () =>
      drawnHere.value &&
      (accuracy.value ?? 0) > GOAL &&
      answer.value?.digit === ASKED &&
      answer.value.probability > SURE,
  )
  const said = answer.value
  return (
    <LabPage
      idea={
        <Rich
          text={say(`idea.${kind.value}`)}
          parts={{
            digit: <strong class="number part-output">{said === undefined ? '…' : said.digit}</strong>,
            probability: (
              <strong class="number part-output">{said === undefined ? '…' : fixed(said.probability, 2)}</strong>
            ),
            accuracy: <strong class="number">{accuracy.value === undefined ? '…' : fixed(accuracy.value, 3)}</strong>,
            rate: <Scrub value={rate} min={0.001} max={0.2} step={0.001} pixels={4} label={say('label.rate')} />,
          }}
        />
      }
      stage={
        <div class="digits-stage" ref={stage}>
          <Tools />
          <Stage />
        </div>
      }
      controls={
        <>
          <Player run={run} />
          <Segments label={say('kind')} value={kind} options={KINDS} name={(name) => say(`kind.${name}`)} />
          <Toggle label={say('slide')} value={sliding} />
          {failure.value !== undefined && <p role="alert">{failure.value}</p>}
        </>
      }
      more={
        <>
          <Select label={say('optimizer')} value={optimizer} options={OPTIMIZERS} name={String} />
          <Slider label={say('rate')} value={rate} min={0.0001} max={1} log say={(shown) => String(shown)} />
          <Select label={say('batch')} value={batch} options={BATCHES} name={String} />
          {kind.value === 'mlp' && <Select label={say('hidden')} value={hidden} options={HIDDEN} name={String} />}
          <Slider label={say('seed')} value={seed} min={0} max={20} />
        </>
      }
      formula={<Formulas />}
      measure={<Measure stage={() => stage.current} />}
      challenge={say('challenge', { digit: ASKED })}
      solved={solved}
      learned={say('learned')}
    />
  )
}

/** What is done to the pad as a whole. */
function Tools(): JSX.Element {
  return (
    <div class="pad-tools">
      <button type="button" class="button quiet" onClick={clear}>
        {say('pad.clear')}
      </button>
      <button type="button" class="button quiet" onClick={putAnother}>
        {say('pad.another')}
      </button>
      <button
        type="button"
        class="button quiet"
        aria-pressed={rubber.value}
        onClick={() => (rubber.value = !rubber.value)}
      >
        {say('pad.rubber')}
      </button>
      <span class="note">{say('pad.hint')}</span>
    </div>
  )
}
