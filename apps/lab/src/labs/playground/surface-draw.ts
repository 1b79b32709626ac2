import { contours } from 'd3-contour'
import { rampOf } from '../../parts/heatmap.jsx'
import type { Points, Split } from './data.js'
import { cleared } from './draw.js'
import { REACH } from './features.js'

/** From the plane to pixels of a square. */
export const toPixel = (value: number, size: number): number => ((value + REACH) / (2 * REACH)) * size
export const fromPixel = (pixel: number, size: number): number => (pixel / size) * 2 * REACH - REACH

interface Overlay {
  readonly size: number
  readonly split: Split
  readonly tests: boolean
  readonly regression: boolean
  /** The output on a grid, whose zero line is the decision boundary; undefined where there is none to draw. */
  readonly boundary: { readonly values: Float32Array; readonly side: number } | undefined
  /** Of keys, in own points. */
  readonly cursor: readonly [x: number, y: number] | undefined
}

/** What lies on the surface: points, decision boundary, axes. */
export function drawOverlay(canvas: HTMLCanvasElement, overlay: Overlay): void {
  const { size, split, tests, regression, boundary, cursor } = overlay
  const context = cleared(canvas, size, size)
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  if (boundary !== undefined) drawBoundary(context, size, boundary, colour('--ink'))
  const look = { size, regression, radius: Math.max(2.4, Math.min(4.2, size / 90)), colour }
  drawPoints(context, split.train, { ...look, hollow: false })
  if (tests && split.test !== undefined) drawPoints(context, split.test, { ...look, hollow: true })
  drawAxes(context, size, colour)
  if (cursor !== undefined) drawCursor(context, toPixel(cursor[0], size), toPixel(-cursor[1], size), colour('--accent'))
}

function drawBoundary(
  context: CanvasRenderingContext2D,
  size: number,
  { values, side }: { readonly values: Float32Array; readonly side: number },
  ink: string,
): void {
  // Contours lie between the middles of cells, and close along the margin, which is no boundary.
  const [line] = contours().size([side, side]).thresholds([0])(Array.from(values))
  const scale = size / side
  const margin = (at: number): boolean => at <= 0.5 || at >= side - 0.5
  context.beginPath()
  for (const ring of line?.coordinates.flat() ?? [])
    ring.forEach(([x = 0, y = 0], k) => {
      const [px = 0, py = 0] = ring[k - 1] ?? []
      const outside =
        (margin(x) && margin(px) && Math.abs(x - px) < 1e-9) || (margin(y) && margin(py) && Math.abs(y - py) < 1e-9)
      if (k === 0 || outside) context.moveTo(x * scale, y * scale)
      else context.lineTo(x * scale, y * scale)
    })
  context.strokeStyle = ink
  context.lineWidth = 1.5
  context.lineJoin = 'round'
  context.stroke()
}

interface PointLook {
  readonly size: number
  readonly regression: boolean
  readonly radius: number
  readonly hollow: boolean
  readonly colour: (name: string) => string
}

/** Class A is blue and round, class B orange and square; what is only for testing is hollow. */
function drawPoints(context: CanvasRenderingContext2D, { places, values }: Points, look: PointLook): void {
  const { size, regression, radius, hollow, colour } = look
  const [positive, negative, paper, ink] = ['--positive', '--negative', '--paper', '--ink'].map(colour) as [
    string,
    string,
    string,
    string,
  ]
  const ramp = rampOf('signed')
  context.lineWidth = hollow ? 1.75 : 1
  values.forEach((value, i) => {
    const [x, y] = [toPixel(places[2 * i]!, size), toPixel(-places[2 * i + 1]!, size)]
    const own = regression ? rampColour(ramp, value) : value > 0.5 ? positive : negative
    context.beginPath()
    if (regression || value > 0.5) context.arc(x, y, radius, 0, 2 * Math.PI)
    else context.rect(x - 0.88 * radius, y - 0.88 * radius, 1.76 * radius, 1.76 * radius)
    context.fillStyle = hollow && !regression ? paper : own
    context.strokeStyle = regression ? ink : hollow ? own : paper
    context.fill()
    context.stroke()
  })
}

function rampColour(ramp: Uint8ClampedArray, value: number): string {
  const at = 3 * Math.round(((Math.min(1, Math.max(-1, value)) + 1) / 2) * 255)
  return `rgb(${ramp[at]} ${ramp[at + 1]} ${ramp[at + 2]})`
}

function drawAxes(context: CanvasRenderingContext2D, size: number, colour: (name: string) => string): void {
  context.font = `12px ${colour('--mono')}`
  context.strokeStyle = colour('--ink')
  context.lineWidth = 1
  for (const value of [-5, 0, 5]) {
    const at = toPixel(value, size)
    const text = String(value).replace('-', '−')
    context.beginPath()
    context.moveTo(at, size)
    context.lineTo(at, size - 5)
    context.moveTo(0, size - at)
    context.lineTo(5, size - at)
    context.stroke()
    context.textAlign = 'center'
    label(context, text, at, size - 8, colour)
    context.textAlign = 'left'
    label(context, text, 8, size - at + 4, colour)
  }
  context.textAlign = 'right'
  label(context, 'x₁', size - 6, size - 8, colour)
  context.textAlign = 'left'
  label(context, 'x₂', 8, 16, colour)
}

/** Legible on any ground. */
function label(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: (name: string) => string,
): void {
  context.lineJoin = 'round'
  context.lineWidth = 4
  context.strokeStyle = colour('--paper')
  context.strokeText(text, x, y)
  context.lineWidth = 1
  context.strokeStyle = context.fillStyle = colour('--ink')
  context.fillText(text, x, y)
}

function drawCursor(context: CanvasRenderingContext2D, x: number, y: number, accent: string): void {
  context.strokeStyle = accent
  context.lineWidth = 2
  context.beginPath()
  context.moveTo(x - 10, y)
  context.lineTo(x + 10, y)
  context.moveTo(x, y - 10)
  context.lineTo(x, y + 10)
  context.stroke()
}

/** A data set in a few pixels, for choosing it. */
export function drawMiniature(
  context: CanvasRenderingContext2D,
  size: number,
  { places, values }: Points,
  regression: boolean,
): void {
  const style = getComputedStyle(document.documentElement)
  const ramp = rampOf('signed')
  values.forEach((value, i) => {
    const name = value > 0.5 ? '--positive' : '--negative'
    context.fillStyle = regression ? rampColour(ramp, value) : style.getPropertyValue(name).trim()
    context.fillRect(toPixel(places[2 * i]!, size) - 1, toPixel(-places[2 * i + 1]!, size) - 1, 2.2, 2.2)
  })
}
