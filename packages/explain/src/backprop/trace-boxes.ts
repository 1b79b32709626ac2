import type { NestedArray } from '@neurite/core'
import { formulaLine, lineWidth, plainText, wrapLine, type Line } from '../drawing/formula.js'
import { round, svgText, arrowHead } from '../drawing/svg.js'
import { escapeXml, shortNumber, textWidth } from '../drawing/text.js'
import type { Colors } from '../drawing/theme.js'
import type { Shown } from './chain-rule.js'
import type { TraceNode } from './trace.js'
import { writeLatex } from './write-latex.js'

/** A node as a box: what it is, its numbers, and a line for each value that enters it. */
export interface Box {
  readonly node: TraceNode
  readonly header: readonly Line[]
  readonly value: string
  readonly gradient: string | undefined
  readonly ports: readonly Port[]
  readonly width: number
  readonly height: number
}

/** Where one value enters a box. */
export interface Port {
  readonly source: TraceNode
  /** Whether the source is drawn as a box, with an edge to here; else its number stands here. */
  readonly drawn: boolean
  readonly name: Line
  /** d box / d source, and what the box sends back along here: upstream times local (Remark 1). */
  readonly local: string | undefined
  readonly downstream: string | undefined
  /** Its height below the box's top. */
  readonly y: number
}

const PADDING = 10
const HEADER = 18
const ROW = 18
const SMALL = 12
/** How much wider bold letters are. */
const BOLD = 1.14

/** The boxes of the nodes shown. Inputs that enter one node only stand in that node if there are many. */
export function boxesOf(shown: readonly Shown[], widest: number): Box[] {
  const single = shown.filter(({ node, uses }) => node.kind !== 'operation' && uses.length <= 1)
  const inside = new Set(single.length > 4 ? single.map(({ node }) => node.id) : [])
  const byId = new Map(shown.map((step) => [step.node.id, step]))
  return shown
    .filter(({ node }) => !inside.has(node.id))
    .map((step) => {
      const { node, sources } = step
      const formula = writeLatex(step.formula)
      const header = wrapLine(
        formulaLine(formula === node.name ? node.name : `${node.name} = ${formula}`),
        13,
        (widest - 2 * PADDING) / BOLD,
      )
      // Numbers of vectors where there is room for them, else their shape.
      const room = (widest - 2 * PADDING - 40) / 2
      const value = summary(node.value, node.shape, room)
      const gradient = node.gradient === null ? undefined : summary(node.gradient, node.shape, room)
      const top = PADDING + header.length * HEADER + ROW + 8
      const ports = sources
        .filter(({ id }) => byId.has(id))
        .map((source, i): Port => {
          const local = byId.get(source.id)!.uses.find((use) => use.node.id === node.id)?.local
          const isDrawn = !inside.has(source.id)
          const upstream = node.gradient
          return {
            source,
            drawn: isDrawn,
            name: formulaLine(
              isDrawn ? source.name : `${source.name} = ${summary(source.value, source.shape, room / 2)}`,
            ),
            local: local ? shortNumber(local.value, 3) : undefined,
            downstream:
              local && typeof upstream === 'number'
                ? shortNumber(local.value * upstream, 3)
                : isDrawn || source.gradient === null
                  ? undefined
                  : summary(source.gradient, source.shape, room),
            y: top + i * ROW + ROW / 2,
          }
        })
      const numbers = textWidth(value, 13) + (gradient === undefined ? 0 : textWidth(`◂ ${gradient}`, 13) + 14)
      const width = Math.max(70, numbers, ...header.map((line) => lineWidth(line, 13) * BOLD), portsWidth(ports))
      return {
        node,
        header,
        value,
        gradient,
        ports,
        width: width + 2 * PADDING,
        height: top + ports.length * ROW + (ports.length > 0 ? 6 : -4),
      }
    })
}

const most = (ports: readonly Port[], width: (port: Port) => number): number => Math.max(0, ...ports.map(width))
const localWidth = ({ local }: Port): number => (local === undefined ? 0 : textWidth(`× ${local}`, SMALL) + 12)
const downstreamWidth = ({ downstream }: Port): number =>
  downstream === undefined ? 0 : textWidth(`◂ ${downstream}`, SMALL) + 12

/** Three columns: names, local gradients, downstream gradients. */
const portsWidth = (ports: readonly Port[]): number =>
  most(ports, ({ name }) => lineWidth(name, SMALL)) + most(ports, localWidth) + most(ports, downstreamWidth)

/** The box with its left upper corner at a point. `marked`: on the path that is shown. */
export function drawBox(box: Box, x: number, y: number, width: number, colors: Colors, marked: boolean): string {
  const { node, header, value, gradient, ports, height } = box
  const { ink, soft, line, back } = colors
  const right = x + width - PADDING
  const baseline = y + PADDING + header.length * HEADER + 12
  const parts = [
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="7" fill="none" stroke="${marked ? back : line}" stroke-width="${marked ? 2 : 1}"${node.kind === 'operation' ? '' : ' stroke-dasharray="4 3"'}/>`,
    ...header.map((each, i) => svgText([x + PADDING, y + PADDING + 11 + i * HEADER], each, { fill: ink, bold: true })),
    svgText([x + PADDING, baseline], value, { fill: ink }),
    ...(gradient === undefined ? [] : [svgText([right, baseline], `◂ ${gradient}`, { fill: back, anchor: 'end' })]),
    ...(ports.length === 0
      ? []
      : [
          `<path d="M${round(x)} ${round(y + ports[0]!.y - ROW / 2 - 2)}h${round(width)}" stroke="${line}" stroke-width="0.75"/>`,
        ]),
  ]
  const locals = right - most(ports, downstreamWidth)
  for (const { name, drawn, local, downstream, y: down } of ports) {
    const at = y + down + 4
    if (drawn) parts.push(arrowHead(x, y + down, 0, ink, 6))
    parts.push(svgText([x + PADDING, at], name, { fill: soft, size: SMALL }))
    if (local !== undefined) parts.push(svgText([locals, at], `× ${local}`, { fill: ink, size: SMALL, anchor: 'end' }))
    if (downstream !== undefined)
      parts.push(svgText([right, at], `◂ ${downstream}`, { fill: back, size: SMALL, anchor: 'end' }))
  }
  const said = `${plainText(node.name)}: ${node.kind}${node.primitive === null ? '' : ` (${node.primitive})`}`
  return `<g><title>${escapeXml(said)}</title>${parts.join('')}</g>`
}

/** A number; a few of them if they take no more than so many pixels; or a shape. */
export function summary(value: NestedArray, shape: readonly number[], room = Infinity): string {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const write = (entry: unknown): string =>
    Array.isArray(entry)
      ? `[${entry.map(write).join(', ')}]`
      : typeof entry === 'number'
        ? shortNumber(entry, size === 1 ? 4 : 3)
        : String(entry)
  if (size > 4 || shape.length > 2) return `[${shape.join(' × ')}]`
  const text = write(value)
  return size > 1 && textWidth(text, 13) > room ? `[${shape.join(' × ')}]` : text
}
