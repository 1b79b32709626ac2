import type { JSX } from 'preact'
import { short } from '../../i18n/format.js'
import { Heatmap } from '../../parts/heatmap.jsx'
import { SIDE } from './compute.js'
import { say } from './messages.js'
import { chosen, lit, shown } from './model.js'
import './plane.css'

/** The function of two numbers, seen from above: target, network, difference, and each neuron's own surface. */
export function Plane(): JSX.Element | null {
  const fit = shown.value
  if (fit === undefined) return null
  const { target, output, parts, neurons, supError, weights } = fit
  const cells = SIDE * SIDE
  const size = [SIDE, SIDE] as const
  const difference = target.map((value, k) => Math.abs(output[k]! - value))
  const most = parts.reduce((a, value) => Math.max(a, Math.abs(value)), 0)
  return (
    <div class="plane" role="group" aria-label={say('stage.summary.plane', { n: neurons, error: short(supError) })}>
      <div class="plane-maps">
        <Map name={say('stage.target')}>
          <Heatmap values={target} size={size} label={say('stage.target')} />
        </Map>
        <Map name={say('stage.output')} lit={lit.value === 'output'}>
          <Heatmap values={output} size={size} label={say('stage.output')} />
        </Map>
        <Map name={`${say('stage.error')} ≤ ${short(supError)}`} lit={lit.value === 'error'}>
          <Heatmap
            values={difference}
            size={size}
            ramp="size"
            most={Math.max(0.2, supError)}
            label={say('stage.error')}
          />
        </Map>
      </div>
      <p class="plane-name">{say('stage.parts.plane')}</p>
      <ul class="plane-parts">
        {Array.from({ length: neurons }, (_, i) => (
          <li key={i}>
            <button
              type="button"
              aria-pressed={chosen.value === i}
              class={weights.v[i]! < 0 ? 'negative' : 'positive'}
              onClick={() => (chosen.value = i)}
              onPointerEnter={() => (chosen.value = i)}
              onFocus={() => (chosen.value = i)}
            >
              <Heatmap
                values={parts.subarray(i * cells, (i + 1) * cells)}
                size={size}
                most={most}
                label={say('neuron.label', { i: i + 1 })}
              />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Map({
  name,
  lit: marked = false,
  children,
}: {
  readonly name: string
  readonly lit?: boolean
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <figure data-lit={marked}>
      <figcaption>{name}</figcaption>
      <div>{children}</div>
    </figure>
  )
}
