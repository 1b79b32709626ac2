import type { JSX } from 'preact'
import { counted, fixed, short } from '../../i18n/format.js'
import { korean, Rich } from '../../i18n/rich.jsx'
import { Compare, keptSeries } from '../../parts/compare.jsx'
import { KeptRuns, type RunFacts } from '../../parts/kept-runs.js'
import { LineChart } from '../../parts/line-chart.jsx'
import { say } from './messages.js'
import { current, ended, lookedAt, measures } from './model.js'
import { state } from './state.js'

/** How the training goes, and what came of it. */
export function Report(): JSX.Element {
  const last = measures.value[(lookedAt.value ?? measures.value.length) - 1]
  const classes = current.value?.choices.task !== 'values'
  const end = ended.value
  return (
    <>
      <div class="figures">
        <Figure name={say(classes ? 'score.test' : 'r2.test')} value={end?.report.score} measure="test" />
        <Figure
          name={say(classes ? 'score.validation' : 'r2.validation')}
          value={last?.valScore}
          measure="validation"
        />
        {!classes && (
          <div>
            <p class="figure-name">{say('error.test')}</p>
            <p class="figure-number" data-measure="error">
              {end?.report.error === undefined ? '–' : short(end.report.error)}
            </p>
          </div>
        )}
      </div>
      <Losses />
      {end !== undefined && classes && <Classes />}
    </>
  )
}

function Figure({
  name,
  value,
  measure,
}: {
  readonly name: string
  readonly value: number | undefined
  readonly measure: string
}): JSX.Element {
  return (
    <div>
      <p class="figure-name">{name}</p>
      <p class="figure-number" data-measure={measure}>
        {value === undefined ? '–' : fixed(value, 3)}
      </p>
    </div>
  )
}

const kept = new KeptRuns(state)

/** What is measured alike: the same rows, and the same column to predict, as classes or as values. */
const groupOf = (known: typeof current.value): string =>
  JSON.stringify([known?.table.table, known?.choices.target, known?.choices.task, known?.choices.scaleTarget])

function settingsOf(known: typeof current.value): RunFacts['settings'] {
  if (known === undefined) return {}
  const { features, scaling, hidden, activation, learningRate, batchSize, epochs, seed } = known.choices
  return {
    inputs: features.join(' '),
    scaling: korean(say(`scaling.${scaling}`)),
    // Without a hidden layer there is none to be activated.
    network: hidden.length === 0 ? '0' : [...hidden, activation].join(' '),
    rate: short(learningRate),
    batch: String(batchSize),
    epochs: String(epochs),
    seed: String(seed),
  }
}

function Losses(): JSX.Element {
  const known = current.value
  const all = measures.value
  const [first, last] = [all[0], all.at(-1)]
  const line = (of: 'loss' | 'valLoss'): (readonly [number, number])[] => all.map((one, i) => [i + 1, one[of]])
  return (
    <div class="own-losses">
      {first !== undefined && last !== undefined && (
        <LineChart
          series={[
            ...keptSeries(kept.of(groupOf(known)), 'validation'),
            { name: 'train', label: say('loss.train'), points: line('loss') },
            { name: 'test', label: say('loss.validation'), points: line('valLoss') },
          ]}
          log
          xName={say('epochs')}
          yName={say('loss')}
          summary={say('loss.summary', {
            n: counted(all.length),
            first: short(first.loss),
            last: short(last.loss),
            validation: short(last.valLoss),
          })}
        />
      )}
      <Compare
        kept={kept}
        present={{
          group: groupOf(known),
          facts: () => ({
            settings: settingsOf(known),
            figures: [last?.valScore, ended.value?.report.score].map((score) =>
              score === undefined ? '–' : fixed(score, 3),
            ),
          }),
          lines: () => ({ validation: line('valLoss') }),
        }}
        columns={[say('part.validation'), say('part.test')]}
      />
    </div>
  )
}

/** Class by class, as `classificationReport` says it. */
function Classes(): JSX.Element {
  const { report } = ended.value!
  return (
    <div class="own-table" tabIndex={0} role="region" aria-label={say('report')}>
      <table>
        <caption>{say('report')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('report.class')}</th>
            {(['precision', 'recall', 'f1', 'support'] as const).map((name) => (
              <th key={name} scope="col">
                <Rich text={say(`report.${name}`)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.classes.map(({ label, precision, recall, f1, support }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{fixed(precision, 3)}</td>
              <td>{fixed(recall, 3)}</td>
              <td>{fixed(f1, 3)}</td>
              <td>{counted(support)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
