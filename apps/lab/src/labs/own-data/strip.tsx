import type { JSX } from 'preact'
import { counted } from '../../i18n/format.js'
import { canBeFeature, tasksOf, type Bars, type ColumnSummary } from './describe.js'
import { colourOf } from './marks.js'
import { say } from './messages.js'
import { current, lit, pointed } from './model.js'
import './strip.css'
import { chooseTarget, isUsed, opened, targetIndex, toggleUse } from './table.js'

/** The columns of the table: what each holds, which are used, and which is to be predicted. */
export function Strip(): JSX.Element {
  const summary = opened.value
  if (summary === undefined) return <ol class="own-strip" />
  // By class, once the training of this table has said what they are.
  const known = current.value
  const coloured =
    known?.table === summary && known.choices.target === summary.columns[targetIndex.value]?.name
      ? known.ready.bars
      : undefined
  return (
    <ol class="own-strip" aria-label={say('strip.label')} data-lit={lit.value ?? ''}>
      {summary.columns.map((column, i) => (
        <Column
          key={`${summary.table} ${i}`}
          column={column}
          i={i}
          rows={summary.rows}
          bars={(coloured ?? summary.bars)[i]!}
        />
      ))}
    </ol>
  )
}

function Column({
  column,
  i,
  rows,
  bars,
}: {
  readonly column: ColumnSummary
  readonly i: number
  readonly rows: number
  readonly bars: Bars
}): JSX.Element {
  const isTarget = i === targetIndex.value
  const role = isTarget ? 'target' : isUsed(column, i) ? 'input' : 'off'
  const point = (): void => {
    pointed.value = i
  }
  return (
    <li class="own-column" data-role={role} onPointerEnter={point} onFocusCapture={point}>
      <button
        type="button"
        class="own-column-use"
        aria-pressed={role === 'input'}
        disabled={isTarget || !canBeFeature(column)}
        title={column.name}
        onClick={() => toggleUse(i)}
      >
        <span class="own-column-name">{column.name}</span>
        <Histogram bars={bars} rows={rows} />
        <span class="own-column-facts">{facts(column)}</span>
        <span class="own-column-role">{say(`role.${role}`)}</span>
      </button>
      <label class="own-column-target">
        <input
          type="radio"
          name="own-target"
          checked={isTarget}
          disabled={tasksOf(column).length === 0}
          aria-label={say('target.label', { name: column.name })}
          onChange={() => chooseTarget(i)}
        />
        <span aria-hidden="true">{say('role.target')}</span>
      </label>
    </li>
  )
}

function facts({ type, distinct, missing }: ColumnSummary): string {
  const kind = type === 'number' ? say('type.number') : say('type.text', { n: counted(distinct) })
  return missing === 0 ? kind : `${kind} · ${say('missing', { n: counted(missing) })}`
}

const [WIDTH, HEIGHT] = [100, 36]

/** How the values are spread, stacked by the classes that are to be told apart. */
function Histogram({ bars: { bins, counts }, rows }: { readonly bars: Bars; readonly rows: number }): JSX.Element {
  const sums = counts.map((bin) => bin.reduce((a, b) => a + b, 0))
  const most = Math.max(1, ...sums)
  const width = WIDTH / Math.max(1, bins.length)
  const shares = bins.map((bin, i) => `${bin}: ${sums[i]}`).join(', ')
  const byClass = (counts[0]?.length ?? 1) > 1
  return (
    <svg
      class="own-histogram"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={say('histogram', { rows: counted(rows), shares })}
    >
      {counts.map((bin, i) => {
        let top = HEIGHT
        return bin.map((count, c) => {
          const height = (count / most) * HEIGHT
          top -= height
          return (
            <rect
              key={`${i} ${c}`}
              class={byClass ? colourOf(c) : 'own-plain'}
              x={i * width + 0.5}
              y={top}
              width={Math.max(0.5, width - 1)}
              height={height}
            />
          )
        })
      })}
    </svg>
  )
}
