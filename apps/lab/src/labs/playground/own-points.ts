import type { Field } from '../../state/fields.js'
import { REACH } from './features.js'

/** A point that somebody set, of class 0 or 1. */
export interface OwnPoint {
  readonly x: number
  readonly y: number
  readonly label: 0 | 1
}

/** A training needs two; a link can hold 600. */
export const FEWEST_POINTS = 2
export const MOST_POINTS = 600
/** Places along an axis that a link tells apart: two digits of base 36. */
const PLACES = 36 * 36 - 1

const digits = (value: number): string =>
  Math.round(((Math.min(REACH, Math.max(-REACH, value)) + REACH) / (2 * REACH)) * PLACES)
    .toString(36)
    .padStart(2, '0')

const place = (text: string): number => (Number.parseInt(text, 36) / PLACES) * 2 * REACH - REACH

/** A point where the link says it is: what is kept is what is shown. */
export function snapped({ x, y, label }: OwnPoint): OwnPoint {
  return { x: place(digits(x)), y: place(digits(y)), label }
}

/** In the order of a link, class after class, so that a link gives the very same rows. */
export const grouped = (points: readonly OwnPoint[]): readonly OwnPoint[] =>
  [...points].sort((a, b) => a.label - b.label)

/** Points in a link: four characters each, class after class. */
export const pointsField: Field<readonly OwnPoint[]> = {
  initial: [
    [-3, 1.5, 0],
    [-2, 3, 0],
    [-3.5, -1, 0],
    [0, 3.5, 0],
    [2, 3, 0],
    [-1, 2, 0],
    [0.5, -0.5, 1],
    [1.5, -2, 1],
    [-1, -2.5, 1],
    [3, 0, 1],
    [3, -3, 1],
    [0, 0.5, 1],
  ].map(([x, y, label]) => snapped({ x: x!, y: y!, label: label === 1 ? 1 : 0 })),
  parse(text) {
    const classes = text.slice(0, 4 * MOST_POINTS + 1).split('_')
    if (classes.length !== 2 || classes.some((part) => !/^([0-9a-z]{4})*$/.test(part))) return undefined
    const points = classes.flatMap((part, k) =>
      (part.match(/.{4}/g) ?? []).map((four) => ({
        x: place(four.slice(0, 2)),
        y: place(four.slice(2)),
        label: k === 0 ? (0 as const) : (1 as const),
      })),
    )
    return points.length >= FEWEST_POINTS ? points : undefined
  },
  format(points) {
    const of = (label: 0 | 1): string =>
      points
        .filter((point) => point.label === label)
        .map(({ x, y }) => digits(x) + digits(y))
        .join('')
    return `${of(0)}_${of(1)}`
  },
}
