import { readOptions } from '@neurite/core/arguments'
import { formulaLine, wrapLine } from '../drawing/formula.js'
import { arrowHead, round, svgDocument, svgText } from '../drawing/svg.js'
import { escapeXml, shortNumber, textWidth } from '../drawing/text.js'
import { COLORS, drawingReaders, type Colors, type DrawingOptions } from '../drawing/theme.js'
import { aNetwork } from '../readers.js'
import { collapse, extentReaders } from './collapse.js'
import { labelPlaces, type Segment } from './label-places.js'
import type { NetworkEdge, NetworkGraph, NetworkNode } from './network-graph.js'
import { MANY_EDGES } from './to-dot.js'

/** Options of {@link toSvg}. */
export interface SvgOptions extends DrawingOptions {
  /** A layer with more nodes shows its first and last ones only. Default 40, at least 15. */
  readonly maxNodes?: number
  /** Writes weights at their edges where there is room, and each bias at its neuron. Default: if the graph has at most 60 edges. */
  readonly weights?: boolean
}

const TOP = 58
const LEGEND = 40

/**
 * A network graph as an SVG image, layer by layer from left to right. An edge is blue where its weight is positive,
 * orange where it is negative, and the wider the larger it is; each has its weight as a tooltip.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { networkGraph, toSvg } from '@neurite/explain'
 * import { dense, sequential } from '@neurite/nn'
 * const model = sequential([dense(5, { activation: 'tanh' }), dense(1)])
 * const { params } = model.init({ inputShape: [2] })
 * const svg = toSvg(await networkGraph(model, params), { width: 390, theme: 'dark' })
 * svg.includes('<title>Network: 2 inputs, dense 5, dense 1</title>') // => true
 * ```
 */
export function toSvg(graph: NetworkGraph, options: SvgOptions = {}): string {
  const read = readOptions('toSvg', options, { ...extentReaders, ...drawingReaders })
  aNetwork('toSvg', 'graph', graph)
  const { columns, edges } = collapse(graph, read.maxNodes)
  const weights = read.weights ?? edges.length <= MANY_EDGES
  const colors = COLORS[read.theme]
  const rows = Math.max(1, ...columns.map((nodes) => nodes.length))
  const radius = rows <= 12 ? 17 : rows <= 20 ? 13 : 9
  const step = weights && rows <= 8 ? 66 : 2 * radius + (rows <= 12 ? 22 : 7)
  // Half of the widest box, where one stands in the first or the last column.
  const margin = [columns[0], columns.at(-1)].some((nodes) =>
    nodes?.some((node) => typeof node !== 'number' && isBox(node)),
  )
    ? 70
    : 50
  const column = Math.min(340, Math.max(104, (read.width - 2 * margin) / Math.max(1, columns.length - 1)))
  const box = Math.min(130, column - 22)
  const width = columns.length === 1 ? 2 * margin + box : 2 * margin + (columns.length - 1) * column

  const at = (layer: number, i: number): readonly [x: number, y: number] => [
    columns.length === 1 ? width / 2 : margin + layer * column,
    TOP + (rows - columns[layer]!.length) * 0.5 * step + (i + 0.5) * step,
  ]
  const places = new Map<string, { readonly x: number; readonly y: number; readonly reach: number }>()
  columns.forEach((nodes, layer) =>
    nodes.forEach((node, i) => {
      const [x, y] = at(layer, i)
      if (typeof node !== 'number') places.set(node.id, { x, y, reach: isBox(node) ? box / 2 : radius })
    }),
  )

  const largest = edges.reduce(
    (most, { weight }) => (Number.isFinite(weight) ? Math.max(most, Math.abs(weight!)) : most),
    0,
  )
  const segments = edges.map((edge): Segment => {
    const [from, to] = [places.get(edge.from)!, places.get(edge.to)!]
    return { x1: from.x + from.reach, y1: from.y, x2: to.x - to.reach - 1, y2: to.y }
  })
  const many = edges.length > 200
  const lines = edges.map((edge, i) => drawEdge(edge, segments[i]!, largest, colors, many))
  const labels = weights
    ? labelPlaces(
        edges.map(({ weight }, i) => ({
          segment: segments[i]!,
          text: weight === undefined ? '' : shortNumber(weight, 2),
          rank: Math.abs(weight ?? 0),
        })),
        [...places.values()].map(({ x, y, reach }) => ({
          x: x - reach - 2,
          y: y - radius - 2,
          width: 2 * reach + 4,
          height: 2 * radius + 22,
        })),
      )
    : []
  const numbers = labels.map(({ index, x, y, text }) => {
    const { weight } = edges[index]!
    const size = textWidth(text, 11) + 4
    const halo =
      colors.ground === undefined
        ? ''
        : `<rect x="${round(x - size / 2)}" y="${round(y - 8)}" width="${round(size)}" height="15" rx="3" fill="${colors.ground}"/>`
    return halo + svgText([x, y + 4], text, { fill: colorOf(weight, colors), size: 11, anchor: 'middle' })
  })
  const shapes = columns.flatMap((nodes, layer) =>
    nodes.map((node, i) => {
      const [x, y] = at(layer, i)
      return typeof node === 'number'
        ? leftOut(node, x, y, colors)
        : drawNode(node, x, y, { radius, box, colors, numbers: weights && radius >= 13 })
    }),
  )
  const heads = graph.layers.flatMap(({ kind }, layer) => {
    const [x] = at(layer, 0)
    const name = layer === 0 ? 'input' : layer === graph.layers.length - 1 ? 'output' : `hidden ${layer}`
    const what =
      layer === 0 && kind === 'input' ? '' : [kind, activationIn(graph, layer)].filter((part) => part !== '').join(', ')
    return [
      svgText([x, 22], name, { fill: colors.ink, anchor: 'middle', bold: true }),
      ...wrapLine(formulaLine(what.replace(/[\\_^{}]/g, ' ')), 11, column - 6).map((line, i) =>
        svgText([x, 38 + i * 13], line, { fill: colors.soft, anchor: 'middle', size: 11 }),
      ),
    ]
  })
  const height = TOP + rows * step + 12
  return svgDocument({
    width,
    height: height + (largest > 0 ? LEGEND : 8),
    title: read.title ?? `Network: ${inWords(graph)}`,
    description: `A directed graph of ${graph.nodes.length} nodes in ${graph.layers.length} layers and ${graph.edges.length} edges, from left to right.`,
    theme: read.theme,
    body: [
      `<g>${lines.join('\n')}</g>`,
      `<g>${numbers.join('\n')}</g>`,
      `<g>${shapes.join('\n')}</g>`,
      `<g>${heads.join('')}</g>`,
      ...(largest > 0 ? [legend(height + 14, width, largest, colors)] : []),
    ],
  })
}

const colorOf = (weight: number | undefined, { line, negative, positive }: Colors): string =>
  weight === undefined || !Number.isFinite(weight) ? line : weight < 0 ? negative : positive

const thickness = (share: number): number => 0.8 + 2.8 * share

function drawEdge(
  edge: NetworkEdge,
  { x1, y1, x2, y2 }: Segment,
  largest: number,
  colors: Colors,
  many: boolean,
): string {
  const { weight, from, to } = edge
  const share = weight === undefined || !Number.isFinite(weight) || largest === 0 ? 0.2 : Math.abs(weight) / largest
  const color = colorOf(weight, colors)
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI
  const width = many ? 0.5 + 1.5 * share : thickness(share)
  const size = many ? 3.5 : 5 + 1.2 * width
  // The line ends inside its head.
  const back = size * 0.7
  const [dx, dy] = [Math.cos((angle * Math.PI) / 180) * back, Math.sin((angle * Math.PI) / 180) * back]
  const told = weight === undefined ? '' : `<title>${escapeXml(`${from} to ${to}: ${shortNumber(weight)}`)}</title>`
  return `<g opacity="${round(0.4 + 0.6 * share)}">${told}<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2 - dx)}" y2="${round(y2 - dy)}" stroke="${color}" stroke-width="${round(width)}"/>${arrowHead(x2, y2, angle, color, round(size))}</g>`
}

const isBox = ({ kind, label }: NetworkNode): boolean => kind === 'layer' || (kind === 'input' && label.length > 5)

function drawNode(
  node: NetworkNode,
  x: number,
  y: number,
  { radius, box, colors, numbers }: { radius: number; box: number; colors: Colors; numbers: boolean },
): string {
  const { kind, label, bias, activation } = node
  const { ink, soft, ground } = colors
  const told =
    kind === 'neuron'
      ? [
          `neuron ${node.index + 1}`,
          activation ?? '',
          ...(bias === undefined ? [] : [`bias ${shortNumber(bias)}`]),
        ].join(', ')
      : label
  const fill = ground ?? 'none'
  const parts: string[] = []
  if (isBox(node)) {
    const lines = wrapLine([{ text: label, level: 0 }], 12, box - 10)
    const height = Math.max(2 * radius, lines.length * 15 + 8)
    parts.push(
      `<rect x="${round(x - box / 2)}" y="${round(y - height / 2)}" width="${round(box)}" height="${height}" rx="6" fill="${fill}" stroke="${ink}"/>`,
      ...lines.map((line, i) =>
        svgText([x, y + 4 + (i - (lines.length - 1) / 2) * 15], line, { fill: ink, size: 12, anchor: 'middle' }),
      ),
    )
  } else {
    const dashed = kind === 'bias' ? ' stroke-dasharray="3 2"' : ''
    parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${fill}" stroke="${ink}"${dashed}/>`)
    const inner =
      kind === 'neuron' ? (SHORT[activation ?? 'identity'] ?? 'φ') : label.replace(/^([a-z])(\d+)$/, '$1_{$2}')
    if (radius >= 13) parts.push(svgText([x, y + 4], formulaLine(inner), { fill: ink, size: 12, anchor: 'middle' }))
    if (numbers && bias !== undefined)
      parts.push(
        svgText([x, y + radius + 13], `b = ${shortNumber(bias, 2)}`, { fill: soft, size: 11, anchor: 'middle' }),
      )
  }
  return `<g><title>${escapeXml(told)}</title>${parts.join('')}</g>`
}

function leftOut(count: number, x: number, y: number, { ground, soft }: Colors): string {
  const text = `⋮ ${count} more`
  const width = textWidth(text, 12)
  return `${ground === undefined ? '' : `<rect x="${round(x - width / 2 - 3)}" y="${round(y - 9)}" width="${round(width + 6)}" height="18" rx="4" fill="${ground}"/>`}${svgText([x, y + 4], text, { fill: soft, size: 12, anchor: 'middle' })}`
}

/** What stands in a neuron. */
const SHORT: Readonly<Record<string, string>> = { identity: 'Σ', sigmoid: 'σ', tanh: 'tanh', relu: 'relu' }

/** The activation of a layer's neurons, where they have one. */
function activationIn(graph: NetworkGraph, layer: number): string {
  const activation =
    graph.nodes.find((node) => node.layer === layer && node.kind === 'neuron')?.activation ?? 'identity'
  return activation === 'identity' ? '' : activation
}

function inWords(graph: NetworkGraph): string {
  return graph.layers
    .map(({ kind, nodes }, i) =>
      i === 0
        ? `${nodes} ${nodes === 1 ? 'input' : 'inputs'}`
        : graph.nodes.some((node) => node.layer === i && node.kind === 'neuron')
          ? `${kind} ${nodes}`
          : kind,
    )
    .join(', ')
}

/** What width and colour say. */
function legend(y: number, width: number, largest: number, colors: Colors): string {
  const left = `−${shortNumber(largest, 2)}`
  const right = shortNumber(largest, 2)
  const half = 46
  const sides = [-1, 1].map((side) =>
    [1, 0.66, 0.33].map((share, i) => {
      const from = width / 2 + side * (half - i * 15)
      return `<path d="M${round(from)} ${y}h${-side * 13}" stroke="${side < 0 ? colors.negative : colors.positive}" stroke-width="${round(thickness(share))}" opacity="${round(0.4 + 0.6 * share)}"/>`
    }),
  )
  return `<g><title>weights: colour says the sign, width the size</title>${sides.flat().join('')}${svgText([width / 2 - half - 6, y + 4], left, { fill: colors.soft, size: 12, anchor: 'end' })}${svgText([width / 2 + half + 6, y + 4], right, { fill: colors.soft, size: 12 })}${svgText([width / 2, y + 20], 'weight', { fill: colors.soft, size: 12, anchor: 'middle' })}</g>`
}
