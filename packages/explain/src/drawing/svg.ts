import { aString, oneOf, optional, or } from '@neurite/core/arguments'
import { escapeXml } from './text.js'

/**
 * Colours of a drawing. `auto`: dark ink or light ink as the reader's system prefers; `light`, `dark`: ink for a light or
 * a dark page; `inherit`: the text colour of the page the SVG is put into. The ground is always transparent.
 */
export type Theme = 'auto' | 'light' | 'dark' | 'inherit'

const LIGHT = '#1b1f24'
const DARK = '#e6e8eb'

/** Blue and orange that read on light and on dark ground, also for the colour-blind (Okabe & Ito 2008). */
export const POSITIVE = '#2f87c9'
export const NEGATIVE = '#d9701a'

/** Readers of the options that every drawing takes. */
export const drawingReaders = {
  theme: /* @__PURE__ */ or('auto', /* @__PURE__ */ oneOf('auto', 'light', 'dark', 'inherit')),
  title: /* @__PURE__ */ optional(aString),
}

/** A whole SVG image with a title and a description for those who do not see it. */
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
  const color = theme === 'inherit' ? '' : ` style="color:${theme === 'dark' ? DARK : LIGHT}"`
  const auto = theme === 'auto'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"${auto ? ' class="neurite-auto"' : color} font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    ...(auto
      ? [`<style>.neurite-auto{color:${LIGHT}}@media (prefers-color-scheme:dark){.neurite-auto{color:${DARK}}}</style>`]
      : []),
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** A line of text; `at` is its middle unless `anchor` says otherwise. */
export function svgText(
  at: readonly [number, number],
  text: string,
  options: {
    readonly anchor?: 'start' | 'middle' | 'end'
    readonly size?: number
    readonly fill?: string
    readonly opacity?: number
  } = {},
): string {
  const { anchor = 'middle', size, fill = 'currentColor', opacity } = options
  return `<text x="${round(at[0])}" y="${round(at[1])}" text-anchor="${anchor}" dominant-baseline="central" fill="${fill}"${size === undefined ? '' : ` font-size="${size}"`}${opacity === undefined ? '' : ` opacity="${opacity}"`}>${escapeXml(text)}</text>`
}

/** Coordinates to a tenth of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10
