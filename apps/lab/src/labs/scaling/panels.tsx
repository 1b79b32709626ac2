import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { counted } from '../../i18n/format.js'
import { useSize } from '../../parts/size.js'
import type { Run } from './compute.js'
import { say } from './messages.js'
import { aspect, lit, now, runs, valleys } from './model.js'
import { SCALINGS, type Scaling } from './names.js'
import { People } from './people.jsx'
import './scaling.css'
import { Valley } from './valley.jsx'

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where the parts of one scaling lie. */
interface Place {
  readonly title: readonly [x: number, y: number]
  readonly ground: Box
  readonly people: Box
  readonly valley: Box
}

/** A column each on a wide stage, with the people above the valley; a row each on a narrow one. */
function placeOf(i: number, width: number, height: number): Place {
  if (width >= 600) {
    const wide = width / SCALINGS.length
    const [left, right] = [i * wide, (i + 1) * wide]
    const middle = 74 + 0.42 * (height - 150)
    return {
      title: [left + 12, 20],
      ground: { left: left + 4, right: right - 4, top: 0, bottom: height },
      people: { left: left + 44, right: right - 16, top: 74, bottom: middle },
      valley: { left: left + 16, right: right - 16, top: middle + 62, bottom: height - 28 },
    }
  }
  const tall = height / SCALINGS.length
  const top = i * tall
  const middle = 0.46 * width
  return {
    title: [4, top + 15],
    ground: { left: 0, right: width, top: top + 1, bottom: top + tall - 1 },
    people: { left: 32, right: middle - 8, top: top + 24, bottom: top + tall - 24 },
    valley: { left: middle + 8, right: width - 2, top: top + 22, bottom: top + tall - 4 },
  }
}

/** The same people, model and descent, three times. */
export function Panels(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const small = width < 600
  useEffect(() => {
    if (width === 0) return
    const { valley } = placeOf(0, width, height)
    aspect.value = Math.max(1, Math.ceil((10 * (valley.right - valley.left)) / (valley.bottom - valley.top)) / 10)
  }, [width, height])
  return (
    <svg class="scaling" ref={ref} role="group" aria-label={summary()} data-lit={lit.value ?? ''}>
      {width > 0 &&
        valleys.value !== undefined &&
        SCALINGS.map((scaling, i) => (
          <Panel key={scaling} scaling={scaling} place={placeOf(i, width, height)} small={small} />
        ))}
    </svg>
  )
}

function summary(): string {
  const found = runs.value
  return found === undefined
    ? ''
    : SCALINGS.map((scaling) => `${say(`scaling.${scaling}`)}: ${ending(found[scaling])}`).join('. ')
}

/** How a descent ended, in words. */
export function ending({ end, iterations }: Run): string {
  return say(`end.${end}`, { n: counted(iterations) })
}

function Panel({
  scaling,
  place,
  small,
}: {
  readonly scaling: Scaling
  readonly place: Place
  readonly small: boolean
}): JSX.Element {
  const { title, ground, people, valley } = place
  const found = valleys.value![scaling]
  const run = runs.value?.[scaling]
  return (
    <g
      class="panel"
      data-lit={lit.value === scaling}
      onPointerEnter={() => (lit.value = scaling)}
      onPointerLeave={() => (lit.value = undefined)}
    >
      <rect
        class="ground"
        x={ground.left}
        y={ground.top}
        width={ground.right - ground.left}
        height={ground.bottom - ground.top}
      />
      <text class="panel-name" x={title[0]} y={title[1]}>
        {say(`scaling.${scaling}`)}
      </text>
      <Count run={run} place={small ? [ground.right - 4, title[1]] : [title[0], title[1] + 22]} small={small} />
      <People scaling={scaling} rows={found.rows} box={people} small={small} />
      <Valley valley={found} run={run} box={valley} small={small} />
    </g>
  )
}

/** Alone, because it changes with every frame. */
function Count({
  run,
  place: [x, y],
  small,
}: {
  readonly run: Run | undefined
  readonly place: readonly [x: number, y: number]
  readonly small: boolean
}): JSX.Element {
  const at = Math.floor(now.value)
  const ended = run !== undefined && at >= run.iterations
  return (
    <text class="panel-count" data-ended={ended} x={x} y={y} text-anchor={small ? 'end' : 'start'}>
      {run === undefined ? '…' : ended ? ending(run) : say('iteration', { n: counted(at) })}
    </text>
  )
}
