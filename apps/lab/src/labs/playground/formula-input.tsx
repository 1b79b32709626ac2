import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { FormulaError, formulaOf, LONGEST_FORMULA } from './expression.js'
import { say } from './messages.js'
import { state } from './state.js'

/** A boundary in the reader's own words; what cannot be read is said, and the last formula stays. */
export function FormulaInput(): JSX.Element {
  const id = useId()
  const written = useSignal(state.at.formula.peek())
  const wrong = useSignal<string | undefined>(undefined)
  // The link, reset and undo change it, too.
  useSignalEffect(() => {
    written.value = state.at.formula.value
  })
  const read = (text: string): void => {
    written.value = text
    try {
      formulaOf(text)
      wrong.value = undefined
      state.at.formula.value = text
    } catch (error) {
      wrong.value = error instanceof FormulaError ? error.what : text
    }
  }
  return (
    <div class="formula-input">
      <label for={id}>{say('formula')}</label>
      <input
        id={id}
        type="text"
        class="number"
        spellcheck={false}
        autocomplete="off"
        maxLength={LONGEST_FORMULA}
        value={written.value}
        aria-invalid={wrong.value !== undefined}
        aria-describedby={`${id}-help`}
        onInput={(event) => read(event.currentTarget.value)}
      />
      <p class="note" id={`${id}-help`} data-wrong={wrong.value !== undefined}>
        {wrong.value === undefined ? say('formula.help') : say('formula.wrong', { what: wrong.value })}
      </p>
    </div>
  )
}
