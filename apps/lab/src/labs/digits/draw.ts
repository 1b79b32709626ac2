import { rampOf, type Ramp } from '../../parts/heatmap.jsx'
import { MOST_INK, SIDE, type Image } from './image.js'
import { windowIn, type Box, type Layout } from './layout.js'
import type { ShownLayer } from './network.js'

type Colour = (value: number) => string

/** The colour of a value, with full strength at `most`. */
function colours(ramp: Ramp, most: number): Colour {
  const bytes = rampOf(ramp)
  const last = bytes.length / 3 - 1
  const scale = most > 0 ? 1 / most : 0
  return (value) => {
    const t = ramp === 'size' ? value * scale : (value * scale + 1) / 2
    const at = 3 * Math.round(Math.min(1, Math.max(0, t)) * last)
    return `rgb(${bytes[at]} ${bytes[at + 1]} ${bytes[at + 2]})`
  }
}

/** Values on the stage: the image on the pad, and every map of every layer. */
export class Painter {
  readonly #context: CanvasRenderingContext2D
  /** What each layer shows with full strength: it follows the largest value, slowly, so that colours do not flicker. */
  readonly #most: number[] = []

  constructor(readonly canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext('2d')!
  }

  paint(
    { width, height }: { readonly width: number; readonly height: number },
    layout: Layout,
    image: Image,
    layers: readonly ShownLayer[],
    units: readonly Float32Array[] | undefined,
  ): void {
    const fine = window.devicePixelRatio
    const [columns, rows] = [Math.round(width * fine), Math.round(height * fine)]
    if (this.canvas.width !== columns) this.canvas.width = columns
    if (this.canvas.height !== rows) this.canvas.height = rows
    const context = this.#context
    context.setTransform(fine, 0, 0, fine, 0, 0)
    context.clearRect(0, 0, width, height)
    const style = getComputedStyle(document.documentElement)
    const line = style.getPropertyValue('--edge')
    this.#map(layout.pad, [SIDE, SIDE], (k) => image[k]!, colours('size', MOST_INK), line)
    layout.layers.forEach(({ maps }, i) => {
      const { layer, rows: high, columns: across, filters, name } = layers[i]!
      const values = units?.[layer]
      const largest = values?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0
      const before = this.#most[layer] ?? largest
      const most = (this.#most[layer] = Math.max(1e-6, largest > before ? largest : 0.9 * before + 0.1 * largest))
      const colour = name === 'flatten' ? colours('size', 1) : colours('signed', most)
      maps.forEach((box, filter) =>
        this.#map(
          box,
          [high, across],
          (k) => values?.[k * filters + filter] ?? 0,
          colour,
          name === 'flatten' ? undefined : line,
        ),
      )
      if (name === 'flatten') this.#frame(layout.layers[i]!.box, line)
    })
  }

  #map(
    box: Box,
    [rows, columns]: readonly [number, number],
    valueAt: (k: number) => number,
    colour: Colour,
    frame: string | undefined,
  ): void {
    const context = this.#context
    for (let k = 0; k < rows * columns; k++) {
      const cell = windowIn(box, [rows, columns], [Math.floor(k / columns), k % columns])
      context.fillStyle = colour(valueAt(k))
      // Neighbours overlap by a hair, so that no seam shows between them.
      context.fillRect(cell.x, cell.y, cell.width + 0.35, cell.height + 0.35)
    }
    if (frame !== undefined) this.#frame(box, frame)
  }

  #frame(box: Box, colour: string): void {
    const context = this.#context
    context.strokeStyle = colour
    context.lineWidth = 1
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1)
  }
}
