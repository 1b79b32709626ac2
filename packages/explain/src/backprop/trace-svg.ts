import { aString, optional, readOptions } from '@neurite/core/arguments'
import { plainText } from '../drawing/formula.js'
import { arrowHead, round, svgDocument, svgText } from '../drawing/svg.js'
import { textWidth } from '../drawing/text.js'
import { COLORS, drawingReaders, type Colors, type DrawingOptions } from '../drawing/theme.js'
import { aTrace } from '../readers.js'
import { aDetail, showTrace, type Detail } from './chain-rule.js'
import { columnsOf } from './columns-of.js'
import { reachedFrom } from './reached-from.js'
import { boxesOf, drawBox, summary, type Box, type Port } from './trace-boxes.js'
import type { BackpropTrace } from './trace.js'
import { writeLatex } from './write-latex.js'

/** Options of {@link traceSvg}. */
export interface TraceSvgOptions extends DrawingOptions {
  /** Which nodes are drawn; see `latexSteps`. Default `named` if anything between inputs and loss has a name. */
  readonly detail?: Detail
  /** The name of a value: the way from the loss back to it is marked, the rest fades. Default: none. */
  readonly path?: string
}

const MARGIN = 14
const GAP = 34
const BETWEEN = 14
/** A box is no wider than this in columns. */
const WIDEST = 200
const LEGEND = 34
/** Rows are no wider than this, so that numbers stay near their names. */
const ROWS = 520

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Where everything stands. */
interface Layout {
  readonly boxes: readonly Box[]
  readonly places: ReadonlyMap<number, Place>
  readonly edge: (from: Place, box: Box, port: Port, to: Place) => string
  readonly width: number
  readonly height: number
}

/**
 * A trace as an SVG image. A box is a value: its formula, its number, and (◂) the gradient that arrives there. Below stands a line for
 * each value that enters it: the local gradient (×), and the downstream gradient that goes back there, upstream times local
 * (chapter 4.3.4, Remark 1). Inputs are on the left and the loss on the right; where that is too wide, nodes stand one below the other.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, also for a path to a value that the trace does not have, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { mul, sin, tensor } from '@neurite/core'
 * import { traceBackprop, traceSvg } from '@neurite/explain'
 * const trace = await traceBackprop(({ x, w }) => sin(mul(x, w)), { x: tensor(0), w: tensor(2) })
 * traceSvg(trace, { path: 'w', width: 390 }).startsWith('<svg') // => true
 * ```
 */
export function traceSvg(trace: BackpropTrace, options: TraceSvgOptions = {}): string {
  const { detail, theme, width, title, path } = readOptions('traceSvg', options, {
    ...drawingReaders,
    detail: aDetail,
    path: optional(aString),
  })
  aTrace('traceSvg', 'trace', trace)
  const colors = COLORS[theme]
  const shown = showTrace(trace, detail)
  const onPath = path === undefined ? undefined : reachedFrom('traceSvg: path', trace.nodes, path)

  const inColumns = columns(boxesOf(shown, WIDEST))
  const { boxes, places, edge, ...size } =
    inColumns.width <= width ? inColumns : rows(boxesOf(shown, Math.min(width, ROWS) - 70), Math.min(width, ROWS))
  const isMarked = (id: number): boolean => onPath?.has(id) === true
  const faded = (text: string, marked: boolean): string =>
    onPath === undefined || marked ? text : `<g opacity="0.45">${text}</g>`
  const edges = boxes.flatMap((box) =>
    box.ports
      .filter(({ drawn }) => drawn)
      .map((port) => {
        const marked = isMarked(box.node.id) && isMarked(port.source.id)
        const line = edge(places.get(port.source.id)!, box, port, places.get(box.node.id)!)
        return faded(
          `<path d="${line}" fill="none" stroke="${marked ? colors.back : colors.line}" stroke-width="${marked ? 2.5 : 1.25}"/>`,
          marked,
        )
      }),
  )
  const drawn = boxes.map((box) => {
    const { x, y, width } = places.get(box.node.id)!
    const marked = isMarked(box.node.id) || box.ports.some(({ source, drawn }) => !drawn && isMarked(source.id))
    return faded(drawBox(box, x, y, width, colors, marked && onPath !== undefined), marked)
  })
  const loss = plainText(trace.nodes[trace.output]!.name)
  const wide = Math.max(size.width, 320)
  return svgDocument({
    width: wide,
    height: size.height + LEGEND,
    title: title ?? `Computation graph of ${loss}`,
    description: shown
      .map(({ node, formula }) => {
        const text = writeLatex(formula)
        return `${plainText(text === node.name ? node.name : `${node.name} = ${text}`)}: ${summary(node.value, node.shape)}, gradient ${node.gradient === null ? 'none' : summary(node.gradient, node.shape)}`
      })
      .join('; '),
    theme,
    body: [...edges, ...drawn, legend(size.height + 12, colors)],
  })
}

/** In columns, each as wide as its widest box. */
function columns(boxes: readonly Box[]): Layout {
  const column = columnsOf(
    boxes.map(({ node, ports }) => ({
      id: node.id,
      made: node.kind === 'operation',
      sources: ports.flatMap(({ source, drawn }) => (drawn ? [source.id] : [])),
    })),
  )
  const stacks: Box[][] = []
  for (const box of boxes) (stacks[column.get(box.node.id)!] ??= []).push(box)
  const heightOf = (stack: readonly Box[]): number =>
    stack.reduce((sum, { height }) => sum + height + BETWEEN, -BETWEEN)
  const height = Math.max(...stacks.map(heightOf)) + 2 * MARGIN
  const places = new Map<number, Place>()
  let x = MARGIN
  for (const stack of stacks) {
    const width = Math.max(...stack.map((box) => box.width))
    let y = (height - heightOf(stack)) / 2
    for (const box of stack) {
      places.set(box.node.id, { x, y, width })
      y += box.height + BETWEEN
    }
    x += width + GAP
  }
  const boxOf = new Map(boxes.map((box) => [box.node.id, box]))
  return {
    boxes,
    places,
    width: x - GAP + MARGIN,
    height,
    edge(from, _, port, to) {
      const start = [from.x + from.width, from.y + boxOf.get(port.source.id)!.height / 2] as const
      const end = [to.x - 6, to.y + port.y] as const
      const bend = Math.max(14, Math.min(GAP, end[0] - start[0]) * 0.6)
      return `M${round(start[0])} ${round(start[1])}C${round(start[0] + bend)} ${round(start[1])} ${round(end[0] - bend)} ${round(end[1])} ${round(end[0])} ${round(end[1])}`
    },
  }
}

/** One below the other in the order of evaluation, edges in a gutter on the left. */
function rows(boxes: readonly Box[], width: number): Layout {
  const gutter = 48
  const places = new Map<number, Place>()
  const tops: number[] = []
  let y = MARGIN
  for (const { node, height } of boxes) {
    places.set(node.id, { x: gutter, y, width: width - gutter - MARGIN })
    tops.push(y)
    y += height + BETWEEN
  }
  const order = new Map(boxes.map(({ node }, i) => [node.id, i]))
  const heights = new Map(boxes.map(({ node, height }) => [node.id, height]))
  return {
    boxes,
    places,
    width,
    height: y - BETWEEN + MARGIN,
    edge(from, box, port, to) {
      const start = from.y + heights.get(port.source.id)! / 2
      const end = to.y + port.y
      const far = order.get(box.node.id)! - order.get(port.source.id)!
      const out = gutter - 8 - Math.min(gutter - 12, 8 + 5 * far)
      return `M${gutter} ${round(start)}C${round(out)} ${round(start)} ${round(out)} ${round(end)} ${gutter - 6} ${round(end)}`
    },
  }
}

/** What the signs mean. */
function legend(y: number, { ink, soft, back }: Colors): string {
  const items: readonly (readonly [sign: string, text: string, fill: string])[] = [
    ['×', 'local gradient', ink],
    ['◂', 'backward', back],
  ]
  let x = MARGIN + 30
  const parts = [
    `<path d="M${MARGIN} ${y}h10" stroke="${ink}" stroke-width="1.25"/>`,
    arrowHead(MARGIN + 17, y, 0, ink),
    svgText([MARGIN + 24, y + 4], 'forward', { fill: soft, size: 12 }),
  ]
  x += textWidth('forward', 12) + 12
  for (const [sign, text, fill] of items) {
    parts.push(svgText([x, y + 4], sign, { fill, size: 12 }), svgText([x + 14, y + 4], text, { fill: soft, size: 12 }))
    x += 14 + textWidth(text, 12) + 16
  }
  return `<g>${parts.join('')}</g>`
}
