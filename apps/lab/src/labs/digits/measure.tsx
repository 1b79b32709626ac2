import type { JSX } from 'preact'
import { counted, fixed, short } from '../../i18n/format.js'
import { Compare, keptSeries } from '../../parts/compare.jsx'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { Heatmap } from '../../parts/heatmap.jsx'
import { KeptRuns, type RunFacts } from '../../parts/kept-runs.js'
import { LineChart } from '../../parts/line-chart.jsx'
import { SIDE } from './image.js'
import { say } from './messages.js'
import { accuracy, data, history, judged, mistaken, putRow, run } from './model.js'
import { pictureOf } from './stage.jsx'
import { state } from './state.js'

export const GOAL = 0.95

const kept = new KeptRuns(state)

export function Measure({ stage }: { readonly stage: () => Element | null }): JSX.Element {
  const loss = run.losses.value[run.iteration.value - 1]
  const at = accuracy.value
  const points = history.value.map(({ iteration, accuracy: share }) => [iteration, share] as const)
  return (
    <>
      <div class="figures">
        <div>
          <p class="figure-name">{say('measure.accuracy')}</p>
          <p class="figure-number" data-measure="accuracy" data-exact={at}>
            {at === undefined ? '…' : fixed(at, 3)}
          </p>
        </div>
        <div>
          <p class="figure-name">{say('measure.loss')}</p>
          <p class="figure-number">{loss === undefined ? '…' : fixed(loss, 3)}</p>
        </div>
      </div>
      <LineChart
        series={[...keptSeries(kept.of(''), 'accuracy'), { name: 'test', label: say('measure.accuracy'), points }]}
        mark={GOAL}
        xName={say('measure.x')}
        yName={say('measure.accuracy')}
        summary={say('measure.chart', {
          from: fixed(history.value[0]?.accuracy ?? 0, 2),
          to: fixed(at ?? 0, 2),
          iterations: history.value.at(-1)?.iteration ?? 0,
        })}
      />
      <Compare
        kept={kept}
        present={{
          group: '',
          facts: () => ({
            settings: settingsNow(),
            figures: [counted(history.value.at(-1)?.iteration ?? 0), at === undefined ? '…' : fixed(at, 3)],
          }),
          lines: () => ({ accuracy: points }),
        }}
        columns={[say('measure.x'), say('measure.accuracy')]}
      />
      <Confusion />
      <Gallery />
      <Downloads name="digits" picture={() => pictureOf(stage())}>
        <CsvDownload
          name="digits"
          header={['iteration', 'test_accuracy']}
          rows={() => history.value.map(({ iteration, accuracy: share }) => [iteration, share])}
        />
      </Downloads>
    </>
  )
}

function settingsNow(): RunFacts['settings'] {
  const { kind, hidden, optimizer, rate, batch, seed } = state.at
  return {
    network: kind.value === 'mlp' ? `mlp ${hidden.value}` : kind.value,
    optimizer: optimizer.value,
    rate: short(rate.value),
    batch: batch.value,
    seed: String(seed.value),
  }
}

const DIGITS = Array.from({ length: 10 }, (_, i) => i)

/** Rows are what a digit is, columns what it is taken for. */
function Confusion(): JSX.Element {
  const counts = judged.value?.confusion
  const most = Math.max(1, ...(counts ?? []).flatMap((row, truth) => row.filter((_, said) => said !== truth)))
  return (
    <div class="confusion">
      <table>
        <caption>{say('confusion')}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{say('confusion.corner')}</span>
            </th>
            {DIGITS.map((digit) => (
              <th key={digit} scope="col" class="number">
                {digit}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DIGITS.map((truth) => (
            <tr key={truth}>
              <th scope="row" class="number">
                {truth}
              </th>
              {DIGITS.map((said) => {
                const count = counts?.[truth]?.[said] ?? 0
                const right = truth === said
                const strength = right ? count / 40 : count === 0 ? 0 : 0.25 + (0.75 * count) / most
                return (
                  <td key={said} class="number" data-right={right} data-count={count}>
                    <span class="ground" style={{ opacity: Math.min(1, strength) * 0.55 }} />
                    <span>{count === 0 ? '' : count}</span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">{say('confusion.note')}</p>
    </div>
  )
}

const SHOWN = 24

/** Digits of the test rows that are taken for others; one that is chosen comes to the pad. */
function Gallery(): JSX.Element {
  const wrong = mistaken.value
  const images = data.value?.test.x.data
  const total = data.value?.test.x.shape[0] ?? 0
  return (
    <div class="gallery">
      <p class="gallery-name">{say('gallery', { count: wrong.length, total })}</p>
      <ul>
        {images !== undefined &&
          wrong.slice(0, SHOWN).map(({ row, truth, said }) => (
            <li key={row}>
              <button type="button" onClick={() => putRow(row)} data-row={row}>
                <Heatmap
                  values={images.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE)}
                  size={[SIDE, SIDE]}
                  ramp="size"
                  label={say('gallery.label', { truth, said })}
                />
                <span class="number" aria-hidden="true">
                  {truth}→{said}
                </span>
              </button>
            </li>
          ))}
      </ul>
    </div>
  )
}
