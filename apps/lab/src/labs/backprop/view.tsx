import { effect, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { significant } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Select, Toggle } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { Formulas } from './formulas.jsx'
import { Graph } from './graph.jsx'
import { Measure } from './measure.jsx'
import { say } from './messages.js'
import { follow, measured, params, refused } from './model.js'
import { plainName } from './name.jsx'
import { ACTIVATIONS, LOSSES, NETS } from './networks.js'
import './panel.css'
import { followBeginnings } from './player.js'
import { begin, GOAL, streak } from './quiz.js'
import { QuizPanel } from './quiz-panel.jsx'
import { MOST_DELTA, state } from './state.js'
import { StepPanel } from './step-panel.jsx'
import { Transport } from './transport.jsx'
import { NumberFields } from './values.jsx'

const { net, phi, loss, path, bias, dx, delta, quiz } = state.at

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const ends = [
      follow(),
      followBeginnings(),
      // Another network, or another path, is another quiz.
      effect(() => {
        void [net.value, path.value, bias.value]
        if (quiz.value) begin()
      }),
    ]
    return () => ends.forEach((end) => end())
  }, [])
  const solved = useComputed(() => streak.value >= GOAL)
  const number = (value: number | undefined): JSX.Element => (
    <strong class="number">{value === undefined ? '…' : significant(value, 4)}</strong>
  )
  return (
    <LabPage
      idea={
        <Rich
          text={say('idea')}
          parts={{
            loss: number(measured.value?.before),
            delta: <Scrub value={delta} min={0} max={MOST_DELTA} step={0.1} label={say('label.delta')} />,
            after: number(measured.value?.after),
          }}
        />
      }
      stage={
        <>
          <StageLegend
            items={[
              ['positive', say('legend.positive')],
              ['negative', say('legend.negative')],
              ['gradient', say('legend.gradient')],
            ]}
          />
          <div class="canvas" ref={stage}>
            <Graph />
          </div>
          <div class="bp-panel">
            {quiz.value && refused.value === undefined ? <QuizPanel /> : <StepPanel />}
            {!quiz.value && <Transport />}
          </div>
        </>
      }
      controls={
        <>
          <Toggle label={say('quiz')} value={quiz} />
          <Toggle label={say('bias')} value={bias} />
          <PathChoice />
          <Segments label={say('net')} value={net} options={NETS} name={(name) => say(`net.${name}`)} />
          <Segments label={say('phi')} value={phi} options={ACTIVATIONS} name={String} />
          <Segments label={say('loss')} value={loss} options={LOSSES} name={(name) => say(`loss.${name}`)} />
          <p class="note">{say('drag.hint')}</p>
        </>
      }
      more={
        <>
          <Toggle label={say('dx')} value={dx} />
          <NumberFields />
        </>
      }
      formula={<Formulas />}
      measure={<Measure picture={() => stage.current?.querySelector('svg') ?? null} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

function PathChoice(): JSX.Element {
  const names = params.value
  return (
    <Select
      label={say('path')}
      value={chosenPath}
      options={['0', ...names.map((_, i) => String(i + 1))]}
      name={(option) => (option === '0' ? say('path.all') : plainName(names[Number(option) - 1]!))}
    />
  )
}

/** The weight whose path is lit, as a select has it: a text. */
const chosenPath = {
  get value() {
    return String(path.value)
  },
  set value(option: string) {
    path.value = Number(option)
  },
}
