import { Figure } from '../../parts/figure.jsx'
import type { JSX } from 'preact'
import { counted, short } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Compare, keptSeries } from '../../parts/compare.jsx'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { KeptRuns } from '../../parts/kept-runs.js'
import { LineChart } from '../../parts/line-chart.jsx'
import { TrainedOn } from '../../parts/trained-on.jsx'
import type { Cost } from './compute.js'
import { say } from './messages.js'
import { batching, cost, costs, failure, measured, size, traced } from './model.js'
import { state } from './state.js'
import { iterationsOf, lastOf } from './training.js'

const percent = (share: number): string => `${short(100 * share)} %`
const kilobytes = (bytes: number): string => `${short(bytes / 1000)} kB`

/** What M brings and costs: figures of it, and beside other sizes. */
export function Measure({ picture }: { readonly picture: () => SVGSVGElement | null }): JSX.Element {
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  const known = cost.value
  const all = [...costs.value.values()].sort((a, b) => a.size - b.size)
  const whole = costs.value.get(batching.value.rows)
  const single = costs.value.get(1)
  return (
    <div data-measured={measured.value}>
      <div class="figures">
        <Figure name={say('measure.iterations')} id="iterations" value={counted(iterationsOf(batching.value))} />
        <Figure name={say('measure.last')} id="last" value={counted(lastOf(batching.value))} />
      </div>
      <div class="figures">
        <Figure name={say('measure.jitter')} id="jitter" value={known === undefined ? '…' : percent(known.jitter)} />
        <Figure name={say('measure.bytes')} id="bytes" value={known === undefined ? '…' : kilobytes(known.bytes)} />
        <Figure
          name={say('measure.time')}
          id="time"
          value={known === undefined ? '…' : `${short(known.milliseconds)} ms`}
        />
      </div>
      <Against
        all={all}
        of={({ jitter }) => 100 * jitter}
        name={say('chart.jitter')}
        goal={single && 20 * single.jitter}
      />
      <Against
        all={all}
        of={({ bytes }) => bytes / 1000}
        name={say('chart.bytes')}
        goal={whole && whole.bytes / 5000}
      />
      <Against all={all} of={({ milliseconds }) => milliseconds} name={say('chart.time')} goal={undefined} />
      <Trainings />
      <p class="note">
        <Rich text={say('measure.note', { seed: batching.value.seed })} />
      </p>
      <TrainedOn />
      <Downloads name="batches" picture={picture}>
        <CsvDownload
          name="batch-losses"
          header={['iteration', 'loss']}
          rows={() => Array.from(traced.peek()?.losses ?? [], (loss, k) => [k + 1, loss])}
        />
      </Downloads>
    </div>
  )
}

const kept = new KeptRuns(state)

/** How the training goes, epoch by epoch, beside those with another M, order or rate. */
function Trainings(): JSX.Element | null {
  const known = traced.value
  if (known === undefined) return null
  const { rows, size: m, order, rate, seed } = known.batching
  const points = known.epochs.map(({ mean }, e) => [e + 1, mean] as const)
  const last = known.epochs.at(-1)!
  const [mean, deviation] = [short(last.mean), short(last.deviation)]
  const runs = kept.of('')
  return (
    <>
      {runs.length > 0 && (
        <LineChart
          series={[...keptSeries(runs, 'loss'), { name: 'now', label: say('chart.now'), points }]}
          xName={say('chart.epoch')}
          yName={say('chart.loss')}
          summary={say('chart.trainings', { epochs: points.length, mean })}
        />
      )}
      <Compare
        kept={kept}
        present={{
          group: '',
          facts: () => ({
            settings: { data: `D=${rows}`, batch: `M=${m}`, order, rate: short(rate), seed: String(seed) },
            figures: [mean, deviation],
          }),
          lines: () => ({ loss: points }),
        }}
        columns={[say('chart.loss'), say('chart.deviation')]}
      />
    </>
  )
}

/** One quantity against M, both as magnitudes; the present M is marked. */
function Against({
  all,
  of,
  name,
  goal,
}: {
  readonly all: readonly Cost[]
  readonly of: (cost: Cost) => number
  readonly name: string
  readonly goal: number | undefined
}): JSX.Element {
  const points = all.map((one) => [one.size, of(one)] as const).filter(([, value]) => value > 0)
  const own = points.filter(([m]) => m === size.value)
  const [first, last] = [points[0], points.at(-1)]
  return (
    <figure class="against">
      <LineChart
        series={[
          { name: 'all', label: name, points, marks: true },
          { name: 'own', label: say('chart.own'), points: own, marks: true },
        ]}
        log
        logX
        height={150}
        {...(goal !== undefined && { mark: goal })}
        xName="M"
        yName={name}
        summary={
          first === undefined || last === undefined
            ? name
            : say('chart.summary', { name, from: first[0], to: last[0], first: short(first[1]), last: short(last[1]) })
        }
      />
    </figure>
  )
}
