import type { JSX } from 'preact'
import { CsvDownload, Downloads } from '../../parts/downloads.jsx'
import { save } from '../../parts/save.js'
import { inWorker } from '../../worker/remote.js'
import { say } from './messages.js'
import { current, ended, measures } from './model.js'
import { programOf } from './program.js'
import { ownFile } from './table.js'

const worker = inWorker<typeof import('./tasks.js')>('labs/own-data')

/** What one leaves with: the model file, the program that makes it, the table, the history, the picture. */
export function TakeHome({ picture }: { readonly picture: () => SVGSVGElement | null }): JSX.Element | null {
  const [known, end] = [current.value, ended.value]
  if (known === undefined || end === undefined) return null
  const { table, choices } = known
  const isOwn = table.table.startsWith('own ')
  const name = isOwn ? (ownFile.value ?? 'table.csv') : `${table.table}.csv`
  const program = programOf(table.columns, { ...choices, epochs: end.epochs }, name)
  return (
    <section class="own-home" aria-label={say('home')}>
      <h3>{say('home')}</h3>
      <Downloads name="own-data" picture={picture}>
        <CsvDownload
          name="own-data"
          header={['epoch', 'loss', 'validation_loss', 'score', 'validation_score']}
          rows={() => measures.peek().map((one, i) => [i + 1, one.loss, one.valLoss, one.score, one.valScore])}
        />
        <button
          type="button"
          class="plain"
          onClick={() => save('model.safetensors', end.file, 'application/octet-stream')}
        >
          {say('home.model')}
        </button>
        <button type="button" class="plain" onClick={() => save('program.ts', program, 'text/plain')}>
          {say('home.program')}
        </button>
        {(!isOwn || name === 'pasted.csv') && (
          <button
            type="button"
            class="plain"
            onClick={() =>
              void worker.call('tableCsv', { table: table.table }).then((text) => save(name, text, 'text/csv'))
            }
          >
            {say('home.table')}
          </button>
        )}
      </Downloads>
      <p class="note">{say('home.note')}</p>
      <details class="more">
        <summary>{say('home.read')}</summary>
        <pre class="own-program" tabIndex={0} aria-label={say('home.program')}>
          {program}
        </pre>
      </details>
    </section>
  )
}
