import { Figure } from '../../parts/figure.jsx'
import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Bars } from '../../parts/bars.jsx'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { TrainedOn } from '../../parts/trained-on.jsx'
import { accuracies, failure, finished, harm } from './flatten-model.js'
import { RECENT, TEST, TRAIN } from './grid.js'
import { say } from './messages.js'
import { misses, network } from './model.js'
import { EPOCHS, state } from './state.js'

interface Picture {
  readonly picture: () => Element | null
}

export function Measure({ picture }: Picture): JSX.Element {
  return state.at.scene.value === 'flatten' ? <FlattenMeasure picture={picture} /> : <GraphMeasure picture={picture} />
}

function GraphMeasure({ picture }: Picture): JSX.Element {
  const found = network.answer.value
  if (found === undefined) return <p class="note">{network.failure.value ?? say('working')}</p>
  const most = found.parts.reduce((a, value) => Math.max(a, Math.abs(value)), 0.5)
  return (
    <>
      <div class="figures">
        <Figure name={say('measure.output')} value={fixed(found.output, 3)} id="output" />
        {misses.value !== undefined && (
          <Figure name={say('measure.miss')} value={fixed(Math.max(...misses.value), 3)} id="miss" />
        )}
      </div>
      <p class="figure-name">{say('measure.each')}</p>
      <Bars
        rows={found.parts.map((value, i) => ({
          name: `neuron-${i}`,
          label: say('neuron.name', { i: i + 1 }),
          text: fixed(value, 2),
          pieces: [{ size: Math.abs(value) / most, color: value < 0 ? 'bar-b' : 'bar-a' }],
        }))}
      />
      <Downloads name="graph" picture={picture} />
    </>
  )
}

function FlattenMeasure({ picture }: Picture): JSX.Element {
  const points = (value: number | undefined): string =>
    value === undefined ? '…' : say('points', { value: fixed(100 * value, 1) })
  const { guess } = state.at
  const [dense = 0, conv = 0] = [harm('dense'), harm('conv')]
  return (
    <>
      <div class="figures">
        <Figure name={say('measure.dense')} value={points(harm('dense'))} id="dense" />
        <Figure name={say('measure.conv')} value={points(harm('conv'))} id="conv" />
      </div>
      {guess.value !== 'none' && (
        <p role="status" class="guess" data-told={finished.value}>
          {finished.value
            ? say((guess.value === 'conv') === conv > dense ? 'guess.right' : 'guess.wrong')
            : say('guess.wait')}
        </p>
      )}
      {failure.value !== undefined && <p role="alert">{failure.value}</p>}
      <p class="note">
        <Rich text={say('measure.rows', { train: TRAIN, test: TEST, recent: RECENT })} />
      </p>
      <TrainedOn />
      <Downloads name="flatten" picture={picture}>
        <CsvDownload name="flatten" header={['epoch', ...RUNNERS]} rows={rows} />
      </Downloads>
    </>
  )
}

const RUNNERS = ['dense original', 'dense shuffled', 'conv original', 'conv shuffled'] as const

/** A row for each epoch. */
const rows = (): (number | string)[][] =>
  Array.from({ length: EPOCHS + 1 }, (_, epoch) => [
    epoch,
    ...RUNNERS.map((runner) => accuracies.value[runner]?.[epoch] ?? ''),
  ])
