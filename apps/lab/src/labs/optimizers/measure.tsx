import { Figure } from '../../parts/figure.jsx'
import type { JSX } from 'preact'
import { counted, short } from '../../i18n/format.js'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { TrainedOn } from '../../parts/trained-on.jsx'
import { say } from './messages.js'
import { failure, goal, playback, ready, running, shown, winner } from './model.js'
import { RaceChart } from './race-chart.jsx'
import { state } from './state.js'
import { summary } from './surface-stage.jsx'

/** Who was down first, what it cost, and how far the chosen one came. */
export function Measure({ picture }: { readonly picture: () => Element | null }): JSX.Element {
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  const first = winner.value
  const own = running.value.find(({ id }) => id === shown.value)
  const network = state.at.where.value === 'network'
  const racer = say(`racer.${shown.value}`)
  return (
    <>
      <div class="figures">
        <div>
          <p class="figure-name">{say('measure.winner')}</p>
          <p class="figure-winner" data-measure="winner" data-ready={ready.value}>
            {first === undefined ? say('measure.none') : say(`racer.${first.id}`)}
          </p>
        </div>
        {first?.reached !== undefined && (
          <Figure name={say('measure.steps')} id="steps" value={counted(first.reached)} />
        )}
        {first?.reached !== undefined && first.rowsAStep > 0 && (
          <Figure name={say('measure.rows')} id="rows" value={counted(first.reached * first.rowsAStep)} />
        )}
        {own?.way !== undefined && (
          <Figure name={say('measure.distance', { racer })} id="distance" value={short(own.way.distance)} />
        )}
        {network && own !== undefined && (
          <Figure name={say('measure.loss', { racer })} id="loss" value={short(own.losses.at(-1) ?? NaN)} />
        )}
      </div>
      {!network && <RaceChart xName={say('steps')} yName={say('loss')} summary={summary()} height={200} />}
      <p class="note">
        {network
          ? say('measure.note.network', { goal: goal.value, seed: state.at.seed.value })
          : say('measure.note', { goal: goal.value })}
      </p>
      {network && <TrainedOn />}
      <Downloads name="optimizers" picture={picture}>
        <CsvDownload name="optimizers" header={['iteration', ...running.value.map(({ id }) => id)]} rows={losses} />
      </Downloads>
    </>
  )
}

function losses(): readonly (readonly (number | string)[])[] {
  const runs = running.peek()
  return Array.from({ length: playback.length.peek() + 1 }, (_, k) => [k, ...runs.map((run) => run.losses[k] ?? '')])
}
