import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Toggle } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { LeastFormulas, LossFormulas } from './formulas.jsx'
import { LossMeasure, OutlierMeasure } from './measure.jsx'
import { say } from './messages.js'
import {
  fall,
  falling,
  fitted,
  open,
  part,
  points,
  prediction,
  setHeight,
  setPrediction,
  shown,
  steps,
  target,
} from './model.js'
import { LOSSES, TOP } from './names.js'
import { Outlier } from './outlier.jsx'
import { Outputs } from './outputs.jsx'
import { state } from './state.js'

const { view, softmax, loss, model, pull } = state.at

/** The point that the sentence lets move: the one that stands out at first. */
const OUTLIER = 7

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(open, [])
  const solved = useComputed(() => {
    const found = shown.value
    if (found === undefined || !softmax.value || target.value.join() !== '0,1,0') return false
    const { sse, cee } = found.at
    return sse.value >= 0.37 && sse.value <= 0.39 && cee.value < 0.6
  })
  const picture = (): SVGSVGElement | null => stage.current?.querySelector('svg') ?? null
  const outputs = view.value === 'outputs'
  return (
    <LabPage
      idea={outputs ? <OutputsIdea /> : <OutlierIdea />}
      stage={
        <>
          <StageLegend
            items={
              outputs
                ? [
                    ['bar', say('stage.output')],
                    ['outline', say('stage.target')],
                    ['difference', say('stage.residual')],
                    ['gradient', say('stage.gradient')],
                  ]
                : [
                    ['output', say('outlier.sse')],
                    ['other-output', say('outlier.abs')],
                    ['gradient', say('outlier.pull')],
                  ]
            }
          />
          <div class="canvas" ref={stage}>
            {outputs ? <Outputs /> : <Outlier />}
          </div>
        </>
      }
      controls={
        <>
          <Segments
            label={say('view')}
            value={view}
            options={['outputs', 'outlier']}
            name={(name) => say(`view.${name}`)}
          />
          {outputs ? <OutputsControls /> : <OutlierControls />}
        </>
      }
      formula={outputs ? <LossFormulas /> : <LeastFormulas />}
      measure={outputs ? <LossMeasure picture={picture} /> : <OutlierMeasure picture={picture} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

const number = (value: number | undefined, digits: number): JSX.Element => (
  <strong class="number">{value === undefined ? '…' : fixed(value, digits)}</strong>
)

function OutputsIdea(): JSX.Element {
  const at = shown.value?.at
  const scrub = (i: number): JSX.Element => (
    <Scrub
      value={part(prediction, i, setPrediction)}
      min={0}
      max={1}
      step={0.01}
      pixels={3}
      label={say('label.p', { i: i + 1 })}
    />
  )
  return (
    <Rich
      text={say('idea')}
      parts={{
        p1: scrub(0),
        p2: scrub(1),
        p3: scrub(2),
        sse: number(at?.sse.value, 3),
        cee: number(at?.cee.value, 3),
      }}
    />
  )
}

function OutlierIdea(): JSX.Element {
  return (
    <Rich
      text={say(model.value === 'line' ? 'idea.line' : 'idea.outlier')}
      parts={{
        outlier: (
          <Scrub
            value={part(points, OUTLIER, setHeight)}
            min={0}
            max={TOP}
            step={0.1}
            pixels={3}
            label={say('point.label', { i: OUTLIER + 1 })}
          />
        ),
        mean: number(fitted.value?.sse.constant, 2),
        median: number(fitted.value?.abs.constant, 2),
      }}
    />
  )
}

function OutputsControls(): JSX.Element {
  return (
    <>
      <Segments label={say('loss')} value={loss} options={LOSSES} name={(name) => say(`loss.${name}`)} />
      <div class="fall">
        <button type="button" class="button" onClick={() => (falling.value ? (falling.value = false) : void fall())}>
          {say(falling.value ? 'fall.stop' : 'fall')}
        </button>
        <span class="note">
          {steps.value > 0 && (
            <Rich text={say('fall.steps')} parts={{ n: <span class="number">{steps.value}</span> }} />
          )}
        </span>
      </div>
      <Toggle label={say('softmax')} value={softmax} />
      <p class="note">
        {softmax.value
          ? say('softmax.on')
          : say('softmax.off', { total: shown.value === undefined ? '…' : fixed(shown.value.total, 2) })}
      </p>
    </>
  )
}

function OutlierControls(): JSX.Element {
  return (
    <>
      <Segments
        label={say('model')}
        value={model}
        options={['constant', 'line']}
        name={(name) => say(`model.${name}`)}
      />
      <Segments label={say('pull')} value={pull} options={['sse', 'abs']} name={(name) => say(`loss.${name}`)} />
    </>
  )
}
