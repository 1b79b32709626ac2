import { scaleBand } from 'd3-scale'
import type { JSX } from 'preact'
import { useSignal } from '@preact/signals'
import { fixed } from '../../i18n/format.js'
import { draggable } from '../../parts/drag.js'
import { scaleLinear } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import { say } from './messages.js'
import { bars, lit } from './model.js'
import './softmax-stage.css'
import { state } from './state.js'

/** Four numbers as bars that are dragged, and the four probabilities that softmax makes of them. */
export function SoftmaxStage(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const chosen = useSignal(0)
  const { width, height } = size.value
  const z = state.at.z.value
  const found = bars.answer.value
  const places = z.map((_, k) => k)
  const x = scaleBand(places, [44, Math.max(80, width - 16)]).padding(0.36)
  const above = scaleLinear([-4, 4], [0.5 * height - 14, 28])
  const below = scaleLinear([0, 1], [height - 34, 0.5 * height + 40])
  const y = found?.y.length === z.length ? found.y : z.map(() => 0)
  const slopes = places.map((j) => found?.jacobian[j]?.[chosen.value] ?? 0)
  const set = (k: number, to: number): void => {
    const value = Math.round(20 * Math.min(4, Math.max(-4, to))) / 20
    chosen.value = k
    state.at.z.value = z.map((before, i) => (i === k ? value : before))
  }
  const summary = say('softmax.summary', { y: y.map((value) => fixed(value, 2)).join(', ') })
  return (
    <svg class="softmax" ref={ref} role="group" aria-label={summary} data-lit={lit.value ?? ''}>
      {width > 0 && (
        <>
          <text class="heading" x={8} y={18}>
            {say('softmax.in')}
          </text>
          <text class="heading" x={8} y={0.5 * height + 22}>
            {say('softmax.out')}
          </text>
          <line class="base" x1={44} x2={width - 16} y1={above(0)} y2={above(0)} />
          <line class="base" x1={44} x2={width - 16} y1={below(0)} y2={below(0)} />
          {places.map((k) => {
            const [left, wide, middle] = [x(k)!, x.bandwidth(), x(k)! + x.bandwidth() / 2]
            const value = z[k]!
            return (
              <g key={k} data-chosen={chosen.value === k}>
                <rect
                  class={value < 0 ? 'in negative' : 'in positive'}
                  x={left}
                  width={wide}
                  y={Math.min(above(value), above(0))}
                  height={Math.abs(above(value) - above(0))}
                />
                <rect class="out" x={left} width={wide} y={below(y[k]!)} height={below(0) - below(y[k]!)} />
                <text class="reading" x={middle} y={above(value) + (value < 0 ? 28 : -18)}>
                  {fixed(value, 2)}
                </text>
                <text class="reading out-reading" x={middle} y={below(y[k]!) - 8}>
                  {fixed(y[k]!, 3)}
                </text>
                <Slope at={left + wide + 9} from={below(y[k]!)} to={below(y[k]! + slopes[k]!)} />
                <text class="index" x={middle} y={height - 14}>
                  {`y${'₁₂₃₄'[k]}`}
                </text>
                <circle
                  class="handle"
                  cx={middle}
                  cy={above(value)}
                  r="10"
                  tabindex={0}
                  role="slider"
                  aria-orientation="vertical"
                  aria-label={say('softmax.handle', { k: k + 1 })}
                  aria-valuemin={-4}
                  aria-valuemax={4}
                  aria-valuenow={value}
                  onFocus={() => (chosen.value = k)}
                  {...draggable(
                    (_, to) => set(k, above.invert(to)),
                    (_, by) => set(k, value + 0.1 * by),
                  )}
                />
              </g>
            )
          })}
          <text class="slope-name" x={width - 16} y={0.5 * height + 22} text-anchor="end">
            {say('softmax.slope', { k: '₁₂₃₄'[chosen.value] ?? '' })}
          </text>
        </>
      )}
    </svg>
  )
}

/** How an output answers to the chosen input: an arrow as long as the derivative. */
function Slope({ at, from, to }: { readonly at: number; readonly from: number; readonly to: number }): JSX.Element {
  const head = Math.abs(to - from) < 4 ? 0 : to < from ? 5 : -5
  return (
    <path
      class="slope"
      d={`M${at} ${from}V${to}${head === 0 ? '' : `M${at - 4} ${to + head}L${at} ${to}L${at + 4} ${to + head}`}`}
    />
  )
}
