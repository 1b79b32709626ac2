import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { Axes } from '../../parts/axes.jsx'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { Trail } from '../../parts/trail.js'
import type { Traced } from './compute.js'
import type { Box } from './layout.js'
import { say } from './messages.js'
import { now, playback } from './model.js'
import { iterationsOf } from './training.js'

/** The loss of every batch as it comes, and of each epoch that is over its mean and how far the losses stray. */
export function Trace({ box, known }: { readonly box: Box; readonly known: Traced }): JSX.Element {
  const { losses, batching } = known
  const each = iterationsOf(batching)
  const most = losses.reduce((a, b) => Math.max(a, b), 0)
  const x = scaleLinear([0, Math.max(1, losses.length)], [box.x, box.x + box.width])
  const y = scaleLinear([0, 1.15 * most], [box.y + box.height, box.y])
  const { line, head } = useMemo(() => {
    // Iteration k is drawn when it has been made, at k + 1.
    const points = Array.from(losses, (loss, k) => [x(k + 1), y(loss)] as const)
    const trail = new Trail(points)
    return {
      line: computed(() => (playback.at.value < 1 ? '' : trail.between(0, playback.at.value - 1))),
      head: computed(() => {
        const [px, py] = points[playback.at.value - 1] ?? [-20, -20]
        return `translate(${px} ${py})`
      }),
    }
  }, [losses, box.width, box.height, box.y])
  return (
    <g class="trace">
      <Axes x={x} y={y} xName={say('iteration')} ticks={[box.width > 500 ? 8 : 4, 3]} />
      <Epochs known={known} each={each} x={x} y={y} />
      <path class="trace-line" d={line} />
      <circle class="trace-head" r="4" transform={head} />
    </g>
  )
}

function Epochs({
  known,
  each,
  x,
  y,
}: {
  readonly known: Traced
  readonly each: number
  readonly x: Scale
  readonly y: Scale
}): JSX.Element {
  const over = Math.floor(now.value.made / each)
  const [bottom, top] = y.range
  const wide = x(each) - x(0)
  return (
    <>
      {known.epochs.map(({ mean, deviation }, e) => {
        const [left, right] = [x(e * each), x((e + 1) * each)]
        return (
          <g key={e}>
            <line class="epoch-end" x1={right} x2={right} y1={bottom} y2={top} />
            {wide > 24 && (
              <text class="epoch-name" x={left + 4} y={top + 10}>
                {wide > 96 ? say('epoch', { e: e + 1 }) : e + 1}
              </text>
            )}
            {e < over && (
              <>
                <rect
                  class="band"
                  x={left}
                  width={right - left}
                  y={y(mean + deviation)}
                  height={y(Math.max(0, mean - deviation)) - y(mean + deviation)}
                />
                <line class="epoch-mean" x1={left} x2={right} y1={y(mean)} y2={y(mean)} />
              </>
            )}
          </g>
        )
      })}
    </>
  )
}
