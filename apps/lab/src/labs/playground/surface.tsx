import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact'
import { useRef } from 'preact/hooks'
import { theme } from '../../app/theme.js'
import { fixed, short } from '../../i18n/format.js'
import { paint } from '../../parts/heatmap.jsx'
import { useSize } from '../../parts/size.js'
import { FEATURES, REACH } from './features.js'
import { say } from './messages.js'
import { kind, parts, peeked, regression, run, shown } from './model.js'
import { addPoint, cursor, editing, movePoint, nearestPoint, removeNear } from './point-editor.js'
import { featureSurface, narrow, surfaceOf, surfaceSize } from './scene.js'
import { state } from './state.js'
import './surface.css'
import { drawOverlay, fromPixel } from './surface-draw.js'

/** What the large surface shows: the output, or whatever is pointed at. */
function shownSurface():
  { readonly values: Float32Array; readonly most: number; readonly output: boolean } | undefined {
  const now = shown.value
  if (now === undefined) return undefined
  const at = peeked.value
  const values =
    at?.what === 'feature'
      ? featureSurface(state.at.in.value[at.unit]!)
      : surfaceOf(at?.layer ?? now.surfaces.length - 1, at?.unit ?? 0)
  if (values === undefined) return undefined
  if (at === undefined || (at.what !== 'feature' && at.layer === now.surfaces.length - 1))
    return { values: read(values), most: 1, output: true }
  return { values, most: values.reduce((a, value) => Math.max(a, Math.abs(value)), 0), output: false }
}

/** The output neuron's number as a colour in [-1, 1]: of a logit, 2 p - 1. */
function read(values: Float32Array): Float32Array {
  const inRange = kind.value === 'logit' ? values.map((z) => Math.tanh(z / 2)) : values
  return state.at.steps.value ? inRange.map(Math.sign) : inRange
}

export function Surface(): JSX.Element {
  const { ref, size } = useSize<HTMLDivElement>()
  const map = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const hovered = useSignal<readonly [number, number] | undefined>(undefined)
  const dragged = useRef<number | undefined>(undefined)
  useSignalEffect(() => {
    surfaceSize.value = size.value.width
  })
  useSignalEffect(() => {
    void theme.value
    const surface = shownSurface()
    const side = shown.value?.side ?? 1
    if (map.current !== null && surface !== undefined)
      paint(map.current, surface.values, [side, side], 'signed', surface.most)
  })
  useSignalEffect(() => {
    void theme.value
    const now = shown.value
    const output = now === undefined ? undefined : surfaceOf(now.surfaces.length - 1, 0)
    if (overlay.current === null || size.value.width === 0) return
    drawOverlay(overlay.current, {
      size: size.value.width,
      split: parts.value,
      tests: state.at.tests.value,
      regression: regression.value,
      boundary:
        regression.value || output === undefined || peeked.value !== undefined
          ? undefined
          : { values: output, side: now!.side },
      cursor: editing.value ? cursor.value : undefined,
    })
  })
  const placeOf = (event: TargetedPointerEvent<HTMLElement>): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect()
    return [fromPixel(event.clientX - box.left, box.width), -fromPixel(event.clientY - box.top, box.height)]
  }
  return (
    <figure class="surface" data-lit={peeked.value !== undefined}>
      <div
        class="surface-map"
        ref={ref}
        role={editing.value ? 'application' : 'img'}
        aria-roledescription={editing.value ? say('own.editor') : undefined}
        aria-label={editing.value ? say('own.keys') : summary()}
        tabIndex={editing.value ? 0 : undefined}
        data-editing={editing.value}
        onPointerMove={(event) => {
          const place = placeOf(event)
          hovered.value = place
          if (dragged.current !== undefined) movePoint(dragged.current, place)
        }}
        onPointerLeave={() => (hovered.value = undefined)}
        onPointerDown={(event) => {
          if (!editing.value || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          const place = placeOf(event)
          dragged.current = nearestPoint(place) ?? addPoint(place)
        }}
        onPointerUp={() => (dragged.current = undefined)}
        onPointerCancel={() => (dragged.current = undefined)}
        onContextMenu={(event) => {
          if (!editing.value) return
          event.preventDefault()
          removeNear(hovered.peek() ?? cursor.peek())
        }}
        onKeyDown={(event) => editing.value && keys(event)}
      >
        <canvas ref={map} aria-hidden="true" />
        <canvas ref={overlay} aria-hidden="true" />
      </div>
      <figcaption>
        <span>{captionOf()}</span>
        <span class="number">{hovered.value === undefined ? ' ' : readout(hovered.value)}</span>
      </figcaption>
    </figure>
  )
}

function keys(event: TargetedKeyboardEvent<HTMLElement>): void {
  const step = event.shiftKey ? 1 : 0.25
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
  const [x, y] = cursor.peek()
  const inside = (value: number): number => Math.min(REACH, Math.max(-REACH, value))
  if (by !== undefined) cursor.value = [inside(x + by[0]! * step), inside(y + by[1]! * step)]
  else if (event.key === 'Enter' || event.key === ' ') addPoint(cursor.peek())
  else if (event.key === 'Delete' || event.key === 'Backspace') removeNear(cursor.peek())
  else return
  event.preventDefault()
}

/** What the network shows now, in a sentence. */
export function summary(): string {
  const frame = run.frame.value
  if (frame?.trainLoss === undefined) return say('surface')
  const values = {
    iteration: frame.iteration,
    train: short(frame.trainLoss),
    test: frame.testLoss === undefined ? '–' : short(frame.testLoss),
    accuracy: frame.testAccuracy === undefined ? '–' : fixed(frame.testAccuracy, 3),
  }
  return say(regression.value ? 'summary.heights' : 'summary.classes', values)
}

function captionOf(): string {
  const at = peeked.value
  if (at === undefined) return say('surface')
  if (at.what === 'feature') return say('surface.feature', { name: FEATURES[state.at.in.value[at.unit]!].name })
  const last = shown.value !== undefined && at.layer === shown.value.surfaces.length - 1
  return last ? say('surface') : say('surface.unit', { layer: at.layer + 1, unit: at.unit + 1 })
}

/** The value of the cell that a pointer is on. */
function readout([x, y]: readonly [number, number]): string {
  const now = shown.value
  const surface = shownSurface()
  if (now === undefined || surface === undefined) return ' '
  const cell = (value: number): number =>
    Math.min(now.side - 1, Math.max(0, Math.floor(((value + REACH) / (2 * REACH)) * now.side)))
  const raw = surface.output ? surfaceOf(now.surfaces.length - 1, 0)! : surface.values
  const value = raw[cell(-y) * now.side + cell(x)]!
  return narrow.value ? short(value) : `(${fixed(x, 1)}, ${fixed(y, 1)}) → ${short(value)}`
}
