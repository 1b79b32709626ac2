import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Rich } from '../../i18n/rich.jsx'
import { Select, Slider, Toggle } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { PlaybackBar } from '../../parts/playback-bar.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { Rule } from './formulas.jsx'
import { Measure } from './measure.jsx'
import { say } from './messages.js'
import { follow, goTo, hasData, playback, racers, racing, rateSignal, running, shown, surface } from './model.js'
import { NetworkStage } from './network-stage.jsx'
import { RacerList } from './racer-list.jsx'
import { RATES, state } from './state.js'
import { SurfaceStage, summary } from './surface-stage.jsx'
import { SURFACES } from './surfaces.js'

const { where, beta, batch, seed, arrows, start } = state.at
/** Steps of the challenge. */
const WITHIN = 200

/** The place, as a part can set it: another place has other starts and rates. */
const place = {
  get value() {
    return where.value
  },
  set value(to) {
    goTo(to)
  },
}

const whose = {
  get value() {
    return shown.value
  },
  set value(racer) {
    state.at.chosen.value = racer
  },
}

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => follow(), [])
  const solved = useComputed(
    () =>
      where.value === 'rosenbrock' &&
      start.value.length === 0 &&
      running.value.some(({ reached }) => reached !== undefined && reached <= WITHIN && playback.at.value >= reached),
  )
  const network = where.value === 'network'
  return (
    <LabPage
      idea={
        <Rich
          text={say('idea')}
          parts={{
            racer: <strong>{say(`racer.${shown.value}`)}</strong>,
            rate: (
              <Scrub
                value={rateSignal(shown.value)}
                min={RATES[0]}
                max={RATES[1]}
                log
                label={say('label.rate', { racer: say(`racer.${shown.value}`) })}
              />
            ),
            result: <strong>{result()}</strong>,
          }}
        />
      }
      stage={
        <>
          {!network && (
            <StageLegend
              items={[
                ['gradient', say('legend.gradient')],
                ['target', say('legend.step')],
              ]}
            />
          )}
          <div class="canvas" ref={stage}>
            {network ? <NetworkStage summary={summary()} /> : <SurfaceStage />}
          </div>
        </>
      }
      controls={
        <>
          <Select
            label={say('where')}
            value={place}
            options={[...SURFACES, 'network']}
            name={(name) => say(`where.${name}`)}
          />
          {!network && <p class="note">{say('start.hint')}</p>}
          <PlaybackBar playback={playback} />
          <RacerList />
        </>
      }
      more={
        <>
          <Slider label={say('beta')} value={beta} min={0} max={0.99} step={0.01} />
          {hasData.value && <Slider label={say('batch')} value={batch} min={1} max={60} />}
          {hasData.value && <Slider label={say('seed')} value={seed} min={0} max={50} />}
          {surface.value !== undefined && <Toggle label={say('arrows.show')} value={arrows} />}
        </>
      }
      formula={
        <>
          <Select
            label={say('chosen.formula')}
            value={whose}
            options={racers.value}
            name={(name) => say(`racer.${name}`)}
          />
          <Rule />
        </>
      }
      measure={<Measure picture={() => stage.current} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

function result(): string {
  const run = running.value.find(({ id }) => id === shown.value)
  if (run === undefined) return racing.value.includes(shown.value) ? '…' : say('result.off')
  if (run.lost) return say('result.lost')
  return run.reached === undefined
    ? say('result.not', { steps: run.losses.length - 1 })
    : say('result.reached', { steps: run.reached })
}
