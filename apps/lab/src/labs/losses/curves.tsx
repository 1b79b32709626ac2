import { line } from 'd3-shape'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { scaleLinear } from '../../parts/scale.js'
import type { Losses } from './compute.js'
import { say } from './messages.js'
import { CURVE, LOSSES, type LossName, REACH } from './names.js'
import { sub } from './outputs.jsx'
import { state } from './state.js'

const { loss, along, softmax } = state.at

/** As high as each loss is drawn. */
const CEILING: Readonly<Record<LossName, number>> = { sse: 2, mse: 0.8, abs: 2.4, cee: 5 }

/** Each loss while one output goes over its range, and the tangent where it is now: the slope is the gradient. */
export function Curves({
  found,
  left,
  right,
  top,
  bottom,
}: {
  readonly found: Losses
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}): JSX.Element {
  const wide = (right - left) / LOSSES.length
  const name = `${softmax.value ? 'z' : 'ŷ'}${sub(along.value)}`
  return (
    <g class="curves">
      {LOSSES.map((which, k) => (
        <Curve
          key={which}
          which={which}
          found={found}
          box={[left + k * wide + 6, left + (k + 1) * wide - 6, top, bottom]}
          name={name}
        />
      ))}
    </g>
  )
}

function Curve({
  which,
  found,
  box: [left, right, top, bottom],
  name,
}: {
  readonly which: LossName
  readonly found: Losses
  readonly box: readonly [left: number, right: number, top: number, bottom: number]
  readonly name: string
}): JSX.Element {
  const clip = useId()
  const { value, curve, gradient } = found.at[which]
  const i = along.value
  const [low, high] = softmax.value ? [-REACH, REACH] : [0, 1]
  const x = scaleLinear([low, high], [left, right])
  const y = scaleLinear([0, CEILING[which]], [bottom, top + 26])
  const path = line<number>(
    (_, k) => x(low + ((high - low) * k) / (CURVE - 1)),
    (height) => y(height),
  )
  const here = softmax.value ? found.scores[i]! : found.prediction[i]!
  const slope = gradient[i]!
  // A tangent of the same length on paper, however steep.
  const [dx, dy] = [x(1) - x(0), slope * (y(1) - y(0))]
  const scale = Math.min(34, 0.4 * (right - left)) / Math.hypot(dx, dy)
  return (
    <g
      class="loss-curve"
      data-chosen={loss.value === which}
      data-loss={which}
      onPointerDown={() => (loss.value = which)}
    >
      <clipPath id={clip}>
        <rect x={left} y={top + 18} width={right - left} height={bottom - top - 10} />
      </clipPath>
      <rect class="ground" x={left - 4} y={top - 6} width={right - left + 8} height={bottom - top + 24} />
      <text class="loss-name" x={left} y={top + 10}>
        {say(`short.${which}`)}
      </text>
      <text class="loss-value" x={right} y={top + 10} text-anchor="end">
        {right - left < 90 ? fixed(value, 2) : short(value)}
      </text>
      <line class="base" x1={left} x2={right} y1={bottom} y2={bottom} />
      <text class="along" x={right} y={bottom + 14} text-anchor="end">
        {name}
      </text>
      <g clip-path={`url(#${clip})`}>
        <path class="curve" d={path(curve) ?? ''} />
        <line
          class="tangent"
          x1={x(here) - scale * dx}
          y1={y(value) - scale * dy}
          x2={x(here) + scale * dx}
          y2={y(value) + scale * dy}
        />
        <circle class="here" cx={x(here)} cy={y(value)} r="4.5" />
      </g>
    </g>
  )
}
