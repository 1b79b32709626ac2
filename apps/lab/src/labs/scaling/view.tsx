import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { commands } from '../../app/keys.jsx'
import { counted, fixed } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Slider } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { Formulas } from './formulas.jsx'
import { DescentMeasure, ListMeasure } from './measure.jsx'
import { say } from './messages.js'
import { last, list, now, open, playing, runs, scrub, step, toggle } from './model.js'
import { FURTHEST, LEAST_FAR, LIST, SCALINGS, type Scaling } from './names.js'
import { ending, Panels } from './panels.jsx'
import { state } from './state.js'
import { Strips } from './strips.jsx'

const { view, rate, person, far } = state.at
const GOAL = 10

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const close = open()
    commands.play = toggle
    commands.step = step
    return () => {
      commands.play = commands.step = undefined
      close()
    }
  }, [])
  const solved = useComputed(() => {
    const found = runs.value
    return (
      found !== undefined &&
      SCALINGS.some((scaling) => found[scaling].end === 'converged' && found[scaling].iterations <= GOAL)
    )
  })
  const picture = (): SVGSVGElement | null => stage.current?.querySelector('svg') ?? null
  const descent = view.value === 'descent'
  return (
    <LabPage
      idea={descent ? <DescentIdea /> : <ListIdea />}
      stage={
        <>
          {descent && (
            <StageLegend
              items={[
                ['dot', say('stage.people')],
                ['contour', say('stage.contour')],
                ['gradient', say('stage.way')],
              ]}
            />
          )}
          <div class="canvas" ref={stage}>
            {descent ? <Panels /> : <Strips />}
          </div>
        </>
      }
      controls={
        <>
          <Segments
            label={say('view')}
            value={view}
            options={['descent', 'list']}
            name={(name) => say(`view.${name}`)}
          />
          {descent ? <DescentControls /> : <ListControls />}
        </>
      }
      formula={<Formulas />}
      measure={descent ? <DescentMeasure picture={picture} /> : <ListMeasure picture={picture} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

const strong = (text: string): JSX.Element => <strong class="measured">{text}</strong>

function DescentIdea(): JSX.Element {
  const said = (scaling: Scaling): JSX.Element => strong(runs.value === undefined ? '…' : ending(runs.value[scaling]))
  return (
    <Rich
      text={say('idea')}
      parts={{
        rate: <Scrub value={rate} min={5} max={110} label={say('label.rate')} />,
        raw: said('raw'),
        minmax: said('minmax'),
        zscore: said('zscore'),
      }}
    />
  )
}

function ListIdea(): JSX.Element {
  const by = list.value?.by
  return (
    <Rich
      text={say('idea.list')}
      parts={{
        far: <Scrub value={far} min={LEAST_FAR} max={FURTHEST} pixels={3} label={say('label.far')} />,
        minmax: strong(by === undefined ? '…' : fixed(by.minmax.values[LIST.length - 1]!, 2)),
        low: strong(by === undefined ? '…' : fixed(by.zscore.values[0]!, 2)),
        high: strong(by === undefined ? '…' : fixed(by.zscore.values[LIST.length - 1]!, 2)),
      }}
    />
  )
}

function DescentControls(): JSX.Element {
  return (
    <>
      <Slider label={say('label.rate')} value={rate} min={5} max={110} say={(value) => `${fixed(value, 0)}%`} />
      <div class="replay">
        <button type="button" class="button" onClick={toggle}>
          {say(playing.value ? 'pause' : 'replay')}
        </button>
      </div>
      <label class="slider">
        <span>{say('time')}</span>
        <output class="number">{counted(Math.min(last.value, Math.floor(now.value)))}</output>
        <input
          type="range"
          min={0}
          max={1}
          step={0.005}
          value={Math.log(1 + Math.min(last.value, now.value)) / Math.log(1 + last.value)}
          aria-label={say('time')}
          aria-valuetext={counted(Math.min(last.value, Math.floor(now.value)))}
          onInput={(event) => {
            scrub(Math.round(Math.expm1(event.currentTarget.valueAsNumber * Math.log(1 + last.value))))
          }}
        />
      </label>
      <p class="note">
        {say('person.hint')}{' '}
        {person.value.length > 0 && (
          <button type="button" class="plain" onClick={() => (person.value = [])}>
            {say('person.back')}
          </button>
        )}
      </p>
    </>
  )
}

function ListControls(): JSX.Element {
  return <Slider label={say('label.far')} value={far} min={LEAST_FAR} max={FURTHEST} />
}
