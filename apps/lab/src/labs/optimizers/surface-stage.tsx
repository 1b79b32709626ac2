import { computed } from '@preact/signals'
import type { JSX, PointerEventHandler } from 'preact'
import { useEffect, useId, useMemo } from 'preact/hooks'
import { short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { useSize, type Size } from '../../parts/size.js'
import { Trail } from '../../parts/trail.js'
import { Arrows } from './arrows.jsx'
import type { Landscape, Run } from './compute.js'
import { markOf } from './marks.jsx'
import { say } from './messages.js'
import { landscape, lit, playback, running, seen, shown, startAt, surface } from './model.js'
import { state } from './state.js'
import './surface-stage.css'

const MARGIN = { left: 40, right: 8, top: 26, bottom: 40 }
/** Points of the bright end of a path. */
const TAIL = 18

/** The loss from above, and everyone's way down it. */
export function SurfaceStage(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const window = windowOf(size.value)
  useEffect(() => {
    seen.value = window
  }, [window?.join()])
  const { width, height } = size.value
  const x = scaleLinear(window === undefined ? [0, 1] : [window[0], window[1]], [MARGIN.left, width - MARGIN.right])
  const y = scaleLinear(window === undefined ? [0, 1] : [window[2], window[3]], [height - MARGIN.bottom, MARGIN.top])
  const found = landscape.value
  return (
    <svg class="race" ref={ref} role="group" aria-label={summary()} data-lit={lit.value ?? ''} {...placing(x, y)}>
      {window !== undefined && (
        <>
          {found?.surface === state.at.where.value && <Contours found={found} x={x} y={y} />}
          <Axes x={x} y={y} xName="w₁" yName="w₂" ticks={[width > 600 ? 9 : 5, 6]} />
          {running.value.map((run) => (
            <Way key={run.id} run={run} x={x} y={y} size={size.value} />
          ))}
          {/* Above those who arrive there. */}
          {found?.minima.map(([mx, my]) => (
            <g key={`${mx},${my}`} class="minimum" transform={`translate(${x(mx)} ${y(my)})`}>
              <path d="M-7 0H7M0 -7V7" />
              <text y="23">{say('minimum')}</text>
            </g>
          ))}
          {state.at.arrows.value && <Arrows x={x} y={y} />}
          <Start x={x} y={y} />
        </>
      )}
    </svg>
  )
}

/** What is seen: the surface's box, made wider or higher to fill the stage with equal units both ways. */
function windowOf({ width, height }: Size): Landscape['window'] | undefined {
  const box = surface.value?.box
  const [w, h] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom]
  if (box === undefined || w < 40 || h < 40) return undefined
  const [left, right, bottom, top] = box
  const unit = Math.max((right - left) / w, (top - bottom) / h)
  const [cx, cy] = [(left + right) / 2, (bottom + top) / 2]
  return [cx - (unit * w) / 2, cx + (unit * w) / 2, cy - (unit * h) / 2, cy + (unit * h) / 2]
}

export function summary(): string {
  const [x, y] = startAt.value
  const ends = running.value.map(({ id, losses, reached }) =>
    say(reached === undefined ? 'summary.not' : 'summary.reached', {
      racer: say(`racer.${id}`),
      steps: reached ?? losses.length - 1,
      loss: short(losses.at(-1) ?? NaN),
    }),
  )
  return [say('summary.start', { x: short(x), y: short(y) }), ...ends].join(' ')
}

function Contours({ found, x, y }: { readonly found: Landscape; readonly x: Scale; readonly y: Scale }): JSX.Element {
  const clip = useId()
  const [left, right, bottom, top] = found.window
  const [columns, rows] = found.size
  const [px, py] = [x(left), y(top)]
  const [sx, sy] = [(x(right) - px) / (columns - 2), (y(bottom) - py) / (rows - 2)]
  const paths = useMemo(
    () =>
      found.levels.map(({ coordinates }) =>
        coordinates
          .flat()
          .map(
            (ring) =>
              `M${ring.map(([u, v]) => `${(px + (u! - 1) * sx).toFixed(1)} ${(py + (v! - 1) * sy).toFixed(1)}`).join('L')}Z`,
          )
          .join(''),
      ),
    [found, px, py, sx, sy],
  )
  return (
    <g class="contours" aria-hidden="true" clip-path={`url(#${clip})`}>
      <clipPath id={clip}>
        <rect x={px} y={py} width={x(right) - px} height={y(bottom) - py} />
      </clipPath>
      {paths.map((d, i) => (
        <path key={i} d={d} />
      ))}
    </g>
  )
}

/** One racer: where it has been, faint; the last steps, bright; its mark at the head. */
function Way({
  run,
  x,
  y,
  size,
}: {
  readonly run: Run
  readonly x: Scale
  readonly y: Scale
  readonly size: Size
}): JSX.Element {
  const path = run.way!.path
  const trail = useMemo(() => {
    const points: [number, number][] = []
    // Far outside they are seen by no one, and SVG has no use for their size.
    const near = (value: number): number => Math.min(4000, Math.max(-4000, value))
    for (let k = 0; 2 * k < path.length; k++) points.push([near(x(path[2 * k]!)), near(y(path[2 * k + 1]!))])
    return { points, line: new Trail(points) }
  }, [path, size, ...x.domain, ...y.domain])
  // Signals go straight into attributes: nothing else is rendered anew at each frame.
  const { past, now, head } = useMemo(() => {
    const { at } = playback
    const { points, line } = trail
    return {
      past: computed(() => line.between(0, at.value)),
      now: computed(() => line.between(at.value - TAIL, at.value)),
      head: computed(() => {
        const [px, py] = points[Math.min(at.value, points.length - 1)] ?? [0, 0]
        return `translate(${px.toFixed(1)} ${py.toFixed(1)})`
      }),
    }
  }, [trail])
  return (
    <g class={`way racer-${run.id}`} data-chosen={shown.value === run.id}>
      <path class="racer-line way-past" d={past} />
      <path class="racer-line way-now" d={now} />
      <path class="racer-mark" d={markOf(run.id)} transform={head} />
    </g>
  )
}

const [LEFT, RIGHT] = [-10, 10]
const rounded = (value: number): number => Math.round(100 * Math.min(RIGHT, Math.max(LEFT, value))) / 100

/** The place from which everyone starts: dragged, moved by arrow keys, or put where the stage is pressed. */
function Start({ x, y }: { readonly x: Scale; readonly y: Scale }): JSX.Element {
  const [px, py] = startAt.value
  const set = (to: readonly [number, number]): void => {
    state.at.start.value = to.map(rounded)
  }
  const events = draggable(
    (sx, sy) => set([x.invert(sx), y.invert(sy)]),
    (dx, dy) => set([px + 0.05 * dx, py + 0.05 * dy]),
  )
  return (
    <circle
      class="start"
      cx={x(px)}
      cy={y(py)}
      r="9"
      tabindex={0}
      role="slider"
      aria-label={say('start')}
      aria-valuemin={LEFT}
      aria-valuemax={RIGHT}
      aria-valuenow={px}
      aria-valuetext={`w₁ = ${short(px)}, w₂ = ${short(py)}`}
      {...events}
      onPointerUp={(event) => {
        events.onPointerUp(event)
        playback.restart()
      }}
    />
  )
}

/** Pressing anywhere on the stage puts the start there. */
function placing(x: Scale, y: Scale): { readonly onPointerDown: PointerEventHandler<SVGSVGElement> } {
  return {
    onPointerDown(event) {
      if (event.button !== 0 || (event.target as Element).closest('[role="slider"]') !== null) return
      const box = event.currentTarget.getBoundingClientRect()
      state.at.start.value = [x.invert(event.clientX - box.left), y.invert(event.clientY - box.top)].map(rounded)
    },
  }
}
