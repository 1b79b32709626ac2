import { Figure } from '../../parts/figure.jsx'
import type { JSX } from 'preact'
import { short, significant } from '../../i18n/format.js'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { LineChart } from '../../parts/line-chart.jsx'
import { say } from './messages.js'
import { descend, measured, steps } from './model.js'
import { plainName } from './name.jsx'
import { state } from './state.js'

/** What the gradient is good for, and whether it is right. */
export function Measure({ picture }: { readonly picture: () => SVGSVGElement | null }): JSX.Element {
  const found = measured.value
  if (found === undefined) return <p class="note">…</p>
  const { before, after, error, curve } = found
  const delta = state.at.delta.value
  return (
    <>
      <div class="figures">
        <Figure name={say('measure.before')} value={significant(before, 4)} id="before" />
        <Figure name={say('measure.after')} value={significant(after, 4)} id="after" />
        <Figure name={say('measure.error')} value={short(error)} id="error" />
      </div>
      <LineChart
        series={[
          { name: 'gradient', label: say('measure.curve'), points: curve },
          {
            name: 'a',
            label: say('measure.step'),
            points: [
              [0, before],
              [delta, after],
            ],
            marks: true,
          },
        ]}
        mark={before}
        xName="δ"
        yName="ℒ(w − δ ∇ℒ)"
        summary={say('measure.chart', {
          delta: short(delta),
          before: significant(before, 4),
          after: significant(after, 4),
        })}
      />
      <p class="bp-descend">
        <button type="button" class="button quiet" onClick={descend}>
          {say('measure.go')}
        </button>
      </p>
      <p class="note">{say('measure.note')}</p>
      <Downloads name="backpropagation" picture={picture}>
        <CsvDownload
          name="backpropagation"
          header={['step', 'pass', 'of', 'result']}
          rows={() => steps.peek().map(({ pass, name, result }, i) => [i + 1, pass, plainName(name), result])}
        />
      </Downloads>
    </>
  )
}
