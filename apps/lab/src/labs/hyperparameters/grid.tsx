import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { korean } from '../../i18n/rich.jsx'
import { AXES } from './axes.js'
import './grid.css'
import { say } from './messages.js'
import { axes, best, chosen, columns, rows, running, trials } from './model.js'
import { valueName } from './values.js'

/** One cell a combination; it fills as its training ends. */
export function Grid(): JSX.Element {
  const table = useRef<HTMLDivElement>(null)
  const [x, y] = axes.value
  const count = columns.value * rows.value
  const at = chosen.value ?? best.value?.id ?? 0
  const move = (to: number): void => {
    if (to < 0 || to >= count) return
    chosen.value = to
    table.current?.querySelectorAll<HTMLElement>('[role="gridcell"]')[to]?.focus()
  }
  return (
    <div
      class="search"
      ref={table}
      role="grid"
      aria-label={say('stage.summary', {
        all: count,
        done: trials.value.size,
        best: best.value === undefined ? '–' : percent(best.value.value!),
      })}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns.peek(), ArrowUp: -columns.peek() }[event.key]
        if (by === undefined) return
        move(at + by)
        event.preventDefault()
      }}
    >
      <div class="search-row search-head" role="row">
        <span class="search-corner" role="columnheader">
          <span>{korean(say(`axis.${x}`))} →</span>
          <span>{korean(say(`axis.${y}`))} ↓</span>
        </span>
        {AXES[x].map((value) => (
          <span key={value} role="columnheader" class="number">
            {valueName(value)}
          </span>
        ))}
      </div>
      {AXES[y].map((value, row) => (
        <div key={value} class="search-row" role="row">
          <span role="rowheader" class="number">
            {valueName(value)}
          </span>
          {AXES[x].map((_, column) => (
            <Cell key={column} id={row * columns.value + column} tabbable={row * columns.value + column === at} />
          ))}
        </div>
      ))}
    </div>
  )
}

const percent = (value: number): string => `${fixed(100 * value, 1)}%`

function Cell({ id, tabbable }: { readonly id: number; readonly tabbable: boolean }): JSX.Element {
  const trial = trials.value.get(id)
  const value = trial?.value ?? undefined
  const [x, y] = axes.value
  const text =
    trial === undefined
      ? say(running.value.has(id) ? 'cell.running' : 'cell.waiting')
      : trial.value === null
        ? say('cell.failed')
        : percent(trial.value)
  // Half right is chance: colour begins there.
  const share = value === undefined ? 0 : Math.min(1, Math.max(0, 2 * (value - 0.5)))
  return (
    <div
      role="gridcell"
      tabIndex={tabbable ? 0 : -1}
      aria-selected={chosen.value === id}
      class="search-cell"
      data-state={
        trial === undefined ? (running.value.has(id) ? 'running' : 'waiting') : trial.value === null ? 'failed' : 'done'
      }
      data-best={best.value?.id === id}
      style={{ '--share': String(share) }}
      onClick={() => (chosen.value = id)}
      onFocus={() => (chosen.value = id)}
      onPointerEnter={() => (chosen.value = id)}
    >
      <span class="visually-hidden">
        {say('cell.label', {
          x: korean(say(`axis.${x}`)),
          xValue: valueName(AXES[x][id % columns.value]!),
          y: korean(say(`axis.${y}`)),
          yValue: valueName(AXES[y][Math.floor(id / columns.value)]!),
          value: text,
        })}
      </span>
      <span class="search-value number" aria-hidden="true">
        {value === undefined ? (trial === undefined ? '' : text) : fixed(100 * value, 0)}
      </span>
    </div>
  )
}
