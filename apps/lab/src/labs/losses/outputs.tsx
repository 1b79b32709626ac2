import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { fixed, short } from '../../i18n/format.js'
import { Arrow } from '../../parts/arrow.jsx'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import type { Losses } from './compute.js'
import { Curves } from './curves.jsx'
import './losses.css'
import { say } from './messages.js'
import { lit, prediction, setPrediction, setTarget, shown, target } from './model.js'
import { OUTPUTS, state } from './state.js'

const { loss, along, softmax } = state.at

/** How much of the height a gradient of 1 is. */
const UNIT = 0.3

/** Predictions and targets side by side, what lies between them, and where each loss would push; below, each loss along one output. */
export function Outputs(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const found = shown.value
  const floor = Math.round(0.55 * height)
  const x = scaleLinear([0, OUTPUTS], [40, Math.max(100, width - 12)])
  const y = scaleLinear([0, 1], [floor, 34])
  const at = found?.at[loss.value]
  const summary =
    at === undefined || found === undefined
      ? ''
      : say('stage.summary', {
          p: found.prediction.map((value) => fixed(value, 2)).join(', '),
          y: target.value.map((value) => fixed(value, 2)).join(', '),
          loss: say(`loss.${loss.value}`),
          value: short(at.value),
          gradient: at.gradient.map((value) => fixed(value, 2)).join(', '),
        })
  return (
    <svg class="losses" ref={ref} role="group" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && (
        <>
          <Hatch />
          <g class="outputs-axis">
            <Axes x={x} y={y} ticks={[0, width > 600 ? 4 : 2]} />
          </g>
          {found !== undefined &&
            prediction.value.map((_, i) => <Output key={i} i={i} found={found} x={x} y={y} floor={floor} />)}
          {found !== undefined && (
            <Curves found={found} left={8} right={width - 8} top={floor + 58} bottom={height - 22} />
          )}
        </>
      )}
    </svg>
  )
}

export const HATCH = 'losses-hatch'
function Hatch(): JSX.Element {
  return (
    <defs>
      <pattern id={HATCH} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="hatch" y2="6" />
      </pattern>
    </defs>
  )
}

/** One output: its bar, its target's outline, the residual between, and the arrow of the chosen loss. */
function Output({
  i,
  found,
  x,
  y,
  floor,
}: {
  readonly i: number
  readonly found: Losses
  readonly x: Scale
  readonly y: Scale
  readonly floor: number
}): JSX.Element {
  const id = useId()
  const wide = x(i + 1) - x(i)
  const half = Math.min(56, 0.19 * wide)
  const middle = x(i) + 0.56 * wide
  const p = prediction.value[i]!
  const truth = target.value[i]!
  const gradient = found.at[loss.value].gradient[i]!
  const handle = { tabindex: 0, role: 'slider', 'aria-valuemin': 0, 'aria-valuemax': 1 } as const
  const choose = (): void => {
    along.value = i
  }
  return (
    <g
      class="output"
      data-along={along.value === i}
      data-lit={lit.value === `term${i}`}
      onPointerEnter={() => (lit.value = `term${i}`)}
      onPointerLeave={() => (lit.value = undefined)}
    >
      <rect class="lane" x={x(i) + 4} y={20} width={x(i + 1) - x(i) - 8} height={floor - 20} />
      <rect class="bar" x={middle - half} y={y(p)} width={2 * half} height={floor - y(p)} />
      <rect
        class="residual"
        x={middle - half}
        y={y(Math.max(p, truth))}
        width={2 * half}
        height={Math.abs(y(p) - y(truth))}
        fill={`url(#${HATCH})`}
      />
      <path
        class="truth"
        d={`M${middle - half - 5} ${floor}V${y(truth)}H${middle + half + 5}V${floor}`}
        aria-hidden="true"
      />
      <Push
        gradient={gradient}
        place={middle - half - Math.min(26, 0.17 * wide)}
        from={y(p)}
        unit={UNIT * (floor - 34)}
        floor={floor}
      />
      <g
        class="handle"
        {...handle}
        aria-label={say('output.label', { i: i + 1 })}
        aria-valuenow={Number(p.toFixed(3))}
        aria-orientation="vertical"
        aria-describedby={id}
        onFocus={choose}
        {...draggable(
          (_, py) => {
            choose()
            setPrediction(i, y.invert(py))
          },
          (dx, dy) => setPrediction(i, prediction.peek()[i]! + 0.01 * (dx + dy)),
        )}
      >
        <rect class="hit" x={middle - half} y={20} width={2 * half} height={floor - 20} />
        <circle cx={middle} cy={y(p)} r="8" />
      </g>
      <g
        class="handle truth-handle"
        {...handle}
        aria-label={say('target.label', { i: i + 1 })}
        aria-valuenow={Number(truth.toFixed(3))}
        aria-orientation="vertical"
        onFocus={choose}
        {...draggable(
          (_, py) => setTarget(i, y.invert(py)),
          (dx, dy) => setTarget(i, target.peek()[i]! + 0.05 * (dx + dy)),
        )}
      >
        <circle class="hit" cx={middle + half + 5} cy={y(truth)} r="16" />
        <rect x={middle + half - 1} y={y(truth) - 6} width="12" height="12" />
      </g>
      <g id={id} class="numbers" text-anchor="middle">
        <text class="said-output" x={middle} y={floor + 18}>
          {`ŷ${sub(i)} ${fixed(found.prediction[i]!, 3)}`}
        </text>
        <text class="said-truth" x={middle} y={floor + 36}>
          {softmax.value ? `z${sub(i)} ${fixed(found.scores[i]!, 2)}` : `r${sub(i)} ${fixed(found.residuals[i]!, 3)}`}
        </text>
      </g>
    </g>
  )
}

export const sub = (i: number): string => '₁₂₃₄₅₆₇₈₉'[i] ?? ''

/** Against the gradient: where a step of descent goes. Longer than the stage it is cut off; its number says all. */
function Push({
  gradient,
  place,
  from,
  unit,
  floor,
}: {
  readonly gradient: number
  readonly place: number
  readonly from: number
  readonly unit: number
  readonly floor: number
}): JSX.Element {
  const end = Math.min(floor + 2, Math.max(16, from + gradient * unit))
  // Past the tip, or before the foot where there is no room.
  const up = end < from
  const past = up ? end - 6 : end + 14
  const beside = past < 14 ? from + 14 : past > floor - 4 ? from - 8 : past
  return (
    <g class="push" onPointerEnter={() => (lit.value = 'gradient')} onPointerLeave={() => (lit.value = undefined)}>
      <Arrow from={[place, from]} to={[place, end]} />
      {Math.abs(end - from) <= 0.75 && <circle class="still" cx={place} cy={from} r="3" />}
      <text x={place} y={beside} text-anchor="middle">
        {fixed(gradient, 2)}
      </text>
    </g>
  )
}
