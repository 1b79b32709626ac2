import { moons } from '@neurite/datasets'
import type { JSX } from 'preact'
import { short } from '../../i18n/format.js'
import { Heatmap } from '../../parts/heatmap.jsx'
import type { Run } from './compute.js'
import { Sample } from './marks.jsx'
import { say } from './messages.js'
import { playback, running, shown } from './model.js'
import { BOX, EVERY, moonsOfLab, SIDE } from './network.js'
import './network-stage.css'
import { RaceChart } from './race-chart.jsx'

const data = moons(moonsOfLab)

/** One network, the same weights at first, trained by everyone at once: losses above, what each says of the plane below. */
export function NetworkStage({ summary }: { readonly summary: string }): JSX.Element {
  return (
    <div class="network-race">
      <RaceChart xName={say('steps')} yName={say('loss.network')} summary={summary} />
      <ul class="network-pictures">
        {running.value.map((run) => (
          <Picture key={run.id} run={run} />
        ))}
      </ul>
    </div>
  )
}

function Picture({ run }: { readonly run: Run }): JSX.Element {
  const { id, losses, pictures = [] } = run
  const k = Math.min(playback.at.value, losses.length - 1)
  const values = pictures[Math.min(Math.floor(k / EVERY), pictures.length - 1)]
  return (
    <li data-chosen={shown.value === id}>
      <p class="network-name">
        <Sample racer={id} />
        {say(`racer.${id}`)}
      </p>
      <div class="network-picture">
        {values !== undefined && (
          <Heatmap
            values={values.map((p) => 2 * p - 1)}
            size={[SIDE, SIDE]}
            label={say('picture', { racer: say(`racer.${id}`), loss: short(losses[k] ?? NaN) })}
          />
        )}
        <Points />
      </div>
    </li>
  )
}

/** The data, one shape a class. */
function Points(): JSX.Element {
  const [left, right, bottom, top] = BOX
  const { x, y } = data
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      {Array.from(y.data, (label, i) => {
        const px = (100 * (x.data[2 * i]! - left)) / (right - left)
        const py = (100 * (top - x.data[2 * i + 1]!)) / (top - bottom)
        return label === 1 ? (
          <circle key={i} class="point-a" cx={px} cy={py} r="2" />
        ) : (
          <rect key={i} class="point-b" x={px - 1.8} y={py - 1.8} width="3.6" height="3.6" />
        )
      })}
    </svg>
  )
}
