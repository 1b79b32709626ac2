import { aTrace } from '../readers.js'
import type { NestedArray } from '@neurite/core'
import { readOptions } from '@neurite/core/arguments'
import { drawingReaders, svgDocument, svgText, round, type Theme } from '../drawing/svg.js'
import { escapeXml, plainText, shorten, shortNumber } from '../drawing/text.js'
import { aDetail, showTrace, type Detail } from './chain-rule.js'
import type { BackpropTrace, TraceNode } from './trace.js'
import { writeLatex } from './write-latex.js'

/** Options of {@link traceSvg}. */
export interface TraceSvgOptions {
  /** Which nodes are drawn; see `latexSteps`. Default `named` if anything between inputs and loss has a name. */
  readonly detail?: Detail
  /** Default 'auto'. */
  readonly theme?: Theme
  /** Read out instead of the picture. Default: what it shows, in a sentence. */
  readonly title?: string
}

const ROW = 74
const BOX = 54
const GAP = 56

/**
 * A trace as an SVG image: inputs on the left, the loss on the right; in each box a value with its formula, its number and
 * the gradient that arrives there. Text without scripts, so that it may go anywhere.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { mul, sin, tensor } from '@neurite/core'
 * import { traceBackprop, traceSvg } from '@neurite/explain'
 * const trace = await traceBackprop(({ x, w }) => sin(mul(x, w)), { x: tensor(0), w: tensor(2) })
 * traceSvg(trace).startsWith('<svg') // => true
 * ```
 */
export function traceSvg(trace: BackpropTrace, options: TraceSvgOptions = {}): string {
  const { detail, theme, title } = readOptions('traceSvg', options, { ...drawingReaders, detail: aDetail })
  aTrace('traceSvg', 'trace', trace)
  const shown = showTrace(trace, detail).map((step) => ({ ...step, formula: writeLatex(step.formula) }))
  const drawn = new Map(shown.map((step) => [step.node.id, step]))

  // A node stands one column after the last of those it is made from, an input one column before its first use.
  const column = new Map<number, number>()
  for (const { node, sources } of shown)
    column.set(node.id, Math.max(0, ...sources.filter(({ id }) => drawn.has(id)).map(({ id }) => column.get(id)! + 1)))
  for (const { node, uses } of shown)
    if (node.kind !== 'operation' && uses.length > 0)
      column.set(node.id, Math.min(...uses.map((use) => column.get(use.node.id)!)) - 1)
  const columns: number[][] = []
  for (const [id, at] of column) (columns[at] ??= []).push(id)

  const lines = new Map(shown.map(({ node, formula }) => [node.id, linesOf(node, formula)]))
  const widthOf = (id: number): number => Math.max(...lines.get(id)!.map((line) => [...line].length)) * 6.8 + 20
  const height = Math.max(...columns.map((ids) => ids.length)) * ROW + 16
  const place = new Map<number, { readonly x: number; readonly y: number; readonly width: number }>()
  let x = 12
  for (const ids of columns) {
    const width = Math.max(70, ...ids.map(widthOf))
    ids.forEach((id, i) => place.set(id, { x, y: height / 2 + (i - (ids.length - 1) / 2) * ROW, width }))
    x += width + GAP
  }

  const edges = shown.flatMap(({ node, sources }) =>
    sources
      .filter(({ id }) => place.has(id))
      .map(({ id }) => {
        const from = place.get(id)!
        const to = place.get(node.id)!
        const start = from.x + from.width
        const bend = Math.min(GAP, to.x - start) * 0.6
        return `<path d="M${round(start)} ${round(from.y)}C${round(start + bend)} ${round(from.y)} ${round(to.x - bend)} ${round(to.y)} ${round(to.x)} ${round(to.y)}" marker-end="url(#neurite-arrow)"/>`
      }),
  )
  const boxes = shown.map(({ node }) => {
    const at = place.get(node.id)!
    const text = lines.get(node.id)!
    const middle = at.x + at.width / 2
    return [
      `<g><title>${escapeXml(`${plainText(node.name)}: ${node.kind}${node.primitive === null ? '' : ` (${node.primitive})`}`)}</title>`,
      `<rect x="${round(at.x)}" y="${round(at.y - BOX / 2)}" width="${round(at.width)}" height="${BOX}" rx="6" fill="none" stroke="currentColor"${node.kind === 'operation' ? '' : ' stroke-dasharray="4 3"'}/>`,
      ...text.map((line, i) =>
        svgText([middle, at.y + (i - (text.length - 1) / 2) * 16], line, i === 0 ? {} : { size: 11, opacity: 0.8 }),
      ),
      '</g>',
    ].join('')
  })
  const loss = plainText(trace.nodes[trace.output]!.name)
  return svgDocument({
    width: x - GAP + 12,
    height,
    title: title ?? `Computation graph of ${loss}`,
    description: shown
      .map(
        ({ node, formula }) =>
          `${plainText(formula === node.name ? node.name : `${node.name} = ${formula}`)}: ${summary(node.value, node.shape)}, gradient ${node.gradient === null ? 'none' : summary(node.gradient, node.shape)}`,
      )
      .join('; '),
    theme,
    body: [
      '<defs><marker id="neurite-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>',
      `<g fill="none" stroke="currentColor" opacity="0.55">${edges.join('')}</g>`,
      ...boxes,
    ],
  })
}

function linesOf(node: TraceNode, formula: string): string[] {
  const head = formula === node.name ? node.name : `${node.name} = ${formula}`
  const lines = [shorten(plainText(head), 36), summary(node.value, node.shape)]
  return node.gradient === null ? lines : [...lines, `∂: ${summary(node.gradient, node.shape)}`]
}

/** A number, a few of them, or a shape. */
function summary(value: NestedArray, shape: readonly number[]): string {
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (size > 4 || shape.length > 2) return `[${shape.join(' × ')}]`
  const write = (entry: unknown): string =>
    Array.isArray(entry)
      ? `[${entry.map(write).join(', ')}]`
      : typeof entry === 'number'
        ? shortNumber(entry)
        : String(entry)
  return write(value)
}
