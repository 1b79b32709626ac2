import type { JSX, TargetedPointerEvent } from 'preact'
import { fixed } from '../../i18n/format.js'
import type { Layout } from './layout.js'
import { say } from './messages.js'
import { answer, cell, network, outputs, point } from './model.js'

const DIGITS = Array.from({ length: 10 }, (_, i) => i)

/** A probability for each digit, and the likeliest one large. */
export function Bars({ layout }: { readonly layout: Layout }): JSX.Element {
  const { bars, answer: large } = layout
  const shown = network.value.layers.length - 1
  const each = bars.height / DIGITS.length
  const [left, right] = [bars.x + 20, bars.x + bars.width - 44]
  const said = answer.value
  const pointAt = (event: TargetedPointerEvent<SVGGElement>): void => {
    const svg = event.currentTarget.ownerSVGElement!.getBoundingClientRect()
    const digit = Math.floor((event.clientY - svg.top - bars.y) / each)
    point({ shown, filter: Math.min(9, Math.max(0, digit)), row: 0, column: 0 })
  }
  return (
    <g class="outputs">
      {said !== undefined && (
        <g class="answer" data-answer={said.digit} data-probability={said.probability}>
          <text x={large.x} y={large.y} style={{ fontSize: `${large.size}px` }}>
            {said.digit}
          </text>
        </g>
      )}
      <g
        class="output-bars"
        role="application"
        tabindex={0}
        aria-label={say('bars.label', {
          digit: cell.value.shown === shown ? cell.value.filter : (said?.digit ?? 0),
        })}
        onFocus={() => {
          if (cell.peek().shown !== shown) point({ shown, filter: answer.peek()?.digit ?? 0, row: 0, column: 0 })
        }}
        onPointerDown={pointAt}
        onKeyDown={(event) => {
          const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
          if (by === undefined) return
          point({ ...cell.peek(), shown, filter: Math.min(9, Math.max(0, cell.peek().filter + by)) })
          event.preventDefault()
        }}
      >
        <rect class="hit" x={bars.x - 4} y={bars.y} width={bars.width + 4} height={bars.height} />
        {DIGITS.map((digit) => {
          const y = bars.y + digit * each
          const value = outputs.value?.[digit] ?? 0
          const chosen = cell.value.shown === shown && cell.value.filter === digit
          return (
            <g key={digit} class="bar" data-best={said?.digit === digit} data-chosen={chosen}>
              <text class="digit" x={bars.x + 2} y={y + each / 2} dy="0.35em">
                {digit}
              </text>
              <line class="track" x1={left} x2={left} y1={y + 1} y2={y + each - 1} />
              <rect x={left} y={y + each * 0.18} width={Math.max(0, (right - left) * value)} height={each * 0.64} />
              <text class="value" x={bars.x + bars.width} y={y + each / 2} dy="0.35em" text-anchor="end">
                {fixed(value, 2)}
              </text>
            </g>
          )
        })}
      </g>
    </g>
  )
}
