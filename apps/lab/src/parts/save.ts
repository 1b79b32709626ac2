/** Properties that a picture needs outside the page. */
const PAINT = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
] as const

const NAMESPACE = 'http://www.w3.org/2000/svg'

function make(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(NAMESPACE, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

/**
 * What is seen of an element as one picture of its own: its drawings, canvases and words, each where it stands. What style sheets say stands in
 * attributes.
 */
export function standalone(root: Element): string {
  const { left, top, width, height } = root.getBoundingClientRect()
  const whole = make('svg', { width, height, viewBox: `0 0 ${width} ${height}` })
  const fill = getComputedStyle(document.documentElement).getPropertyValue('--paper')
  whole.append(make('rect', { width: '100%', height: '100%', fill }), ...piecesOf(root, { x: left, y: top }))
  return new XMLSerializer().serializeToString(whole)
}

interface Origin {
  readonly x: number
  readonly y: number
}

function piecesOf(node: Element, origin: Origin): SVGElement[] {
  const { left, top, width, height } = node.getBoundingClientRect()
  // What is there for readers alone is a pixel wide.
  if (width <= 1 || height <= 1) return []
  const place = { x: left - origin.x, y: top - origin.y, width, height }
  if (node instanceof SVGSVGElement) return [drawing(node, place)]
  if (node instanceof HTMLCanvasElement)
    return [make('image', { ...place, href: node.toDataURL(), preserveAspectRatio: 'none' })]
  return [
    ...ground(node, place),
    ...[...node.childNodes].flatMap((child) =>
      child instanceof Element ? piecesOf(child, origin) : child instanceof Text ? words(child, origin) : [],
    ),
  ]
}

/** The colour behind an element, where it has one: a cell of a table, say. */
function ground(node: Element, place: Readonly<Record<string, number>>): SVGElement[] {
  const { backgroundColor, borderRadius } = getComputedStyle(node)
  const clear = /^(transparent|rgba\(.*, 0\)|.*\/ 0\))$/.test(backgroundColor)
  return clear ? [] : [make('rect', { ...place, rx: parseFloat(borderRadius) || 0, fill: backgroundColor })]
}

function drawing(svg: SVGSVGElement, place: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>): SVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = [svg, ...svg.querySelectorAll('*')]
  const to = [copy, ...copy.querySelectorAll('*')]
  from.forEach((element, i) => {
    const style = getComputedStyle(element)
    for (const name of PAINT) to[i]!.setAttribute(name, style.getPropertyValue(name))
    to[i]!.removeAttribute('class')
  })
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value))
  if (!svg.hasAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${place.width} ${place.height}`)
  copy.setAttribute('overflow', 'visible')
  return copy
}

/** Words of one line. */
function words(text: Text, origin: Origin): SVGElement[] {
  const range = document.createRange()
  range.selectNodeContents(text)
  const { left, top, height } = range.getBoundingClientRect()
  if (height === 0 || text.data.trim() === '') return []
  const style = getComputedStyle(text.parentElement!)
  const line = make('text', {
    x: left - origin.x,
    y: top - origin.y + height / 2,
    'dominant-baseline': 'central',
    fill: style.color,
    'font-family': style.fontFamily,
    'font-size': style.fontSize,
    'font-weight': style.fontWeight,
  })
  line.textContent = text.data.trim()
  return [line]
}

export function save(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A picture in pixels, twice as fine as the page. */
export async function savePng(name: string, root: Element): Promise<void> {
  const { width, height } = root.getBoundingClientRect()
  const url = URL.createObjectURL(new Blob([standalone(root)], { type: 'image/svg+xml' }))
  try {
    const image = new Image(2 * width, 2 * height)
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    ;[canvas.width, canvas.height] = [2 * width, 2 * height]
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (blob !== null) save(name, blob, 'image/png')
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Rows under names, as CSV. */
export function saveCsv(
  name: string,
  header: readonly string[],
  rows: readonly (readonly (number | string)[])[],
): void {
  save(name, [header, ...rows].map((row) => row.join(',')).join('\n') + '\n', 'text/csv')
}
