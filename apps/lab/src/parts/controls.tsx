import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { fixed } from '../i18n/format.js'
import { Rich } from '../i18n/rich.jsx'
import './controls.css'

/** A signal, or something else that is read and set. */
export type Settable<T> = Pick<Signal<T>, 'value'>

/** One of a few names, all in sight. */
export function Segments<T extends string>({
  label,
  value,
  options,
  name,
}: {
  readonly label: string
  readonly value: Settable<T>
  readonly options: readonly T[]
  readonly name: (option: T) => string
}): JSX.Element {
  const id = useId()
  return (
    <fieldset class="segments">
      <legend>
        <Rich text={label} />
      </legend>
      <div>
        {options.map((option) => (
          <label key={option} data-chosen={value.value === option}>
            <input
              type="radio"
              name={id}
              value={option}
              checked={value.value === option}
              onChange={() => (value.value = option)}
            />
            <Rich text={name(option)} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** One of many names. */
export function Select<T extends string>({
  label,
  value,
  options,
  name,
}: {
  readonly label: string
  readonly value: Settable<T>
  readonly options: readonly T[]
  readonly name: (option: T) => string
}): JSX.Element {
  return (
    <label class="select">
      <span>
        <Rich text={label} />
      </span>
      <select
        value={value.value}
        onChange={(event) => {
          const chosen = options.find((option) => option === event.currentTarget.value)
          if (chosen !== undefined) value.value = chosen
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {name(option)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A number by a slider; with `log`, equal ways are equal factors. */
export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  log = false,
  say = (shown) => fixed(shown, String(step).split('.')[1]?.length ?? 0),
}: {
  readonly label: string
  readonly value: Settable<number>
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly log?: boolean
  readonly say?: (value: number) => string
}): JSX.Element {
  const [to, back] = log ? [Math.log10, (x: number) => Number((10 ** x).toPrecision(2))] : [Number, Number]
  return (
    <label class="slider">
      <span>
        <Rich text={label} />
      </span>
      <output class="number">{say(value.value)}</output>
      <input
        type="range"
        min={to(min)}
        max={to(max)}
        step={log ? 0.05 : step}
        value={to(value.value)}
        aria-valuetext={say(value.value)}
        onInput={(event) => (value.value = Math.min(max, Math.max(min, back(event.currentTarget.valueAsNumber))))}
      />
    </label>
  )
}

/** On or off. */
export function Toggle({ label, value }: { readonly label: string; readonly value: Settable<boolean> }): JSX.Element {
  return (
    <label class="toggle">
      <input type="checkbox" checked={value.value} onChange={(event) => (value.value = event.currentTarget.checked)} />
      <span>
        <Rich text={label} />
      </span>
    </label>
  )
}
