import { textWidth } from '../drawing/text.js'

/** A straight line. */
export interface Segment {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A label that has found its place: its middle. */
export interface Placed {
  readonly index: number
  readonly x: number
  readonly y: number
  readonly text: string
}

const HEIGHT = 15

/**
 * Where labels of lines stand: on their own line, beside nothing else. The highest ranks choose first; a label without a free
 * place is left out.
 */
export function labelPlaces(
  labels: readonly { readonly segment: Segment; readonly text: string; readonly rank: number }[],
  obstacles: readonly Rectangle[],
): Placed[] {
  const taken: Rectangle[] = [...obstacles]
  const placed: Placed[] = []
  const order = labels.map((label, index) => ({ ...label, index })).sort((a, b) => b.rank - a.rank)
  for (const { segment, text, index } of order) {
    if (text === '') continue
    const width = textWidth(text, 11) + 6
    for (const share of [0.3, 0.22, 0.38, 0.7, 0.78, 0.62, 0.46, 0.54, 0.15, 0.85]) {
      const x = segment.x1 + (segment.x2 - segment.x1) * share
      const y = segment.y1 + (segment.y2 - segment.y1) * share
      const rectangle = { x: x - width / 2, y: y - HEIGHT / 2, width, height: HEIGHT }
      if (taken.some((other) => overlap(rectangle, other))) continue
      if (labels.some((other, i) => i !== index && crosses(other.segment, rectangle))) continue
      taken.push(rectangle)
      placed.push({ index, x, y, text })
      break
    }
  }
  return placed
}

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Whether a line passes through the middle of a rectangle: its height where the rectangle stands is the rectangle's. */
function crosses({ x1, y1, x2, y2 }: Segment, { x, y, width, height }: Rectangle): boolean {
  if (x + width < x1 || x > x2) return false
  const heightAt = (at: number): number => y1 + ((y2 - y1) * (Math.min(x2, Math.max(x1, at)) - x1)) / (x2 - x1 || 1)
  const [left, right] = [heightAt(x), heightAt(x + width)]
  return Math.max(left, right) > y + 2 && Math.min(left, right) < y + height - 2
}
