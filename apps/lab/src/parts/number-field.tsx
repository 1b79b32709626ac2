import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import './number-field.css'

/** While a number is typed, its text stays as it is typed: «1.» is on the way to 1.5, whatever has been made of it so far. */
export function useTyping(
  value: number,
  { min, max, onChange }: { readonly min: number; readonly max: number; readonly onChange: (value: number) => void },
): Pick<JSX.IntrinsicElements['input'], 'value' | 'onInput' | 'onBlur'> {
  const text = useSignal<string | undefined>(undefined)
  return {
    value: text.value ?? value,
    onInput(event) {
      text.value = event.currentTarget.value
      const typed = event.currentTarget.valueAsNumber
      if (typed >= min && typed <= max) onChange(typed)
    },
    onBlur() {
      text.value = undefined
    },
  }
}

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
  const typing = useTyping(value, { min, max, onChange })
  return (
    <span class="number-field">
      <label for={id}>{label}</label>
      <input id={id} type="number" class="number" min={min} max={max} step={step} {...typing} />
    </span>
  )
}
