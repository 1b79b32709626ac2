import { Figure } from '../../parts/figure.jsx'
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { say as sayApp } from '../../app/messages.js'
import { fixed, short } from '../../i18n/format.js'
import { Compare, keptSeries } from '../../parts/compare.jsx'
import { Segments } from '../../parts/controls.jsx'
import { CsvDownload } from '../../parts/downloads.jsx'
import { KeptRuns, type RunFacts } from '../../parts/kept-runs.js'
import { LineChart, type Series } from '../../parts/line-chart.jsx'
import type { Measure as Measured } from '../../training/live-run.js'
import { flowOfLayers, flowSentence } from './flow-bars.jsx'
import { say } from './messages.js'
import { parts, regression, seen } from './model.js'
import { savePicture } from './picture.js'
import { narrow } from './scene.js'
import { state } from './state.js'

const WHAT = ['loss', 'accuracy'] as const
const what = signal<(typeof WHAT)[number]>('loss')

const kept = new KeptRuns(state)

/** A frame has the same measures as a point of the history; large networks are not measured in every one. */
type Measures = Partial<Pick<Measured, 'trainLoss' | 'testLoss' | 'trainAccuracy' | 'testAccuracy'>>
type Quantity = (measures: Measures) => number | undefined

const PICKS: Readonly<Record<(typeof WHAT)[number], { readonly train: Quantity; readonly test: Quantity }>> = {
  loss: { train: ({ trainLoss }) => trainLoss, test: ({ testLoss }) => testLoss },
  accuracy: { train: ({ trainAccuracy }) => trainAccuracy, test: ({ testAccuracy }) => testAccuracy },
}

function settingsNow(): RunFacts['settings'] {
  const { data, points, noise, net, loss, opt, rate, batch, order, seed } = state.at
  return {
    data: data.value,
    points: String(points.value),
    noise: short(noise.value),
    inputs: state.at.in.value.join(' '),
    network: state.fields.net.format(net.value).replaceAll('_', ' '),
    loss: loss.value,
    optimizer: opt.value,
    rate: short(rate.value),
    batch: String(batch.value),
    order: order.value,
    seed: String(seed.value),
  }
}

function series(name: string, label: string, measures: readonly Measured[], pick: Quantity): Series {
  const points = measures.flatMap((measure) => {
    const value = pick(measure)
    return value === undefined ? [] : [[measure.iteration, value] as const]
  })
  return { name, label, points }
}

export function Measure(): JSX.Element {
  const { frame, measures } = seen.value
  const shown = regression.value ? 'loss' : what.value
  const { train, test } = PICKS[shown]
  const last = measures.at(-1)
  const now: Measures = frame?.trainLoss === undefined ? (last ?? {}) : frame
  const group = regression.value ? 'heights' : 'classes'
  const say3 = (value: number | undefined): string =>
    value === undefined ? '–' : shown === 'loss' ? short(value) : fixed(value, 3)
  return (
    <>
      <div class="figures">
        <Figure name={say('measure.train')} value={say3(train(now))} id="train" />
        <Figure name={say('measure.test')} value={say3(test(now))} id="test" />
      </div>
      {!regression.value && (
        <Segments label={say('measure.what')} value={what} options={WHAT} name={(name) => say(`measure.${name}`)} />
      )}
      <LineChart
        series={[
          ...keptSeries(kept.of(group), shown),
          series('train', say('measure.train'), measures, train),
          series('test', say('measure.test'), measures, test),
        ]}
        xName={say('history.iteration')}
        yName={say(`measure.${shown}`)}
        {...(shown === 'accuracy' && { mark: 0.95 })}
        summary={say('measure.chart', {
          iteration: last?.iteration ?? 0,
          train: say3(last && train(last)),
          test: say3(last && test(last)),
        })}
      />
      {narrow.value && state.at.flow.value && <p class="note flow-words">{flowSentence(flowOfLayers())}</p>}
      <p class="note">
        {say('measure.note', {
          train: parts.value.train.values.length,
          test: parts.value.test?.values.length ?? 0,
          seed: state.at.seed.value,
        })}
      </p>
      <Compare
        kept={kept}
        present={{
          group,
          facts: () => ({ settings: settingsNow(), figures: [say3(train(now)), say3(test(now))] }),
          // Of the test points, which tell how well the network does with what it has not seen; the table has both.
          lines: () => ({
            loss: series('', '', seen.peek().measures, PICKS.loss.test).points,
            accuracy: series('', '', seen.peek().measures, PICKS.accuracy.test).points,
          }),
        }}
        columns={[say('measure.train'), say('measure.test')]}
      />
      <div class="downloads">
        <button
          type="button"
          class="plain"
          onClick={() => {
            const board = document.querySelector<HTMLElement>('.board')
            if (board !== null) void savePicture('playground.png', board)
          }}
        >
          {sayApp('download.png')}
        </button>
        <CsvDownload
          name="playground-history"
          header={['iteration', 'trainLoss', 'testLoss', 'trainAccuracy', 'testAccuracy']}
          rows={() =>
            seen
              .peek()
              .measures.map(({ iteration, trainLoss, testLoss, trainAccuracy, testAccuracy }) => [
                iteration,
                trainLoss,
                testLoss ?? '',
                trainAccuracy ?? '',
                testAccuracy ?? '',
              ])
          }
        />
      </div>
    </>
  )
}
