import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { fixed } from '../i18n/format.js'
import './scrub.css'

/** A signal, or what reads and writes a part of one. */
export type Editable = Pick<Signal<number>, 'value' | 'peek'>

export interface ScrubProps {
  readonly value: Editable
  readonly min: number
  readonly max: number
  /** Of one arrow key. Default 1. */
  readonly step?: number
  /** Pixels of dragging for one step. Default 6. */
  readonly pixels?: number
  readonly label: string
  /** Default: as many as `step` has. */
  readonly digits?: number
  /** Equal ways are equal factors, ten steps to ten times as much; `step` is then of no use. */
  readonly log?: boolean
}

/** A number inside a sentence that is dragged sideways, or moved by the arrow keys (after Bret Victor's Tangle). */
export function Scrub({ value, min, max, step = 1, pixels = 6, label, digits, log = false }: ScrubProps): JSX.Element {
  const from = useRef<{ readonly x: number; readonly value: number } | undefined>(undefined)
  const places = digits ?? String(step).split('.')[1]?.length ?? 0
  const set = (to: number): void => {
    value.value = Math.min(max, Math.max(min, to))
  }
  const by = (start: number, steps: number): void =>
    steps === 0
      ? set(start)
      : log
        ? set(Number((10 ** ((Math.round(10 * Math.log10(start)) + steps) / 10)).toPrecision(2)))
        : set(Number(((Math.round(start / step) + steps) * step).toFixed(9)))
  return (
    <span
      class="scrub number"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value.value}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { x: event.clientX, value: value.peek() }
      }}
      onPointerMove={(event) => {
        const start = from.current
        const steps = start === undefined ? 0 : Math.round((event.clientX - start.x) / pixels)
        if (start !== undefined) by(start.value, steps)
      }}
      onPointerUp={() => (from.current = undefined)}
      onPointerCancel={() => (from.current = undefined)}
      onKeyDown={(event) => {
        const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key]
        if (steps !== undefined) by(value.peek(), steps * (event.shiftKey ? 5 : 1))
        else if (event.key === 'Home') set(min)
        else if (event.key === 'End') set(max)
        else return
        event.preventDefault()
      }}
    >
      {log ? String(Number(value.value.toPrecision(2))) : fixed(value.value, places)}
    </span>
  )
}
