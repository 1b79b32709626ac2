import { computed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Scale } from '../../parts/scale.js'
import { say } from './messages.js'
import { playback, running, shown } from './model.js'

/** The step that the chosen racer is about to make. */
export interface Step {
  readonly k: number
  readonly from: readonly [x: number, y: number]
  readonly gradient: readonly [x: number, y: number]
  readonly by: readonly [x: number, y: number]
}

export const stepNow: ReadonlySignal<Step | undefined> = computed(() => {
  const way = running.value.find(({ id }) => id === shown.value)?.way
  if (way === undefined) return undefined
  const { path, gradients } = way
  const k = Math.min(playback.at.value, gradients.length / 2 - 1)
  if (k < 0) return undefined
  const from = [path[2 * k]!, path[2 * k + 1]!] as const
  return {
    k,
    from,
    gradient: [gradients[2 * k]!, gradients[2 * k + 1]!],
    by: [(path[2 * k + 2] ?? from[0]) - from[0], (path[2 * k + 3] ?? from[1]) - from[1]],
  }
})

/** Pixels: arrows say where to, not how far; a step of a thousandth could not be seen. */
const LENGTH = 56

/** At the head of the chosen racer: down the slope, and where it really goes. */
export function Arrows({ x, y }: { readonly x: Scale; readonly y: Scale }): JSX.Element | null {
  const step = stepNow.value
  if (step === undefined) return null
  const { from, gradient, by } = step
  const towards = (dx: number, dy: number): { readonly line: string; readonly angle: number } | undefined => {
    const [px, py] = [x(from[0] + dx) - x(from[0]), y(from[1] + dy) - y(from[1])]
    const size = Math.hypot(px, py)
    if (!(size > 0) || !Number.isFinite(size)) return undefined
    return { line: `M0 0L${(LENGTH * px) / size} ${(LENGTH * py) / size}`, angle: (180 / Math.PI) * Math.atan2(py, px) }
  }
  // At the bottom there is no way down: what is left of the gradient is rounding.
  if (!(Math.hypot(x(from[0] + by[0]) - x(from[0]), y(from[1] + by[1]) - y(from[1])) > 0.02)) return null
  const arrow = (name: string, found: ReturnType<typeof towards>): JSX.Element | null =>
    found === undefined ? null : (
      <g class={`arrow arrow-${name}`}>
        <path d={found.line} />
        <path
          class="arrow-head"
          d={name === 'gradient' ? 'M4 0L-12 -9V9Z' : 'M0 0L-10 -5V5Z'}
          transform={`rotate(${found.angle}) translate(${LENGTH + 3} 0)`}
        />
      </g>
    )
  return (
    <g class={`arrows racer-${shown.value}`} transform={`translate(${x(from[0])} ${y(from[1])})`}>
      <title>{say('arrows')}</title>
      {arrow('gradient', towards(-gradient[0], -gradient[1]))}
      {arrow('step', towards(...by))}
    </g>
  )
}
