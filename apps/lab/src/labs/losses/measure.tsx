import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'
import { Bars } from '../../parts/bars.jsx'
import { Downloads } from '../../parts/downloads.jsx'
import { say } from './messages.js'
import { failure, fitted, shown } from './model.js'
import { LOSSES } from './names.js'

interface Props {
  readonly picture: () => SVGSVGElement | null
}

const percent = (share: number): string => `${fixed(100 * share, 0)}%`

/** The four losses, and which output each of them comes from. */
export function LossMeasure({ picture }: Props): JSX.Element {
  const found = shown.value
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  if (found === undefined) return <p class="note">…</p>
  return (
    <>
      <div class="figures">
        {LOSSES.map((name) => (
          <div key={name}>
            <p class="figure-name">{say(`loss.${name}`)}</p>
            <p class="figure-number" data-measure={name}>
              {fixed(found.at[name].value, 3)}
            </p>
          </div>
        ))}
      </div>
      <p class="figure-name">{say('measure.shares')}</p>
      <Bars
        rows={LOSSES.map((name) => {
          const [a = 0, b = 0, c = 0] = found.at[name].shares
          return {
            name,
            label: say(`loss.${name}`),
            text: [a, b, c].map(percent).join(' · '),
            pieces: [a, b, c].map((size, i) => ({ size, color: `output-${i + 1}` })),
          }
        })}
      />
      <Downloads name="losses" picture={picture} />
    </>
  )
}

/** What one point weighs in each loss. */
export function OutlierMeasure({ picture }: Props): JSX.Element {
  const found = fitted.value
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  if (found === undefined) return <p class="note">…</p>
  const rows = (['sse', 'abs'] as const).map((name) => ({
    name,
    label: say(`loss.${name}`),
    text: percent(found[name].largestShare),
    pieces: [{ size: found[name].largestShare, color: name === 'sse' ? 'bar-a' : 'bar-b' }],
  }))
  return (
    <>
      <div class="figures">
        {(['sse', 'abs'] as const).map((name) => (
          <div key={name}>
            <p class="figure-name">{say(`outlier.${name}`)}</p>
            <p class="figure-number" data-measure={`least-${name}`}>
              {fixed(found[name].constant, 2)}
            </p>
          </div>
        ))}
      </div>
      <p class="figure-name">{say('outlier.share')}</p>
      <Bars rows={rows} />
      <p class="note">{say('outlier.mse')}</p>
      <p class="note">{say('outlier.cee', { value: fixed(found.confidentMistake, 2) })}</p>
      <Downloads name="outlier" picture={picture} />
    </>
  )
}
