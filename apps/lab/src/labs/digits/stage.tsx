import { effect, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { theme } from '../../app/theme.js'
import { fixed } from '../../i18n/format.js'
import { useSize } from '../../parts/size.js'
import { Bars } from './bars.jsx'
import './digits.css'
import { Painter } from './draw.js'
import { LayerTargets } from './layer-targets.jsx'
import { layoutOf } from './layout.js'
import { say } from './messages.js'
import { answer, frame, network, pad, run, wide } from './model.js'
import { Pad } from './pad.jsx'
import { Terms } from './terms.jsx'
import { Window } from './window.jsx'

/** The pad, what each layer makes of it, and the ten outputs. Values are on the canvas; what can be touched lies over it. */
export function Stage(): JSX.Element {
  const { ref, size } = useSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const layout = useComputed(() => layoutOf(size.value.width, size.value.height, network.value.layers))
  useEffect(() => {
    const painter = new Painter(canvas.current!)
    return effect(() => {
      void theme.value
      const { width } = size.value
      wide.value = layout.value.terms !== undefined
      if (width > 0) painter.paint(size.value, layout.value, pad.value, network.value.layers, frame.value?.units)
    })
  }, [])
  const { width, height } = size.value
  const { terms } = layout.value
  const summary = useSummary()
  return (
    <div class="canvas" ref={ref}>
      <canvas ref={canvas} aria-hidden="true" />
      {width > 0 && (
        <svg class="digits" width={width} height={height} role="group" aria-label={summary}>
          <image class="still" width={width} height={height} />
          <Window layout={layout.value} />
          <Pad box={layout.value.pad} />
          <LayerTargets layout={layout.value} />
          <Bars layout={layout.value} />
          {terms !== undefined && <Terms box={terms} />}
        </svg>
      )}
    </div>
  )
}

/** What the stage shows, said anew when training rests. */
function useSummary(): string {
  const said = answer.value
  const last = useRef('')
  if (said !== undefined && (!run.playing.value || last.current === ''))
    last.current = say('stage.summary', { digit: said.digit, probability: fixed(said.probability, 2) })
  return last.current
}

/** The stage as one SVG: what the canvas shows becomes an image in it for as long as it is copied. */
export function pictureOf(stage: Element | null): SVGSVGElement | null {
  const [svg, canvas] = [stage?.querySelector<SVGSVGElement>('svg.digits'), stage?.querySelector('canvas')]
  if (!svg || !canvas) return null
  const still = svg.querySelector('.still')!
  still.setAttribute('href', canvas.toDataURL())
  queueMicrotask(() => still.removeAttribute('href'))
  return svg
}
