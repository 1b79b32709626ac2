import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import './number-field.css'

/** A number that is typed. What is no number in range is not taken, and is left as it was. */
export function NumberField({
  label,
  value,
  min,
  max,
  step = 0.1,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (value: number) => void
}): JSX.Element {
  const id = useId()
  return (
    <span class="number-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        class="number"
        min={min}
        max={max}
        step={step}
        value={value}
        onInput={(event) => {
          const typed = event.currentTarget.valueAsNumber
          if (typed >= min && typed <= max) onChange(typed)
        }}
      />
    </span>
  )
}
