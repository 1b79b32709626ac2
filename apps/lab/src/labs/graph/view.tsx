import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Slider, Toggle } from '../../parts/controls.jsx'
import { EpochTimeline } from '../../parts/epoch-timeline.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { NumberField } from '../../parts/number-field.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { accuracies, done, epoch, finished, harm, lookAt, racing, startRace } from './flatten-model.js'
import { FlattenStage } from './flatten-stage.jsx'
import { Formulas } from './formulas.jsx'
import { GraphStage } from './graph-stage.jsx'
import { NEAR } from './grid.js'
import { Measure } from './measures.jsx'
import { say } from './messages.js'
import { chosen, misses, network, send, setWeight, weightOf, type Weight } from './model.js'
import { NeuronSum } from './neuron-sum.jsx'
import { MOST, N, PHIS, REACH, SCENES, state } from './state.js'
import './view.css'

const { scene, inputs, phi, one, x1, seed, shuffled, guess } = state.at

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => network.start(), [])
  const solved = useComputed(() => misses.value?.every((miss) => miss <= NEAR) ?? false)
  return (
    <LabPage
      idea={scene.value === 'graph' ? <GraphIdea /> : <FlattenIdea />}
      stage={
        scene.value === 'graph' ? (
          <>
            <StageLegend
              items={[
                ['positive', say('stage.positive')],
                ['negative', say('stage.negative')],
                ['output', say('stage.output')],
              ]}
            />
            <NeuronSum />
            <div class="canvas" ref={stage}>
              <GraphStage />
            </div>
          </>
        ) : (
          <>
            <StageLegend
              items={[
                ['positive', say('race.original')],
                ['negative', say('race.shuffled')],
                ['difference', say('race.gap')],
              ]}
            />
            <div class="canvas" ref={stage}>
              <FlattenStage />
            </div>
          </>
        )
      }
      formula={<Formulas />}
      controls={
        <>
          <Segments label={say('scene')} value={scene} options={SCENES} name={(name) => say(`scene.${name}`)} />
          {scene.value === 'graph' ? <GraphControls /> : <FlattenControls />}
        </>
      }
      measure={<Measure picture={() => stage.current} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

function GraphIdea(): JSX.Element {
  const found = network.answer.value
  // People count from 1.
  const number = useSignal(chosen.value + 1)
  useSignalEffect(() => {
    number.value = chosen.value + 1
  })
  useSignalEffect(() => {
    chosen.value = number.value - 1
  })
  return (
    <Rich
      text={say('idea.graph')}
      parts={{
        x: <Scrub value={x1} min={-REACH} max={REACH} step={0.05} digits={2} pixels={4} label={say('label.x')} />,
        i: <Scrub value={number} min={1} max={N} pixels={16} label={say('label.neuron')} />,
        a: <strong class="number">{found === undefined ? '…' : fixed(found.a[chosen.value]!, 2)}</strong>,
        output: <strong class="number part-output">{found === undefined ? '…' : fixed(found.output, 3)}</strong>,
      }}
    />
  )
}

function FlattenIdea(): JSX.Element {
  const points = (value: number | undefined): JSX.Element => (
    <strong class="number">{value === undefined ? '…' : fixed(100 * value, 1)}</strong>
  )
  return <Rich text={say('idea.flatten')} parts={{ dense: points(harm('dense')), conv: points(harm('conv')) }} />
}

function GraphControls(): JSX.Element {
  const bias = useSignal<'own' | 'one'>(one.value ? 'one' : 'own')
  useSignalEffect(() => {
    bias.value = one.value ? 'one' : 'own'
  })
  useSignalEffect(() => {
    one.value = bias.value === 'one'
  })
  const i = chosen.value
  const kinds: readonly Weight[] = inputs.value === '1' ? ['w1', 'b', 'out'] : ['w1', 'w2', 'b', 'out']
  const names = { w1: inputs.value === '1' ? 'w' : 'w₁', w2: 'w₂', b: 'b', out: 'v' } as const
  return (
    <>
      <Segments label={say('inputs')} value={inputs} options={['1', '2']} name={(name) => say(`inputs.${name}`)} />
      <Segments label={say('bias')} value={bias} options={['own', 'one']} name={(name) => say(`bias.${name}`)} />
      <Segments label={say('phi')} value={phi} options={PHIS} name={(name) => say(`phi.${name}`)} />
      <fieldset class="weights">
        <legend>{say('weights.of', { i: i + 1 })}</legend>
        <div>
          {kinds.map((kind) => (
            <NumberField
              key={`${kind} ${i}`}
              label={names[kind]}
              value={weightOf(kind, i)}
              min={-MOST}
              max={MOST}
              onChange={(value) => setWeight(kind, i, value)}
            />
          ))}
        </div>
      </fieldset>
      <button type="button" class="button quiet" onClick={send}>
        {say('send')}
      </button>
    </>
  )
}

function FlattenControls(): JSX.Element {
  const begun = Object.keys(accuracies.value).length > 0
  return (
    <>
      <Segments
        label={say('guess')}
        value={guess}
        options={['dense', 'conv']}
        name={(name) => (name === 'none' ? '' : say(`net.${name}`))}
      />
      <Toggle label={say('shuffle')} value={shuffled} />
      <div class="race-buttons">
        <button
          type="button"
          class="button"
          disabled={finished.value}
          onClick={() => (begun ? (racing.value = !racing.value) : startRace())}
        >
          {say(racing.value ? 'race.pause' : 'race.play')}
        </button>
        <button type="button" class="button quiet" onClick={startRace}>
          {say('race.again')}
        </button>
      </div>
      <EpochTimeline at={epoch.value} done={done.value} onChange={lookAt} />
      <Slider label={say('seed')} value={seed} min={1} max={99} />
    </>
  )
}
