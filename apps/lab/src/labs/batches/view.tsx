import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { counted } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Slider } from '../../parts/controls.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { PlaybackBar } from '../../parts/playback-bar.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { Epoch, Jitter } from './formulas.jsx'
import { Measure } from './measure.jsx'
import { say } from './messages.js'
import { batching, cost, costs, follow, now, playback, size } from './model.js'
import { Stage } from './stage.jsx'
import { MOST_ROWS, state } from './state.js'
import { iterationsOf, ORDERS } from './training.js'

const { d, order, rate, seed } = state.at
/** The share of both that the challenge allows, and the rows it asks for. */
const SHARE = 1 / 5
const ENOUGH_ROWS = 100

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => follow(), [])
  const solved = useComputed(() => {
    const [one, all] = [costs.value.get(1), costs.value.get(d.value)]
    const own = cost.value
    if (d.value < ENOUGH_ROWS || own === undefined || one === undefined || all === undefined) return false
    return own.jitter < SHARE * one.jitter && own.bytes < SHARE * all.bytes
  })
  return (
    <LabPage
      idea={
        <Rich
          text={say('idea')}
          parts={{
            d: <Scrub value={d} min={10} max={MOST_ROWS} step={10} label={say('label.d')} />,
            m: <Scrub value={size} min={1} max={d.value} label={say('label.m')} />,
            k: <strong class="number">{counted(iterationsOf(batching.value))}</strong>,
          }}
        />
      }
      stage={
        <>
          <div class="batches-head">
            <StageLegend
              items={[
                ['class-0', say('legend.a')],
                ['class-1', say('legend.b')],
              ]}
            />
            <Now />
          </div>
          <div class="canvas" ref={stage}>
            <Stage />
          </div>
        </>
      }
      controls={
        <>
          <PlaybackBar playback={playback} epoch={iterationsOf(batching.value)} />
          <Segments label={say('order')} value={order} options={ORDERS} name={(name) => say(`order.${name}`)} />
          <p class="note">{say(`note.${order.value}`)}</p>
        </>
      }
      more={
        <>
          <Slider label={say('rate')} value={rate} min={0.01} max={2} log say={(value) => String(value)} />
          <Slider label={say('seed')} value={seed} min={0} max={50} />
        </>
      }
      formula={
        <>
          <Epoch />
          <Jitter />
        </>
      }
      measure={<Measure picture={() => stage.current?.querySelector('svg') ?? null} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

/** Apart, since it changes with every batch. */
function Now(): JSX.Element {
  const { epoch, batch, each } = now.value
  return <p class="batches-now">{say('now', { e: epoch + 1, k: batch + 1, each })}</p>
}
