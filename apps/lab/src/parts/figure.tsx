import type { JSX } from 'preact'

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
      <p class="figure-name">{name}</p>
      <p class="figure-number" data-measure={id}>
        {value}
      </p>
    </div>
  )
}
