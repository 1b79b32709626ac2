import { interpolateLab } from 'd3-interpolate'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { theme } from '../app/theme.js'
import './heatmap.css'

/** What a colour says: signed values from orange through paper to blue, or sizes from paper to ink. */
export type Ramp = 'signed' | 'size'

const STEPS = 256
const ramps = new Map<string, Uint8ClampedArray>()

/** 256 colours, as bytes, of the page's present theme. */
export function rampOf(name: Ramp): Uint8ClampedArray {
  const key = `${name} ${theme.value}`
  let found = ramps.get(key)
  if (found === undefined) {
    const style = getComputedStyle(document.documentElement)
    const [paper, ink, blue, orange] = ['--paper', '--ink', '--blue-fill', '--orange-fill'].map((variable) =>
      style.getPropertyValue(variable).trim(),
    ) as [string, string, string, string]
    const [below, above] = [interpolateLab(paper, orange), interpolateLab(paper, blue)]
    const size = interpolateLab(paper, ink)
    found = new Uint8ClampedArray(3 * STEPS)
    for (let i = 0; i < STEPS; i++) {
      const t = (2 * i) / (STEPS - 1) - 1
      const color = name === 'size' ? size(i / (STEPS - 1)) : t < 0 ? below(-t) : above(t)
      found.set(
        color
          .match(/[\d.]+/g)!
          .slice(0, 3)
          .map(Number),
        3 * i,
      )
    }
    ramps.set(key, found)
  }
  return found
}

/** Draws values into a canvas, one pixel each; style sheets stretch it. */
export function paint(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  [columns, rows]: readonly [number, number],
  ramp: Ramp,
  most: number,
): void {
  if (canvas.width !== columns) canvas.width = columns
  if (canvas.height !== rows) canvas.height = rows
  const context = canvas.getContext('2d')!
  const image = context.createImageData(columns, rows)
  const colors = rampOf(ramp)
  const scale = most > 0 ? 1 / most : 0
  for (let k = 0; k < columns * rows; k++) {
    const t = ramp === 'size' ? values[k]! * scale : (values[k]! * scale + 1) / 2
    const at = 3 * Math.round(Math.min(1, Math.max(0, t)) * (STEPS - 1))
    image.data[4 * k] = colors[at]!
    image.data[4 * k + 1] = colors[at + 1]!
    image.data[4 * k + 2] = colors[at + 2]!
    image.data[4 * k + 3] = 255
  }
  context.putImageData(image, 0, 0)
}

/** A surface seen from above. */
export function Heatmap({
  values,
  size,
  ramp = 'signed',
  most = 1,
  label,
}: {
  /** Row by row from the top. */
  readonly values: ArrayLike<number>
  readonly size: readonly [columns: number, rows: number]
  readonly ramp?: Ramp
  /** The value with full strength. */
  readonly most?: number
  readonly label: string
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const colours = theme.value
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, values, size, ramp, most)
  }, [values, ramp, most, colours])
  return <canvas class="heatmap" ref={canvas} role="img" aria-label={label} />
}
