import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { say as tell } from './messages.js'
import { choose, chosen } from './model.js'

/** Marks of which one is looked at: by a click, or by the arrow keys once the picture has the focus. */
export function Choosable({
  places,
  radius,
  say,
  mark,
  moving = true,
}: {
  readonly places: readonly { readonly i: number; readonly x: number; readonly y: number }[]
  readonly radius: number
  /** A row in words. */
  readonly say: (i: number) => string
  readonly mark: (i: number) => JSX.Element
  /** Whether a change of place is seen as a movement. */
  readonly moving?: boolean
}): JSX.Element {
  const id = useId()
  const now = chosen.value
  const at = places.find(({ i }) => i === now)
  const move = (by: number): void => choose(((now ?? (by > 0 ? -1 : 0)) + by + places.length) % places.length)
  return (
    <g
      class="own-marks"
      tabindex={0}
      role="listbox"
      aria-label={tell('rows.label')}
      aria-activedescendant={at === undefined ? undefined : `${id}-${at.i}`}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
        if (by === undefined) return
        move(by)
        event.preventDefault()
      }}
    >
      {places.map(({ i, x, y }) => (
        <g
          key={i}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === now}
          aria-label={say(i)}
          class={moving ? 'own-moving' : undefined}
          transform={`translate(${x} ${y})`}
          // The attribute is for pictures outside the page; what style sheets can move is the style.
          style={{ transform: `translate(${x}px, ${y}px)` }}
          onClick={() => choose(i)}
        >
          <circle class="own-hit" r={Math.max(6, radius + 2)} />
          {mark(i)}
          {i === now && <circle class="own-ring" r={radius + 5} />}
          <title>{say(i)}</title>
        </g>
      ))}
    </g>
  )
}
