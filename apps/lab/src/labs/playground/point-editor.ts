import { computed, signal } from '@preact/signals'
import { grouped, snapped, FEWEST_POINTS, MOST_POINTS } from './own-points.js'
import { state } from './state.js'

type Place = readonly [x: number, y: number]

/** Whether the surface takes points. */
export const editing = computed(() => state.at.data.value === 'own')
/** The class of the next point: the first name of the picture is class 1. */
export const PENS = ['a', 'b'] as const
export const pen = signal<(typeof PENS)[number]>('a')
/** Where keys set points. */
export const cursor = signal<Place>([0, 0])

const { own } = state.at
/** How near a point is meant. */
const NEAR = 0.35

/** @returns the new point's place in the list */
export function addPoint([x, y]: Place): number | undefined {
  if (own.peek().length >= MOST_POINTS) return undefined
  const point = snapped({ x, y, label: pen.peek() === 'a' ? 1 : 0 })
  own.value = grouped([...own.peek(), point])
  return own.peek().indexOf(point)
}

export function movePoint(at: number, [x, y]: Place): void {
  own.value = own.peek().map((point, k) => (k === at ? snapped({ ...point, x, y }) : point))
}

export function nearestPoint([x, y]: Place): number | undefined {
  let [found, least]: [number | undefined, number] = [undefined, NEAR]
  own.peek().forEach((point, k) => {
    const distance = Math.hypot(point.x - x, point.y - y)
    if (distance < least) [found, least] = [k, distance]
  })
  return found
}

export function removeNear(place: Place): void {
  const at = nearestPoint(place)
  if (at !== undefined && own.peek().length > FEWEST_POINTS) own.value = own.peek().filter((_, k) => k !== at)
}

/** One point of each class: a training needs something to learn. */
export function clearPoints(): void {
  own.value = [snapped({ x: -3, y: 0, label: 0 }), snapped({ x: 3, y: 0, label: 1 })]
}
