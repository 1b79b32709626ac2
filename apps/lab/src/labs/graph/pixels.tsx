import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { theme } from '../../app/theme.js'
import { rampOf } from '../../parts/heatmap.jsx'
import { useSize } from '../../parts/size.js'
import { mix, samples } from './flatten-model.js'
import { PIXELS } from './grid.js'
import { say } from './messages.js'

const EDGE = Math.sqrt(PIXELS)

/** A few digits whose pixels move to their shuffled places, and the first of them as one row of numbers. */
export function Pixels(): JSX.Element {
  const { ref, size } = useSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width, height } = size.value
  const [at, found, colours] = [mix.value, samples.answer.value, theme.value]
  useEffect(() => {
    if (canvas.current !== null && found !== undefined && width > 0) draw(canvas.current, found, at, width, height)
  }, [at, found, width, height, colours])
  return (
    <div class="pixels" ref={ref}>
      <canvas ref={canvas} role="img" aria-label={say(at > 0.5 ? 'pixels.shuffled' : 'pixels.original')} />
    </div>
  )
}

function draw(
  canvas: HTMLCanvasElement,
  { images, order }: { readonly images: Float32Array; readonly order: Int32Array },
  t: number,
  width: number,
  height: number,
): void {
  const dense = Math.min(3, devicePixelRatio)
  canvas.width = Math.round(width * dense)
  canvas.height = Math.round(height * dense)
  const context = canvas.getContext('2d')!
  context.scale(dense, dense)
  const colors = rampOf('size')
  const row = 22
  const gap = 16
  const side = Math.floor(Math.min(height - row - 12, (width - 3 * gap) / 4) / EDGE) * EDGE
  const count = Math.min(10, Math.floor((width + gap) / (side + gap)))
  // The row of numbers stands at the foot.
  const foot = height - row
  const left = (width - count * side - (count - 1) * gap) / 2
  const cell = side / EDGE
  const place = new Int32Array(PIXELS)
  order.forEach((from, to) => (place[from] = to))
  const fill = (value: number): void => {
    const k = 3 * Math.round(255 * value)
    context.fillStyle = `rgb(${colors[k]} ${colors[k + 1]} ${colors[k + 2]})`
  }
  const between = (from: number, to: number): number => from + (to - from) * t
  for (let image = 0; image < count; image++) {
    const x0 = left + image * (side + gap)
    fill(0.06)
    context.fillRect(x0, 0, side, side)
    // Dark pixels last: they fly above the paper.
    const byInk = Array.from({ length: PIXELS }, (_, p) => p).sort(
      (a, b) => images[image * PIXELS + a]! - images[image * PIXELS + b]!,
    )
    for (const p of byInk) {
      const value = images[image * PIXELS + p]!
      if (value === 0) continue
      const q = place[p]!
      fill(0.06 + 0.94 * value)
      context.fillRect(
        x0 + cell * between(p % EDGE, q % EDGE),
        cell * between(Math.floor(p / EDGE), Math.floor(q / EDGE)),
        cell - 0.5,
        cell - 0.5,
      )
    }
  }
  const wide = width / PIXELS
  fill(0.06)
  context.fillRect(0, foot, width, row)
  for (let p = 0; p < PIXELS; p++) {
    const value = images[p]!
    if (value === 0) continue
    fill(0.06 + 0.94 * value)
    context.fillRect(wide * between(p, place[p]!), foot, wide - 0.5, row)
  }
}
