import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { calm } from '../../app/theme.js'
import { counted, short } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { Segments, Select } from '../../parts/controls.jsx'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { later } from '../../parts/later.jsx'
import { LineChart } from '../../parts/line-chart.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { StageLegend } from '../../parts/stage-legend.jsx'
import { Curve } from './curve.jsx'
import { NeuronFormula, Theorem } from './formulas.jsx'
import { say } from './messages.js'
import { fits, follow, refused, shown, supError, working } from './model.js'
import { ACTIVATIONS, MOST_NEURONS, state } from './state.js'
import { PLANE_TARGETS, TARGETS } from './targets.js'

/** With the colours of its heat maps; most never leave the curve. */
const Plane = later(() => import('./plane.jsx').then((module) => module.Plane))

const GOAL = 0.05
const { dims, target, plane, n, phi } = state.at

/** Between two networks on the way to N, so that the curve is seen growing. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, calm.matches ? 0 : 140))

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(() => follow(pause), [])
  // A target that is almost a constant would be no challenge.
  const flat = useComputed(() => {
    const values = shown.value?.target ?? new Float32Array(1)
    return Math.max(...values) - Math.min(...values) < 0.8
  })
  const solved = useComputed(() => (shown.value?.neurons ?? Infinity) <= 10 && supError.value < GOAL && !flat.value)
  return (
    <LabPage
      idea={
        <Rich
          text={say('idea')}
          parts={{
            n: <Scrub value={n} min={1} max={MOST_NEURONS} label={say('label.n')} />,
            error: (
              <strong class="number part-output">{shown.value === undefined ? '…' : short(supError.value)}</strong>
            ),
          }}
        />
      }
      stage={
        <>
          {dims.value === '1' && (
            <StageLegend
              items={[
                ['target', say('stage.target')],
                ['output', say('stage.output')],
                ['difference', say('stage.error')],
              ]}
            />
          )}
          <div class="canvas" ref={stage}>
            {dims.value === '1' ? <Curve /> : <Plane />}
          </div>
        </>
      }
      controls={
        <>
          <Segments label={say('dims')} value={dims} options={['1', '2']} name={(name) => say(`dims.${name}`)} />
          {dims.value === '1' ? (
            <Select
              label={say('target')}
              value={target}
              options={[...TARGETS, 'own']}
              name={(name) => say(`target.${name}`)}
            />
          ) : (
            <Select label={say('target')} value={plane} options={PLANE_TARGETS} name={(name) => say(`plane.${name}`)} />
          )}
          <Select label={say('phi')} value={phi} options={ACTIVATIONS} name={String} />
          {dims.value === '1' && <p class="note">{say('draw.hint')}</p>}
        </>
      }
      formula={
        <>
          <Theorem />
          <NeuronFormula />
        </>
      }
      measure={<Measure picture={() => stage.current} />}
      challenge={say('challenge')}
      solved={solved}
      learned={<Rich text={say('learned')} />}
    />
  )
}

function Measure({ picture }: { readonly picture: () => Element | null }): JSX.Element {
  const points = [...fits.value.values()]
    .sort((a, b) => a.neurons - b.neurons)
    .filter(({ neurons }) => neurons <= n.value)
    .map((fit) => [fit.neurons, fit.supError] as const)
  const [first, last] = [points[0], points.at(-1)]
  if (refused.value !== undefined) return <p role="alert">{refused.value}</p>
  if (shown.value === undefined || first === undefined || last === undefined) return <p class="note">…</p>
  return (
    <>
      <div class="figures">
        <div>
          <p class="figure-name">{say('measure.sup')}</p>
          <p class="figure-number" data-measure="sup">
            {short(shown.value.supError)}
          </p>
        </div>
        <div>
          <p class="figure-name">{say('measure.rms')}</p>
          <p class="figure-number">{short(shown.value.rmsError)}</p>
        </div>
      </div>
      <LineChart
        series={[{ name: 'a', label: say('measure.sup'), points, marks: true }]}
        log
        mark={GOAL}
        xName={say('measure.x')}
        yName={say('measure.sup')}
        summary={say('measure.chart', {
          from: first[0],
          to: last[0],
          first: short(first[1]),
          last: short(last[1]),
        })}
      />
      <p class="note" data-working={working.value}>
        {working.value ? say('working', { n: counted(n.value) }) : say('measure.note')}
      </p>
      {dims.value === '1' && (
        <Downloads name="approximation" picture={picture}>
          <CsvDownload name="approximation" header={['neurons', 'sup_error']} rows={() => points} />
        </Downloads>
      )}
    </>
  )
}
