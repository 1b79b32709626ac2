import { scaleLog } from 'd3-scale'

/** A line of a chart. */
export interface Series {
  readonly name: string
  /** Which colour and dashes it has: the same number, the same look. */
  readonly style: number
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface Chart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly Series[]
  /** How a value of y is written at the axis. */
  readonly formatY: (y: number) => string
}

const [WIDTH, HEIGHT] = [640, 400]
const PLOT = { left: 64, right: 520, top: 44, bottom: 352 }
/** Okabe & Ito's colours, that colour-blind people tell apart, as far as they are readable on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#57606a', '#cc79a7', '#8a6d00']
/** Lines that differ without colours, too. */
const DASHES = ['', '', '2 3', '7 4', '7 3 2 3', '1 5']
/** A label needs so much room. */
const LINE = 15
/** Where the largest value is so many times the least, powers of ten are enough of a scale. */
const FAR = 50

/** A chart with logarithmic axes as SVG: each series is a line with its name at its end. */
export function chartSvg({ title, xLabel, yLabel, series, formatY }: Chart): string {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x))
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y))
  const x = scaleLog([Math.min(...xs), Math.max(...xs)], [PLOT.left, PLOT.right])
  const y = scaleLog([Math.min(...ys) / 1.5, Math.max(...ys) * 1.5], [PLOT.bottom, PLOT.top])
  const [lowest, highest] = y.domain() as [number, number]
  const steps = highest / lowest > FAR ? ['1'] : ['1', '2', '5']
  const rows = y
    .ticks()
    .filter((tick) => steps.includes(tick.toExponential(9)[0]!))
    .map((tick) => {
      const at = round(y(tick))
      return `<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="#d0d7de"/>${text(PLOT.left - 8, at + 4, formatY(tick), 'end')}`
    })
  const columns = [...new Set(xs)]
    .sort((a, b) => a - b)
    .map((tick) => {
      const at = round(x(tick))
      return `<path d="M${at} ${PLOT.bottom}v5" stroke="#57606a"/>${text(at, PLOT.bottom + 19, String(tick), 'middle')}`
    })
  const labels = apart(series.map(({ points }) => y(points.at(-1)!.y)))
  const lines = series.map(({ name, points, style }, i) => {
    const colour = COLOURS[style % COLOURS.length]!
    const path = points.map((point) => `${round(x(point.x))} ${round(y(point.y))}`).join('L')
    const dots = points.map((point) => `<circle cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="2.5"/>`)
    const dash = DASHES[style % DASHES.length]!
    return [
      `<g fill="${colour}"><title>${escape(name)}</title>`,
      `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`,
      ...dots,
      `${text(round(x(points.at(-1)!.x)) + 12, labels[i]! + 4, name, 'start')}</g>`,
    ].join('')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#57606a">`,
    `<title>${escape(title)}</title>`,
    `<desc>${escape(`${yLabel} against ${xLabel}: ${series.map(({ name, points }) => `${name} ${points.map((point) => `${point.x}: ${formatY(point.y)}`).join(', ')}`).join('; ')}.`)}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#ffffff"/>`,
    `<g fill="#1b1f24" font-size="14" font-weight="600">${text(16, 26, title, 'start')}</g>`,
    ...rows,
    ...columns,
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 10, xLabel, 'middle'),
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}

/** Moves labels down until none covers the one above it. */
function apart(heights: readonly number[]): number[] {
  const placed = [...heights]
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!)
  order.forEach((i, place) => {
    const above = order[place - 1]
    if (above !== undefined) placed[i] = Math.max(placed[i]!, placed[above]! + LINE)
  })
  return placed.map(round)
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escape(content)}</text>`
}

const escape = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const round = (value: number): number => Math.round(10 * value) / 10
