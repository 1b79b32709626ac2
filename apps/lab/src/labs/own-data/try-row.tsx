import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { Bars } from '../../parts/bars.jsx'
import type { ColumnSummary } from './describe.js'
import type { Cell } from './events.js'
import { say } from './messages.js'
import { answered, cells, chosen, current, ended } from './model.js'

/** A raw row, typed in or taken from the test rows, and what the model file says to it. */
export function TryRow(): JSX.Element | null {
  useEffect(() => answered.start(), [])
  const known = current.value
  if (known === undefined || ended.value === undefined) return null
  const { features } = known.choices
  const columns = features.map((name) => known.table.columns.find((column) => column.name === name)!)
  return (
    <section class="own-try" aria-label={say('try')}>
      <h3>{say('try')}</h3>
      <p class="note">{say('try.note')}</p>
      <div class="own-fields">
        {columns.map((column, i) => (
          <Field key={column.name} column={column} cell={cells.value[i] ?? null} set={(cell) => put(i, cell)} />
        ))}
      </div>
      <Answer />
    </section>
  )
}

function put(i: number, cell: Cell): void {
  cells.value = cells.peek().map((other, k) => (k === i ? cell : other))
}

function Field({
  column,
  cell,
  set,
}: {
  readonly column: ColumnSummary
  readonly cell: Cell
  readonly set: (cell: Cell) => void
}): JSX.Element {
  return (
    <label class="own-field">
      <span title={column.name}>{column.name}</span>
      {column.type === 'number' ? (
        <input
          type="number"
          step="any"
          value={cell ?? ''}
          onInput={({ currentTarget: { value } }) => set(value === '' ? null : Number(value))}
        />
      ) : (
        <select
          value={String(cell ?? '')}
          onChange={({ currentTarget: { value } }) => set(value === '' ? null : value)}
        >
          <option value="">{say('try.none')}</option>
          {column.categories.map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
        </select>
      )}
    </label>
  )
}

function Answer(): JSX.Element {
  const { answer, failure } = answered
  const said = answer.value
  const labels = current.value?.ready.labels
  const end = ended.value!
  const i = chosen.value
  const row = end.cells[i ?? -1]
  const untouched = row !== undefined && row.every((cell, k) => cell === cells.value[k])
  const truth = i === undefined || !untouched ? undefined : end.shown.truth[i]
  if (failure.value !== undefined)
    return (
      <p role="alert" lang="en" class="own-said">
        {failure.value}
      </p>
    )
  return (
    <>
      <p class="own-answer" aria-live="polite">
        {say('try.answer', { target: current.value?.choices.target ?? '' })}{' '}
        <strong data-measure="answer">{said === undefined ? '…' : saidAs(said.prediction)}</strong>
        {truth !== undefined && (
          <span class="own-truth">
            {' '}
            {say('try.truth', { truth: labels === undefined ? short(truth) : labels[truth]! })}
          </span>
        )}
      </p>
      {said?.probabilities !== undefined && labels !== undefined && labels.length <= 12 && (
        <Bars
          rows={labels.map((label, c) => ({
            name: label,
            label,
            text: `${fixed(100 * (said.probabilities?.[c] ?? 0), 1)}%`,
            pieces: [{ size: said.probabilities?.[c] ?? 0, color: 'bar-a' }],
          }))}
        />
      )}
    </>
  )
}

const saidAs = (prediction: string | number): string =>
  typeof prediction === 'number' ? short(prediction) : prediction
