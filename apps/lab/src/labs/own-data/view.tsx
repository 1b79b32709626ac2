import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { commands } from '../../app/keys.jsx'
import { counted, fixed } from '../../i18n/format.js'
import { Rich } from '../../i18n/rich.jsx'
import { LabPage } from '../../parts/lab-page.jsx'
import { Scrub } from '../../parts/scrub.jsx'
import { Controls, More } from './choices.jsx'
import { Formulas } from './formulas.jsx'
import { Matrix } from './matrix.jsx'
import { say } from './messages.js'
import { current, ended, followTraining, lookedAt, measures, pictured, score, step, tested, toggle } from './model.js'
import './own-data.css'
import { Report } from './report.jsx'
import { Scatter } from './scatter.jsx'
import { state } from './state.js'
import { Strip } from './strip.jsx'
import { followTable, opened } from './table.js'
import { TakeHome } from './take-home.jsx'
import { TryRow } from './try-row.jsx'

const { epochs, units, layers } = state.at
const GOAL = 0.95

const solved = computed(
  () => current.value?.table.table === 'wine' && current.value.choices.task === 'classes' && (score.value ?? 0) > GOAL,
)

export function View(): JSX.Element {
  const stage = useRef<HTMLDivElement>(null)
  const picture = (): SVGSVGElement | null => stage.current?.querySelector('svg') ?? null
  useEffect(() => {
    const [leaveTable, leaveTraining] = [followTable(), followTraining()]
    ;[commands.play, commands.step] = [toggle, step]
    return () => {
      leaveTable()
      leaveTraining()
      commands.play = commands.step = undefined
    }
  }, [])
  const rows = current.value?.ready.rows
  const classes = current.value?.choices.task !== 'values'
  return (
    <LabPage
      idea={
        <Rich
          text={say(layers.value === 0 ? 'idea.linear' : 'idea')}
          parts={{
            rows: <span class="number">{counted(rows?.train ?? 0)}</span>,
            units: <Scrub value={units} min={1} max={64} label={say('units')} />,
            epochs: <Scrub value={epochs} min={1} max={500} step={5} pixels={3} label={say('label.epochs')} />,
            test: <span class="number">{counted(rows?.test ?? 0)}</span>,
            score: (
              <strong class="part-output">
                {score.value === undefined
                  ? '…'
                  : say(classes ? 'idea.accuracy' : 'idea.r2', { score: fixed(score.value, 3) })}
              </strong>
            ),
          }}
        />
      }
      stage={
        <>
          <Strip />
          <Caption />
          <div class="canvas" ref={stage}>
            <Picture />
          </div>
        </>
      }
      controls={<Controls />}
      more={<More />}
      formula={<Formulas />}
      measure={
        <>
          <Report />
          <TryRow />
          <TakeHome picture={picture} />
        </>
      }
      challenge={say('challenge')}
      solved={solved}
      learned={say('learned')}
    />
  )
}

const partName = (): string => say(tested.value ? 'part.test' : 'part.validation')

/** Which rows the picture is of. */
function Caption(): JSX.Element {
  const rows = current.value?.ready.rows
  const [done, all] = [lookedAt.value ?? measures.value.length, current.value?.choices.epochs ?? 0]
  return (
    <p class="own-caption" data-ended={ended.value !== undefined} data-tested={tested.value}>
      {rows !== undefined && (
        <>
          <strong>
            {say('caption', {
              part: partName(),
              rows: counted(tested.value ? rows.test : rows.validation),
            })}
          </strong>
          <span class="own-caption-epoch"> · {say('caption.epoch', { n: counted(done), all: counted(all) })}</span>
          {tested.value && <span> · {say('caption.test')}</span>}
        </>
      )}
    </p>
  )
}

function Picture(): JSX.Element | null {
  const known = current.value
  if (known === undefined)
    return state.at.table.value === 'own' && opened.value === undefined ? (
      <p class="own-empty">{say('own.gone')}</p>
    ) : null
  const now = pictured.value
  if (known.ready.labels !== undefined)
    return <Matrix shown={now?.task === 'classes' ? now : undefined} labels={known.ready.labels} part={partName()} />
  const spread = known.table.columns.find(({ name }) => name === known.choices.target)?.spread
  return (
    <Scatter
      shown={now?.task === 'values' ? now : undefined}
      part={partName()}
      domain={[spread?.low ?? 0, spread?.high ?? 1]}
    />
  )
}
