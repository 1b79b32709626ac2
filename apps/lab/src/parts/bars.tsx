import type { ComponentChildren, JSX } from 'preact'
import './bars.css'

export interface Bar {
  readonly name: string
  readonly label: ComponentChildren
  /** The bar's number, in words. */
  readonly text: string
  /** From 0 to 1 of the width, from left to right. The class (`bar-a`, `bar-b`, `bar-c`, `bar-ink`) is the colour. */
  readonly pieces: readonly { readonly size: number; readonly color: string }[]
  /** It did not come to an end. */
  readonly faded?: boolean
}

/** Numbers side by side. What a bar says stands above it in words, so that the bars themselves are decoration for a screen reader. */
export function Bars({ rows }: { readonly rows: readonly Bar[] }): JSX.Element {
  return (
    <dl class="bars">
      {rows.map(({ name, label, text, pieces, faded = false }) => (
        <div key={name} data-faded={faded}>
          <dt>
            <span>{label}</span>
            <span class="bar-number" data-bar={name}>
              {text}
            </span>
          </dt>
          <dd aria-hidden="true">
            {pieces.map(({ size, color }, i) => (
              <span key={i} data-size={i} class={color} style={{ width: `${100 * Math.min(1, Math.max(0, size))}%` }} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}
