import type { JSX } from 'preact'
import { counted, short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { scaleLinear } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import { Choosable } from './choosable.jsx'
import type { ValueOutcome } from './events.js'
import { MOST_MARKS } from './limits.js'
import { say } from './messages.js'
import { lit } from './model.js'
import './picture.css'

/** What the network says against what is true: each row is a mark, and on the line it would be told rightly. */
export function Scatter({
  shown,
  part,
  domain: [low, high],
}: {
  readonly shown: ValueOutcome | undefined
  readonly part: string
  /** From the least to the greatest value of the column, so that the axes stand still. */
  readonly domain: readonly [number, number]
}): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const room = 0.08 * (high - low)
  const x = scaleLinear([low - room, high + room], [56, Math.max(80, width - 12)])
  const y = scaleLinear([low - room, high + room], [Math.max(60, height - 40), 26])
  const rows = Math.min(shown?.truth.length ?? 0, MOST_MARKS)
  const [bottom, top] = y.range
  const places = Array.from({ length: rows }, (_, i) => ({
    i,
    x: x(shown!.truth[i]!),
    // What is beyond the picture is seen at its edge.
    y: Math.min(bottom, Math.max(top, y(shown!.told[i]!))),
  }))
  return (
    <svg
      ref={ref}
      class="own-scatter"
      role="group"
      aria-label={say('scatter.summary', { part, rows: counted(shown?.truth.length ?? 0) })}
      data-lit={lit.value ?? ''}
    >
      {width > 0 && (
        <>
          <Axes x={x} y={y} xName={say('scatter.truth')} yName={say('scatter.told')} ticks={[width > 600 ? 8 : 4, 5]} />
          <line class="own-diagonal" x1={x(low - room)} x2={x(high + room)} y1={y(low - room)} y2={y(high + room)} />
          <g class="own-residuals">
            {places.map((place) => (
              <line key={place.i} x1={place.x} x2={place.x} y1={y(shown!.truth[place.i]!)} y2={place.y} />
            ))}
          </g>
          {shown !== undefined && (
            <Choosable
              places={places}
              radius={5}
              moving={false}
              say={(i) => say('scatter.row', { i: i + 1, truth: short(shown.truth[i]!), told: short(shown.told[i]!) })}
              mark={() => <circle class="own-dot" r="5" />}
            />
          )}
        </>
      )}
    </svg>
  )
}
