import { sizeAt, type Line } from './formula.js'
import { escapeXml } from './text.js'
import { COLORS, type Theme } from './theme.js'

/**
 * A whole SVG image with a title and a description for those who do not see it. Attributes alone, no style: it is drawn the same
 * under a strict CSP, as an <img>, and in a mail.
 */
export function svgDocument(picture: {
  readonly width: number
  readonly height: number
  readonly title: string
  readonly description: string
  readonly theme: Theme
  readonly body: readonly string[]
}): string {
  const { title, description, theme, body } = picture
  const width = Math.ceil(picture.width)
  const height = Math.ceil(picture.height)
  const { ground } = COLORS[theme]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    ...(ground === undefined ? [] : [`<rect width="${width}" height="${height}" rx="8" fill="${ground}"/>`]),
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** How a text is set. */
export interface TextOptions {
  readonly fill: string
  readonly anchor?: 'start' | 'middle' | 'end'
  /** Default 13. */
  readonly size?: number
  readonly bold?: boolean
}

/** A line of text or of a formula, its baseline at `at`. */
export function svgText(at: readonly [number, number], line: string | Line, options: TextOptions): string {
  const { fill, anchor = 'start', size = 13, bold = false } = options
  const runs = typeof line === 'string' ? [{ text: line, level: 0 }] : line
  let height = 0
  const inner = runs.map(({ text, level }) => {
    const target = level * size * 0.26
    const shift = round(height - target)
    height = target
    if (shift === 0 && level === 0) return escapeXml(text)
    return `<tspan dy="${shift}"${level === 0 ? '' : ` font-size="${round(sizeAt(level, size))}"`}>${escapeXml(text)}</tspan>`
  })
  return `<text x="${round(at[0])}" y="${round(at[1])}" fill="${fill}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${size === 13 ? '' : ` font-size="${size}"`}${bold ? ' font-weight="600"' : ''} xml:space="preserve">${inner.join('')}</text>`
}

/** An arrow head whose tip is at a point, turned by an angle in degrees. */
export const arrowHead = (x: number, y: number, angle: number, fill: string, size = 7): string =>
  `<path d="M0 0L${-size} ${round(-size * 0.45)}L${-size} ${round(size * 0.45)}z" transform="translate(${round(x)} ${round(y)}) rotate(${round(angle)})" fill="${fill}"/>`

/** Coordinates to a tenth of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10
