import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { fixed } from '../../i18n/format.js'
import { parse } from './answer.js'
import { MOST } from './networks.js'

const STEP = 0.05
/** Pixels of dragging for one step. */
const PIXELS = 5

/**
 * A number on the stage: dragged (right or up is more), moved by the arrow keys, or typed; Enter takes what was typed. A tap, or Enter
 * where nothing was typed, is `choose`.
 */
export function Handle({
  label,
  name,
  value,
  set,
  choose,
  at,
  children,
}: {
  readonly label: string
  readonly name: string
  readonly value: number
  readonly set: (value: number) => void
  readonly choose?: () => void
  readonly at: { readonly x: number; readonly y: number }
  /** What is seen; `typed` while something is being typed. */
  readonly children: (typed: string | undefined) => ComponentChildren
}): JSX.Element {
  const typed = useSignal<string | undefined>(undefined)
  const from = useRef<{ readonly x: number; readonly y: number; readonly value: number; moved: boolean } | undefined>(
    undefined,
  )
  const put = (to: number): void => set(Math.min(MOST, Math.max(-MOST, Number(to.toFixed(6)))))
  const commit = (): void => {
    const number = parse(typed.value ?? '')
    typed.value = undefined
    if (number !== undefined) put(number)
  }
  const onKey = (key: string, far: boolean): boolean => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key]
    if (by !== undefined) put(Math.round((value + by * STEP * (far ? 5 : 1)) / STEP) * STEP)
    else if (/^[\d.,−-]$/.test(key)) typed.value = ((typed.value ?? '') + key).slice(0, 8)
    else if (key === 'Backspace' && typed.value !== undefined) typed.value = typed.value.slice(0, -1)
    else if (key === 'Escape' && typed.value !== undefined) typed.value = undefined
    else if (key === 'Enter' && typed.value !== undefined) commit()
    else if (key === 'Enter' && choose !== undefined) choose()
    else return false
    return true
  }
  return (
    <g
      class="bp-handle"
      transform={`translate(${at.x} ${at.y})`}
      role="slider"
      tabindex={0}
      data-name={name}
      aria-label={label}
      aria-valuemin={-MOST}
      aria-valuemax={MOST}
      aria-valuenow={value}
      aria-valuetext={typed.value ?? fixed(value, 2)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { x: event.clientX, y: event.clientY, value, moved: false }
      }}
      onPointerMove={(event) => {
        const start = from.current
        if (start === undefined) return
        const steps = Math.round((event.clientX - start.x - (event.clientY - start.y)) / PIXELS)
        if (steps === 0 && !start.moved) return
        start.moved = true
        put(start.value + steps * STEP)
      }}
      onPointerUp={() => {
        if (from.current?.moved === false) choose?.()
        from.current = undefined
      }}
      onPointerCancel={() => (from.current = undefined)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (!event.ctrlKey && !event.metaKey && !event.altKey && onKey(event.key, event.shiftKey))
          event.preventDefault()
      }}
    >
      {children(typed.value)}
    </g>
  )
}
