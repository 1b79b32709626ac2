import type { JSX } from 'preact'
import { Rich } from '../i18n/rich.jsx'

/** A quantity that a lab measures: its name, and its value in large figures. */
export function Figure({
  name,
  value,
  id,
}: {
  readonly name: string
  readonly value: string
  /** Names the number for tests. */
  readonly id: string
}): JSX.Element {
  return (
    <div>
      <p class="figure-name">
        <Rich text={name} />
      </p>
      <p class="figure-number" data-measure={id}>
        {value}
      </p>
    </div>
  )
}
