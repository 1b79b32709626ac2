import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { counted, fixed } from '../../i18n/format.js'
import { korean, plain, Rich } from '../../i18n/rich.jsx'
import { Select, Slider } from '../../parts/controls.jsx'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { Formula, part } from '../../parts/formula.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { LineChart } from '../../parts/line-chart.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { AXES, AXIS_NAMES, type Axis } from './axes.js'
import { DATA } from './data.js'
import { Grid } from './grid.jsx'
import { playgroundHref } from './in-playground.js'
import { say } from './messages.js'
import {
  adopt,
  axes,
  best,
  chosen,
  columns,
  failure,
  follow,
  progress,
  rate,
  rows,
  searching,
  trials,
} from './model.js'
import { MOST_WORKERS, state } from './state.js'
import { valueName } from './values.js'

const GOAL = 0.95
const { x, y, data, epochs, seed, workers } = state.at

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  useEffect(follow, [])
  const solved = useComputed(() => data.value === 'spirals' && (best.value?.value ?? 0) > GOAL)
  const [across, down] = axes.value
  const found = best.value
  return (
    <LabPage
      idea={
        <Rich
          text={say('idea')}
          parts={{
            count: <strong class="number">{columns.value * rows.value}</strong>,
            epochs: <Scrub value={epochs} min={5} max={100} step={5} label={say('epochs')} />,
            best:
              found === undefined ? (
                '…'
              ) : (
                <strong>
                  {korean(say(`axis.${across}`))} <span class="number">{valueName(found.point[across])}</span>,{' '}
                  {korean(say(`axis.${down}`))} <span class="number">{valueName(found.point[down])}</span>
                </strong>
              ),
          }}
        />
      }
      stage={
        <div class="canvas" ref={stage}>
          <Grid />
        </div>
      }
      controls={
        <>
          <Select label={say('x')} value={x} options={AXIS_NAMES} name={(axis) => plain(say(`axis.${axis}`))} />
          <Select label={say('y')} value={y} options={AXIS_NAMES} name={(axis) => plain(say(`axis.${axis}`))} />
          <Select label={say('data')} value={data} options={DATA} name={(name) => say(`data.${name}`)} />
          <Detail />
        </>
      }
      more={
        <>
          <Slider label={say('epochs')} value={epochs} min={5} max={100} step={5} />
          <Slider label={say('workers')} value={workers} min={1} max={MOST_WORKERS} />
          <Slider label={say('seed')} value={seed} min={0} max={99} />
          <p class="note">{say('base')}</p>
          {AXIS_NAMES.filter((axis) => axis !== across && axis !== down).map((axis) => (
            <Base key={axis} axis={axis} />
          ))}
        </>
      }
      formula={
        <>
          <Formula
            tex={`${part('output', '\\lambda^\\ast')} = \\operatorname*{arg\\,max}_{\\lambda \\in \\Lambda_1 \\times \\Lambda_2} \\mathrm{accuracy}_{\\mathrm{test}}\\bigl(\\mathbf{w}_\\lambda\\bigr)`}
          />
          <Formula tex={'\\mathbf{w}_\\lambda = \\mathrm{train}(\\lambda)'} />
        </>
      }
      measure={<Measure picture={() => stage.current} />}
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

/** A hyperparameter that is not searched. */
function Base({ axis }: { readonly axis: Axis }): JSX.Element {
  const place = state.at[axis]
  return (
    <Slider
      label={say(`axis.${axis}`)}
      value={place}
      min={0}
      max={AXES[axis].length - 1}
      say={(at) => valueName(AXES[axis][at]!)}
    />
  )
}

function Detail(): JSX.Element {
  // The best, until another cell is pointed at.
  const id = chosen.value ?? best.value?.id
  const trial = id === undefined ? undefined : trials.value.get(id)
  if (id === undefined || trial === undefined) return <p class="note">{say('cell.none')}</p>
  return (
    <div>
      <p class="note">{say('cell.detail')}</p>
      <dl class="search-detail">
        {AXIS_NAMES.map((axis) => [
          <dt key={axis}>{korean(say(`axis.${axis}`))}</dt>,
          <dd key={`${axis} value`} class="number">
            {valueName(trial.point[axis])}
          </dd>,
        ])}
      </dl>
      <button type="button" class="plain" onClick={() => adopt(id)}>
        {say('adopt')}
      </button>
      <p>
        <a href={playgroundHref(trial.point)}>{say('playground')}</a>
      </p>
    </div>
  )
}

function Measure({ picture }: { readonly picture: () => Element | null }): JSX.Element {
  const found = best.value
  const points = progress.value.map((value, i) => [i + 1, value] as const)
  if (failure.value !== undefined) return <p role="alert">{failure.value}</p>
  const percent = (value: number): string => `${fixed(100 * value, 1)}%`
  return (
    <div data-searching={searching.value}>
      <div class="figures">
        <div>
          <p class="figure-name">{say('measure.best')}</p>
          <p class="figure-number" data-measure="best">
            {found === undefined ? '–' : percent(found.value!)}
          </p>
        </div>
        <div>
          <p class="figure-name">{say('measure.done')}</p>
          <p class="figure-number">
            {counted(trials.value.size)}/{counted(columns.value * rows.value)}
          </p>
        </div>
        <div>
          <p class="figure-name">{say('measure.rate')}</p>
          <p class="figure-number">{fixed(rate.value, 1)}</p>
        </div>
      </div>
      <LineChart
        series={[{ name: 'a', label: say('measure.best'), points }]}
        xName={say('measure.x')}
        yName={say('measure.best')}
        mark={GOAL}
        summary={say('measure.chart', {
          done: points.length,
          first: percent(points[0]?.[1] ?? 0),
          last: percent(points.at(-1)?.[1] ?? 0),
        })}
      />
      <Downloads name="search" picture={picture}>
        <CsvDownload
          name="search"
          header={[...AXIS_NAMES, 'test_accuracy', 'seconds']}
          rows={() =>
            [...trials.peek().values()].map((trial) => [
              ...AXIS_NAMES.map((axis) => trial.point[axis]),
              trial.value ?? '',
              trial.seconds,
            ])
          }
        />
      </Downloads>
    </div>
  )
}
