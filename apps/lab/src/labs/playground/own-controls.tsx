import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Segments } from '../../parts/controls.jsx'
import { CsvColumnsError, pointsFromCsv } from './csv.js'
import { say } from './messages.js'
import { MOST_POINTS } from './own-points.js'
import { clearPoints, pen, PENS } from './point-editor.js'
import { state } from './state.js'

/** What was read of a file, or why it was not. */
const said = signal<{ readonly text: string; readonly failed: boolean } | undefined>(undefined)

/** Points of one's own: set on the surface, or read from a file. */
export function OwnPoints(): JSX.Element {
  return (
    <div class="own">
      <Segments label={say('own.pen')} value={pen} options={PENS} name={(name) => say(`own.${name}`)} />
      <p class="note">{say('own.hint')}</p>
      <label class="own-file">
        <span>{say('own.csv')}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0]
            if (file !== undefined) void open(file)
          }}
        />
      </label>
      <p class="note" role={said.value?.failed === true ? 'alert' : undefined}>
        {said.value?.text ?? say('own.csv.help')}
      </p>
      <p class="own-count">
        <span class="note">{say('own.count', { n: state.at.own.value.length, most: MOST_POINTS })}</span>
        <button type="button" class="plain" onClick={clearPoints}>
          {say('own.clear')}
        </button>
      </p>
    </div>
  )
}

async function open(file: File): Promise<void> {
  try {
    const { points, rows, columns } = await pointsFromCsv(file)
    state.at.own.value = points
    const [x, y, label] = columns
    said.value = { text: say('own.csv.read', { rows, taken: points.length, x, y, label }), failed: false }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    said.value = { text: error instanceof CsvColumnsError ? say('own.csv.columns') : reason, failed: true }
  }
}
