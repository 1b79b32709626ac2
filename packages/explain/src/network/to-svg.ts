import { aNetwork } from '../readers.js'
import { readOptions } from '@neurite/core/arguments'
import { drawingReaders, NEGATIVE, POSITIVE, round, svgDocument, svgText, type Theme } from '../drawing/svg.js'
import { escapeXml, shorten, shortNumber } from '../drawing/text.js'
import { collapse, extentReaders } from './collapse.js'
import type { NetworkGraph, NetworkNode } from './network-graph.js'
import { MANY_EDGES } from './to-dot.js'

/** Options of {@link toSvg}. */
export interface SvgOptions {
  /** A layer with more nodes shows its first and last ones only. Default 40, at least 15. */
  readonly maxNodes?: number
  /** Writes each weight at its edge, and each bias at its neuron. Default: if the graph has at most 60 edges. */
  readonly weights?: boolean
  /** Default 'auto'. */
  readonly theme?: Theme
  /** Read out instead of the picture. Default: the sizes of the layers. */
  readonly title?: string
}

interface Point {
  readonly x: number
  readonly y: number
}

const TOP = 40

/**
 * A network graph as an SVG image, layer by layer from left to right. An edge is blue where its weight is positive,
 * orange where it is negative, and the stronger the larger it is.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { networkGraph, toSvg } from '@neurite/explain'
 * import { dense, sequential } from '@neurite/nn'
 * const model = sequential([dense(5, { activation: 'tanh' }), dense(1)])
 * const { params } = model.init({ inputShape: [2] })
 * toSvg(await networkGraph(model, params)).includes('<title>Network: 2 inputs, dense 5, dense 1</title>') // => true
 * ```
 */
export function toSvg(graph: NetworkGraph, options: SvgOptions = {}): string {
  const { maxNodes, theme, title, ...read } = readOptions('toSvg', options, { ...extentReaders, ...drawingReaders })
  aNetwork('toSvg', 'graph', graph)
  const { columns, edges } = collapse(graph, maxNodes)
  const weights = read.weights ?? edges.length <= MANY_EDGES
  const rows = Math.max(1, ...columns.map((nodes) => nodes.length))
  const radius = rows <= 12 ? 18 : rows <= 20 ? 13 : 9
  const step = radius * 2 + (rows <= 12 ? 18 : 6)
  const column = Math.max(weights ? 170 : 130, rows * 4.5)
  const height = TOP + rows * step + 12

  const places = new Map<string, Point>()
  const at = (layer: number, i: number): Point => ({
    x: 70 + layer * column,
    y: TOP + (rows - columns[layer]!.length) * 0.5 * step + (i + 0.5) * step,
  })
  columns.forEach((nodes, layer) =>
    nodes.forEach((node, i) => typeof node !== 'number' && places.set(node.id, at(layer, i))),
  )
  const kinds = new Map(columns.flat().flatMap((node) => (typeof node === 'number' ? [] : [[node.id, node] as const])))
  const reach = (id: string): number => (isWide(kinds.get(id)!) ? WIDE / 2 : radius)

  const largest = Math.max(1e-300, ...edges.map(({ weight }) => Math.abs(weight ?? 0)).filter(Number.isFinite))
  const lines = edges.map(({ from, to, weight }) => {
    const a = places.get(from)!
    const b = places.get(to)!
    const share = weight === undefined || !Number.isFinite(weight) ? 0.1 : Math.abs(weight) / largest
    const color = weight === undefined ? 'currentColor' : weight < 0 ? NEGATIVE : POSITIVE
    const x1 = a.x + reach(from)
    const x2 = b.x - reach(to)
    const line = `<line x1="${round(x1)}" y1="${round(a.y)}" x2="${round(x2)}" y2="${round(b.y)}" stroke="${color}" stroke-opacity="${round(0.25 + 0.75 * share)}" stroke-width="${round(0.6 + 1.6 * share)}"/>`
    if (!weights || weight === undefined) return line
    // Nearer the side with more nodes, where fewer edges meet.
    const t = columns[kinds.get(from)!.layer]!.length < columns[kinds.get(to)!.layer]!.length ? 0.72 : 0.28
    const text = svgText([x1 + (x2 - x1) * t, a.y + (b.y - a.y) * t - 6], shortNumber(weight, 3), {
      size: 9,
      fill: color,
    })
    return line + text
  })
  const shapes = columns.flatMap((nodes, layer) =>
    nodes.map((node, i) => {
      const { x, y } = at(layer, i)
      return typeof node === 'number'
        ? svgText([x, y], `⋮ ${node} more`, { size: 11 })
        : shapeOf(node, x, y, radius, weights)
    }),
  )
  const heads = graph.layers.map(({ kind }, layer) =>
    svgText([70 + layer * column, 16], kind, { size: 11, opacity: 0.75 }),
  )
  const words = graph.layers.map(({ kind, nodes }, i) =>
    i === 0
      ? `${nodes} ${nodes === 1 ? 'input' : 'inputs'}`
      : graph.nodes.some((node) => node.layer === i && node.kind === 'neuron')
        ? `${kind} ${nodes}`
        : kind,
  )
  return svgDocument({
    width: 140 + (columns.length - 1) * column,
    height,
    title: title ?? `Network: ${words.join(', ')}`,
    description: `A directed graph of ${graph.nodes.length} nodes in ${graph.layers.length} layers and ${graph.edges.length} edges, from left to right.`,
    theme,
    body: [`<g>${lines.join('\n')}</g>`, `<g>${shapes.join('\n')}</g>`, `<g>${heads.join('')}</g>`],
  })
}

const WIDE = 112

const isWide = ({ kind, label }: NetworkNode): boolean => kind === 'layer' || (kind === 'input' && label.length > 5)

function shapeOf(node: NetworkNode, x: number, y: number, radius: number, numbers: boolean): string {
  const { kind, label, bias, activation } = node
  const told =
    kind === 'neuron'
      ? [
          `neuron ${node.index + 1}`,
          activation ?? '',
          ...(bias === undefined ? [] : [`bias ${shortNumber(bias)}`]),
        ].join(', ')
      : label
  const dashed = kind === 'bias' ? ' stroke-dasharray="3 2"' : ''
  const outline = isWide(node)
    ? `<rect x="${round(x - WIDE / 2)}" y="${round(y - radius)}" width="${WIDE}" height="${radius * 2}" rx="5" fill="none" stroke="currentColor"/>`
    : `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="none" stroke="currentColor"${dashed}/>`
  const inner =
    kind === 'neuron'
      ? activation === undefined || activation === 'identity'
        ? 'Σ'
        : (SHORT[activation] ?? 'φ')
      : label
  const small = radius < 12
  const texts =
    small && kind === 'neuron' ? [] : [svgText([x, y], shorten(inner, isWide(node) ? 22 : 5), { size: small ? 8 : 11 })]
  if (numbers && bias !== undefined) texts.push(svgText([x, y + radius + 8], `b ${shortNumber(bias, 3)}`, { size: 9 }))
  return `<g><title>${escapeXml(told)}</title>${outline}${texts.join('')}</g>`
}

/** What stands in a neuron. */
const SHORT: Readonly<Record<string, string>> = { sigmoid: 'σ', tanh: 'tanh', relu: 'ReLU', softmax: 'soft' }
