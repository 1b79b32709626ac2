import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import { counted } from '../../i18n/format.js'
import { MOST_BYTES, MOST_COLUMNS, MOST_ROWS } from './limits.js'
import { say } from './messages.js'
import { state } from './state.js'
import { opened, ownFile, readOwn, tooLarge, unread } from './table.js'

/** A file anywhere on the page, a file that is chosen, or text that is pasted. */
export function Drop(): JSX.Element {
  const pasted = useSignal('')
  const over = useSignal(false)
  const id = useId()
  useEffect(() => {
    const hover = (event: DragEvent): void => {
      // Without this the browser leaves the page and shows the file.
      event.preventDefault()
      over.value = event.type === 'dragover'
    }
    const drop = (event: DragEvent): void => {
      hover(event)
      const file = event.dataTransfer?.files[0]
      if (file !== undefined) void readOwn(file, file.name)
    }
    const events = [
      ['dragover', hover],
      ['dragleave', hover],
      ['drop', drop],
    ] as const
    for (const [type, act] of events) document.addEventListener(type, act)
    return () => {
      for (const [type, act] of events) document.removeEventListener(type, act)
    }
  }, [])
  return (
    <div class="own-drop" data-over={over.value}>
      <label class="own-file" for={id}>
        <span>{say('drop')}</span>
        {/* The browser's own words are those of its language, not the page's. */}
        <span class="button quiet">{say('drop.choose')}</span>
        <input
          id={id}
          class="visually-hidden"
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0]
            if (file !== undefined) void readOwn(file, file.name)
            // The same file can be chosen again, after it was mended.
            event.currentTarget.value = ''
          }}
        />
      </label>
      <details class="own-paste">
        <summary>{say('paste')}</summary>
        <label>
          <span class="visually-hidden">{say('paste.label')}</span>
          <textarea
            rows={5}
            spellcheck={false}
            placeholder={'height,weight,team\n180,75,red\n165,58,blue'}
            value={pasted.value}
            onInput={(event) => (pasted.value = event.currentTarget.value)}
          />
        </label>
        <button
          type="button"
          class="button quiet"
          disabled={pasted.value.trim() === ''}
          onClick={() => void readOwn(new Blob([pasted.value]), 'pasted.csv')}
        >
          {say('paste.read')}
        </button>
      </details>
      <p class="note">{say('drop.note')}</p>
      {tooLarge.value && (
        <p class="own-refused" role="alert">
          {say('drop.large', { mb: MOST_BYTES / 2 ** 20 })}
        </p>
      )}
      {unread.value !== undefined && (
        <div class="own-refused" role="alert">
          <p>{say('drop.refused', { rows: counted(MOST_ROWS), columns: counted(MOST_COLUMNS) })}</p>
          <p lang="en" class="own-said">
            {unread.value}
          </p>
        </div>
      )}
      {state.at.table.value === 'own' && (
        <p class="note">
          {opened.value === undefined ? say('own.gone') : say('own.here', { file: ownFile.value ?? '' })}
        </p>
      )}
    </div>
  )
}
