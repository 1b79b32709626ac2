import type { JSX } from 'preact'
import { fixed, short } from '../../i18n/format.js'
import { Bars } from '../../parts/bars.jsx'
import { Downloads } from '../../parts/downloads.jsx'
import { saveCsv } from '../../parts/save.js'
import { say as sayApp } from '../../app/messages.js'
import { say } from './messages.js'
import { failure, list, runs, valleys } from './model.js'
import { LIMIT, SCALINGS, WAYS } from './names.js'
import { ending } from './panels.jsx'

interface Props {
  readonly picture: () => SVGSVGElement | null
}

const percent = (share: number): string => `${fixed(100 * share, share < 0.1 ? 1 : 0)}%`

/** Iterations of each scaling, side by side; and what one person leaves to the others. */
export function DescentMeasure({ picture }: Props): JSX.Element {
  const [found, shown] = [runs.value, valleys.value]
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  if (found === undefined || shown === undefined) return <p class="note">…</p>
  return (
    <>
      <p class="figure-name">{say('measure.iterations')}</p>
      <Bars
        rows={SCALINGS.map((scaling) => {
          const run = found[scaling]
          return {
            name: scaling,
            label: (
              <>
                {say(`scaling.${scaling}`)}{' '}
                <span class="number soft">
                  κ {short(shown[scaling].condition)} · δ {short(run.rate)}
                </span>
              </>
            ),
            text: ending(run),
            faded: run.end !== 'converged',
            pieces: [{ size: Math.log10(1 + run.iterations) / Math.log10(1 + LIMIT), color: 'bar-ink' }],
          }
        })}
      />
      <p class="note">{say('measure.note')}</p>
      <p class="figure-name">{say('measure.kept')}</p>
      <Bars
        rows={(['minmax', 'zscore'] as const).map((scaling) => ({
          name: `kept-${scaling}`,
          label: say(`scaling.${scaling}`),
          text: percent(shown[scaling].kept[1]!),
          pieces: [{ size: shown[scaling].kept[1]!, color: 'bar-c' }],
        }))}
      />
      <p class="note">{say('measure.honest')}</p>
      <Downloads name="scaling" picture={picture}>
        <button type="button" class="plain" onClick={saveHistory}>
          {sayApp('download.csv')}
        </button>
      </Downloads>
    </>
  )
}

function saveHistory(): void {
  const found = runs.peek()
  if (found === undefined) return
  const rows = SCALINGS.flatMap((scaling) => {
    const { at, w1, w2, gap } = found[scaling]
    return at.map((k, i) => [scaling, k, w1[i]!, w2[i]!, gap[i]!])
  })
  saveCsv('scaling.csv', ['scaling', 'iteration', 'w1', 'w2', 'gap_m2'], rows)
}

/** What the outlier leaves to the rest of the list. */
export function ListMeasure({ picture }: Props): JSX.Element {
  const found = list.value
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  if (found === undefined) return <p class="note">…</p>
  return (
    <>
      <p class="figure-name">{say('measure.kept.list')}</p>
      <Bars
        rows={WAYS.map((way) => ({
          name: `kept-${way}`,
          label: say(`strip.${way}`),
          text: percent(found.by[way].kept),
          pieces: [{ size: found.by[way].kept, color: 'bar-c' }],
        }))}
      />
      <p class="note">{say('measure.few')}</p>
      <p class="note">{say('measure.honest')}</p>
      <Downloads name="scaling-list" picture={picture} />
    </>
  )
}
