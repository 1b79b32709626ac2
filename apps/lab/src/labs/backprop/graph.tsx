import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { significant } from '../../i18n/format.js'
import { useSize } from '../../parts/size.js'
import { Edges } from './edges.jsx'
import './graph.css'
import { say } from './messages.js'
import { forwards, now, place, shown, steps } from './model.js'
import { plainName } from './name.jsx'
import { Nodes } from './nodes.jsx'
import { Locals } from './locals.jsx'
import { placesOf } from './places.js'
import { Tags } from './tags.jsx'

/** The chapter's picture, drawn where explain says that everything stands. */
export function Graph(): JSX.Element {
  const { ref, size } = useSize<SVGSVGElement>()
  const places = useComputed(() => {
    const { width, height } = size.value
    return shown.value === undefined || width === 0
      ? undefined
      : placesOf(shown.value.trace, shown.value.graph, width, height)
  })
  return (
    <svg class="bp-graph" ref={ref} role="group" aria-label={summary()}>
      {places.value !== undefined && (
        <>
          <Edges lines={places.value.lines} />
          <Tags places={places.value} />
          <Nodes places={places.value} />
          {places.value.roomy && <Locals places={places.value} />}
        </>
      )}
    </svg>
  )
}

function summary(): string {
  const step = now.value
  if (step === undefined) return say('summary.begin', { n: steps.value.length })
  const forward = step.pass === 'forward'
  return say(`summary.${step.pass}`, {
    i: forward ? place.value : place.value - forwards.value,
    n: forward ? forwards.value : steps.value.length - forwards.value,
    name: plainName(step.name),
    value: significant(step.result, 4),
  })
}
