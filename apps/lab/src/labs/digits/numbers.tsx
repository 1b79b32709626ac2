import type { JSX } from 'preact'
import { fixed } from '../../i18n/format.js'

export interface Grid {
  readonly name: 'inputs' | 'weights' | 'products'
  /** [rows, columns, channels], the channels of one place side by side. */
  readonly values: Float32Array
  readonly rows: number
  readonly columns: number
  readonly channels: number
}

/** A cell as large as this has its number in it. */
const LEGIBLE = 30

/** One channel of a window: cells coloured by sign and size, with their numbers where there is room. */
export function Numbers({
  grid: { name, values, rows, columns, channels },
  channel,
  x,
  y,
  side,
  lit,
}: {
  readonly grid: Grid
  readonly channel: number
  readonly x: number
  readonly y: number
  readonly side: number
  readonly lit: boolean
}): JSX.Element {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6)
  const legible = side >= LEGIBLE
  return (
    <g class={`numbers numbers-${name}`} data-lit={lit}>
      {Array.from({ length: rows * columns }, (_, k) => {
        const value = values[k * channels + channel]
        if (value === undefined) return null
        const [left, top] = [x + (k % columns) * side, y + Math.floor(k / columns) * side]
        return (
          <g key={k}>
            <rect
              class={value < 0 ? 'negative' : 'positive'}
              x={left}
              y={top}
              width={side}
              height={side}
              fill-opacity={((legible ? 0.6 : 1) * Math.abs(value)) / most}
            />
            {legible && (
              <text
                x={left + side / 2}
                y={top + side / 2}
                dy="0.35em"
                text-anchor="middle"
                data-value={value}
                style={{ fontSize: `${Math.min(12, 0.31 * side)}px` }}
              >
                {fixed(value, 2)}
              </text>
            )}
          </g>
        )
      })}
      <rect class="frame" x={x} y={y} width={columns * side} height={rows * side} />
    </g>
  )
}
