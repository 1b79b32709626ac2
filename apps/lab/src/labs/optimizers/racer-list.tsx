import type { JSX } from 'preact'
import { counted, short } from '../../i18n/format.js'
import { Scrub } from '../../parts/scrub.jsx'
import { Sample } from './marks.jsx'
import { say } from './messages.js'
import { playback, race, racers, racing, rateSignal, running, shown } from './model.js'
import type { RacerId } from './racers.js'
import './racer-list.css'
import { RATES, state } from './state.js'

/** Who runs, how fast, and how it went. */
export function RacerList(): JSX.Element {
  return (
    <table class="racers">
      <thead>
        <tr>
          <th scope="col">{say('col.racer')}</th>
          <th scope="col">{say('col.rate')}</th>
          <th scope="col">{say('col.reached')}</th>
        </tr>
      </thead>
      <tbody>
        {racers.value.map((id) => (
          <Row key={id} id={id} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ id }: { readonly id: RacerId }): JSX.Element {
  const runs = racing.value.includes(id)
  const name = say(`racer.${id}`)
  const choose = (): void => {
    state.at.chosen.value = id
  }
  return (
    <tr data-chosen={shown.value === id} data-racer={id} onFocusCapture={choose} onPointerDown={choose}>
      <th scope="row">
        <label>
          <input type="checkbox" checked={runs} onChange={(event) => race(id, event.currentTarget.checked)} />
          <Sample racer={id} />
          <span>{name}</span>
        </label>
      </th>
      <td>
        <Scrub value={rateSignal(id)} min={RATES[0]} max={RATES[1]} log label={say('label.rate', { racer: name })} />
      </td>
      <td class="number" data-reached={id}>
        {runs ? <Result id={id} /> : '–'}
      </td>
    </tr>
  )
}

/** Said when the race has shown it. */
function Result({ id }: { readonly id: RacerId }): JSX.Element {
  const run = running.value.find((one) => one.id === id)
  if (run === undefined) return <>…</>
  const { reached, lost, losses } = run
  if (reached !== undefined && playback.at.value >= reached) return <>{say('reached', { steps: counted(reached) })}</>
  if (lost && playback.at.value >= losses.length - 1) return <>{say('lost')}</>
  const loss = short(losses[Math.min(playback.at.value, losses.length - 1)] ?? NaN)
  return <span class="racer-loss">{say('on.the.way', { loss })}</span>
}
