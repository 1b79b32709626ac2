import { theme } from '../../app/theme.js'
import { paint } from '../../parts/heatmap.jsx'
import { edgeBetween, type Cell, type Column, type Curve } from './geometry.js'
import type { Chosen, Shown } from './model.js'

/** An edge of the network as it is drawn. */
export interface Edge extends Curve {
  readonly layer: number
  readonly from: number
  readonly unit: number
  readonly weight: number
}

/** More edges between two layers than this would be a grey plane: the strongest are drawn. */
export const MOST_EDGES = 320

/** A smaller picture is drawn without corners and outline. */
const PLAIN = 14

/** The edges that the stage shows; of many, those with the largest weights. */
export function edgesOf(columns: readonly Column[], shown: Shown): readonly Edge[] {
  return shown.weights.flatMap(({ weight }, layer) => {
    const [before, after] = [columns[layer]!.cells, columns[layer + 1]!.cells]
    const least = weight.length <= MOST_EDGES ? 0 : weight.map(Math.abs).sort().at(-MOST_EDGES)!
    const strongest = Array.from(weight, (_, k) => k).filter((k) => Math.abs(weight[k]!) >= least)
    return strongest.map((k) => {
      const [from, unit] = [Math.floor(k / after.length), k % after.length]
      const place = before.length === 1 ? 0.5 : from / (before.length - 1)
      return { layer, from, unit, weight: weight[k]!, ...edgeBetween(before[from]!, after[unit]!, place) }
    })
  })
}

/** Width by size: visible when small, not everything when large. */
export const widthOf = (weight: number): number => Math.min(9, 0.6 + 2.2 * Math.sqrt(Math.abs(weight)))

interface Colours {
  readonly positive: string
  readonly negative: string
  readonly paper: string
  readonly line: string
  readonly edge: string
  readonly ink: string
  readonly accent: string
}

function colours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string): string => style.getPropertyValue(name).trim()
  return {
    positive: of('--blue-fill'),
    negative: of('--orange-fill'),
    paper: of('--paper'),
    line: of('--line'),
    edge: of('--edge'),
    ink: of('--ink'),
    accent: of('--accent'),
  }
}

/** Makes a canvas as sharp as the screen, and clears it. */
export function cleared(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(3, devicePixelRatio)
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== high) canvas.height = high
  const context = canvas.getContext('2d')!
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

/** One canvas holds edges and pictures: both change in every frame. */
export class NetworkPainter {
  #theme = ''
  #colours: Colours | undefined
  /** A small canvas for each picture, painted when its numbers change. */
  readonly #tiles = new Map<string, { values: Float32Array | undefined; theme: string; canvas: HTMLCanvasElement }>()

  draw(
    canvas: HTMLCanvasElement,
    size: { readonly width: number; readonly height: number },
    scene: {
      readonly columns: readonly Column[]
      readonly edges: readonly Edge[]
      /** What each cell of each column shows; undefined for one whose picture stands elsewhere. */
      readonly pictures: readonly (readonly (Float32Array | undefined)[])[]
      readonly side: number
      readonly chosen: Chosen | undefined
    },
  ): void {
    if (this.#theme !== theme.value || this.#colours === undefined) {
      this.#theme = theme.value
      this.#colours = colours()
    }
    const context = cleared(canvas, size.width, size.height)
    this.#edges(context, scene.edges, scene.chosen)
    scene.columns.forEach(({ cells }, c) =>
      cells.forEach((cell, k) => {
        const values = scene.pictures[c]?.[k]
        if (values !== undefined) this.#tile(context, cell, `${c} ${k}`, values, scene.side)
      }),
    )
  }

  #edges(context: CanvasRenderingContext2D, edges: readonly Edge[], chosen: Chosen | undefined): void {
    const { positive, negative } = this.#colours!
    // One path for edges that look alike.
    const paths = new Map<string, Path2D>()
    for (const edge of edges) {
      const width = Math.round(2 * widthOf(edge.weight)) / 2
      const alike = `${edge.weight < 0 ? negative : positive} ${width} ${strengthOf(edge, chosen)}`
      let path = paths.get(alike)
      if (path === undefined) paths.set(alike, (path = new Path2D()))
      const middle = (edge.x1 + edge.x2) / 2
      path.moveTo(edge.x1, edge.y1)
      path.bezierCurveTo(middle, edge.y1, middle, edge.y2, edge.x2, edge.y2)
    }
    for (const [alike, path] of paths) {
      const [colour = '', width, alpha] = alike.split(' ')
      context.strokeStyle = colour
      context.lineWidth = Number(width)
      context.globalAlpha = Number(alpha)
      context.stroke(path)
    }
    context.globalAlpha = 1
  }

  #tile(context: CanvasRenderingContext2D, cell: Cell, key: string, values: Float32Array, side: number): void {
    const { x, y, size } = cell
    const { line, edge, paper } = this.#colours!
    const most = values.reduce((a, value) => Math.max(a, Math.abs(value)), 0)
    let tile = this.#tiles.get(key)
    if (tile === undefined) {
      tile = { values: undefined, theme: '', canvas: document.createElement('canvas') }
      this.#tiles.set(key, tile)
    }
    if (tile.values !== values || tile.theme !== this.#theme) {
      paint(tile.canvas, values, [side, side], 'signed', most)
      tile.values = values
      tile.theme = this.#theme
    }
    if (size < PLAIN) {
      // Hundreds of small cells: no corners to round, no outlines but of those that are dead.
      if (most > 0) context.drawImage(tile.canvas, x, y, size, size)
      else {
        context.strokeStyle = line
        context.lineWidth = 1
        context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1)
      }
      return
    }
    const radius = size > 24 ? 6 : 3
    context.save()
    context.beginPath()
    context.roundRect(x, y, size, size, radius)
    context.fillStyle = paper
    context.fill()
    context.clip()
    if (most > 0) context.drawImage(tile.canvas, x, y, size, size)
    context.restore()
    context.beginPath()
    context.roundRect(x, y, size, size, radius)
    context.strokeStyle = most > 0 ? edge : line
    context.lineWidth = 1.5
    // A unit that answers 0 everywhere is only an outline: no gradient reaches its weights (4.2.4).
    context.setLineDash(most > 0 ? [] : [4, 3])
    context.stroke()
    context.setLineDash([])
  }
}

/** What is chosen stands out; the rest steps back. */
function strengthOf({ layer, from, unit, weight }: Edge, chosen: Chosen | undefined): number {
  const plain = Math.min(0.9, 0.28 + 0.3 * Math.abs(weight))
  if (chosen === undefined) return Math.round(10 * plain) / 10
  const near =
    chosen.what === 'feature'
      ? layer === 0 && from === chosen.unit
      : chosen.what === 'unit'
        ? layer === chosen.layer && unit === chosen.unit
        : layer === chosen.layer && unit === chosen.unit && from === chosen.from
  return near ? 1 : 0.15
}
