import type { JSX } from 'preact'
import { fixed, short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear, type Scale } from '../../parts/scale.js'
import { useSize } from '../../parts/size.js'
import { say } from './messages.js'
import { list, lit } from './model.js'
import { FURTHEST, LEAST_FAR, WAYS, type Way } from './names.js'
import './scaling.css'
import { state } from './state.js'

const { far } = state.at

const DOMAIN: Readonly<Record<Way | 'raw', readonly [number, number]>> = {
  raw: [-4, FURTHEST + 4],
  minmax: [-0.02, 1.02],
  zscore: [-1.2, 3.2],
  robust: [-3, 8],
}

/** The chapter's list as it is, and as each scaler leaves it. */
export function Strips(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const { width, height } = size.value
  const found = list.value
  // A low stage has no room for what goes past the chapter.
  const ways = height < 520 ? WAYS.filter((way) => way !== 'robust') : WAYS
  const tall = height / (ways.length + 1)
  return (
    <svg
      class="scaling"
      ref={ref}
      role="group"
      aria-label={
        found === undefined
          ? ''
          : say('list.summary', {
              far: short(far.value),
              minmax: fixed(found.by.minmax.values[8]!, 2),
              zscore: fixed(found.by.zscore.values[8]!, 2),
            })
      }
    >
      {width > 0 && found !== undefined && (
        <>
          <Strip name="raw" values={[...found.values.slice(0, -1), far.value]} top={0} tall={tall} width={width} />
          {ways.map((way, i) => (
            <Strip key={way} name={way} values={found.by[way].values} top={(i + 1) * tall} tall={tall} width={width} />
          ))}
        </>
      )}
    </svg>
  )
}

function Strip({
  name,
  values,
  top,
  tall,
  width,
}: {
  readonly name: Way | 'raw'
  readonly values: readonly number[]
  readonly top: number
  readonly tall: number
  readonly width: number
}): JSX.Element {
  const floor = top + tall - 22
  // All nine may lie on one another, below the numbers.
  const radius = Math.min(6, (floor - top - 42) / (2 * values.length - 1))
  const x = scaleLinear(DOMAIN[name], [14, width - 14])
  const y = scaleLinear([0, 1], [floor, top + 44])
  const digits = name === 'raw' ? 0 : 2
  // All ten as the chapter lists them; on a narrow stage, those that differ.
  const all = values.map((value) => fixed(value, digits))
  const said = width > 600 ? all : [...new Set(all)]
  const places = values.map((value) => x(value))
  const levels = stacked(places, 2 * radius + 0.5)
  const last = values.length - 1
  const beyond = values[last]! > DOMAIN[name][1]
  return (
    <g
      class="strip panel"
      data-lit={lit.value === name}
      onPointerEnter={() => (lit.value = name)}
      onPointerLeave={() => (lit.value = undefined)}
    >
      <rect class="ground" x={0} y={top + 1} width={width} height={tall - 2} />
      <text class="panel-name" x={14} y={top + 17}>
        {say(`strip.${name}`)}
      </text>
      <text class="values" x={14} y={top + 36}>
        {said.join('  ')}
      </text>
      <Axes x={x} y={y} ticks={[width > 600 ? 8 : 5, 0]} />
      {values.slice(0, -1).map((_, i) => (
        <circle key={i} class="dot" cx={places[i]} cy={floor - radius - levels[i]! * (2 * radius + 0.5)} r={radius} />
      ))}
      {name === 'raw' ? (
        <Far x={x} y={floor - radius - levels[last]! * (2 * radius + 0.5)} />
      ) : (
        <circle
          class="dragged"
          cx={beyond ? width - 8 : places[last]}
          cy={floor - radius - (beyond ? 0 : levels[last]! * (2 * radius + 0.5))}
          r={radius}
        />
      )}
      {beyond && (
        <text class="beyond" x={width - 20} y={floor - 6} text-anchor="end">
          {`${fixed(values[last]!, 2)} →`}
        </text>
      )}
    </g>
  )
}

function Far({ x, y }: { readonly x: Scale; readonly y: number }): JSX.Element {
  const set = (to: number): void => {
    far.value = Math.min(FURTHEST, Math.max(LEAST_FAR, Math.round(to)))
  }
  return (
    <g
      class="handle"
      tabindex={0}
      role="slider"
      aria-label={say('far.label')}
      aria-valuemin={LEAST_FAR}
      aria-valuemax={FURTHEST}
      aria-valuenow={far.value}
      {...draggable(
        (mx) => set(x.invert(mx)),
        (dx, dy) => set(far.peek() + dx + dy),
      )}
    >
      <circle class="hit" cx={x(far.value)} cy={y} r="18" />
      <circle cx={x(far.value)} cy={y} r="8" />
    </g>
  )
}

/** How many dots lie below each, so that none covers another. */
function stacked(places: readonly number[], wide: number): readonly number[] {
  const levels: number[] = []
  places.forEach((place, i) => {
    const taken = new Set(levels.filter((_, k) => Math.abs(places[k]! - place) < wide && k < i))
    let level = 0
    while (taken.has(level)) level++
    levels.push(level)
  })
  return levels
}
