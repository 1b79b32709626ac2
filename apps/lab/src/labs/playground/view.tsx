import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { counted, fixed, short } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Player } from '../../parts/player.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { Board } from './board.jsx'
import { Controls, MoreControls } from './controls.jsx'
import { Exports } from './exports.jsx'
import { Formulas } from './formulas.jsx'
import { Measure } from './measure.jsx'
import { say } from './messages.js'
import { follow, regression, run, seen } from './model.js'
import { narrow } from './scene.js'
import { MOST_ROWS, state } from './state.js'

const GOAL = 0.95

export function View(): JSX.Element {
  useEffect(follow, [])
  const solved = useComputed(() => state.at.data.value === 'spiral' && (seen.value.frame?.testAccuracy ?? 0) > GOAL)
  return (
    <LabPage
      idea={<Idea />}
      stage={<Board />}
      controls={
        <>
          {narrow.value && <Player run={run} />}
          <Controls />
        </>
      }
      more={<MoreControls />}
      formula={<Formulas />}
      measure={
        <>
          <Measure />
          <Exports />
        </>
      }
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

function Idea(): JSX.Element {
  const { frame } = seen.value
  const right = frame?.testAccuracy === undefined ? '…' : `${fixed(100 * frame.testAccuracy, 1)}%`
  const loss = frame?.testLoss === undefined ? '…' : short(frame.testLoss)
  return (
    <Rich
      text={say(regression.value ? 'idea.heights' : 'idea')}
      parts={{
        rate: <Scrub value={state.at.rate} min={0.0001} max={10} log digits={4} label={say('rate')} />,
        batch: <Scrub value={state.at.batch} min={1} max={MOST_ROWS} label={say('batch')} />,
        iteration: <strong class="number">{counted(frame?.iteration ?? 0)}</strong>,
        accuracy: <strong class="number part-output">{regression.value ? loss : right}</strong>,
      }}
    />
  )
}
