import type { JSX } from 'preact'
import { short } from '../../i18n/format.js'
import { Axes } from '../../parts/axes.jsx'
import { draggable } from '../../parts/drag.js'
import { scaleLinear } from '../../parts/scale.js'
import type { Scaled } from './compute.js'
import { say } from './messages.js'
import { drag } from './model.js'
import { MOST, PEOPLE, type Scaling } from './names.js'
import type { Box } from './panels.jsx'

/** What is shown of height and weight. */
const DOMAIN: Readonly<Record<Scaling, readonly [number, number]>> = {
  raw: [0, MOST],
  minmax: [-0.08, 1.08],
  zscore: [-4, 4],
}

/** Everyone by height and weight, as the model sees them; in the raw picture the last one can be dragged away. */
export function People({
  scaling,
  rows,
  box: { left, right, top, bottom },
  small,
}: {
  readonly scaling: Scaling
  readonly rows: Scaled['rows']
  readonly box: Box
  readonly small: boolean
}): JSX.Element {
  const domain = DOMAIN[scaling]
  const x = scaleLinear(domain, [left, right])
  const y = scaleLinear(domain, [bottom, top])
  const [height = 0, weight = 0] = rows[PEOPLE - 1] ?? []
  const inside = (value: number): number => Math.min(domain[1], Math.max(domain[0], value))
  const beyond = inside(height) !== height || inside(weight) !== weight
  const [px, py] = [x(inside(height)), y(inside(weight))]
  return (
    <g class="people">
      <Axes
        x={x}
        y={y}
        ticks={[small ? 2 : 3, small ? 2 : 3]}
        {...(!small && { xName: say(`height.${scaling}`), yName: say(`weight.${scaling}`) })}
      />
      {rows.slice(0, -1).map(([h = 0, w = 0], i) => (
        <circle key={i} class="person" cx={x(h)} cy={y(w)} r={small ? 1.75 : 2.5} />
      ))}
      {scaling === 'raw' ? (
        <g
          class="handle"
          tabindex={0}
          role="slider"
          aria-label={say('person.label')}
          aria-valuemin={0}
          aria-valuemax={MOST}
          aria-valuenow={Math.round(weight)}
          aria-valuetext={say('person.text', { height: short(height), weight: short(weight) })}
          {...draggable(
            (mx, my) => drag(x.invert(mx), y.invert(my)),
            (dx, dy) => drag(height + 2 * dx, weight + 2 * dy),
          )}
        >
          <circle class="hit" cx={px} cy={py} r="18" />
          <circle cx={px} cy={py} r="7" />
        </g>
      ) : (
        <>
          <circle class="dragged" cx={px} cy={py} r={small ? 4 : 5} />
          {beyond && (
            <text class="beyond" x={px - 9} y={py + 14} text-anchor="end">
              {`${short(height)}, ${short(weight)}`}
            </text>
          )}
        </>
      )}
    </g>
  )
}
