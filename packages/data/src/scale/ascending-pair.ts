import { must, type Reader } from '@neurite/core/arguments'

/** Two finite numbers within limits, the smaller first. */
export function ascendingPair(least = -Infinity, most = Infinity): Reader<readonly [number, number]> {
  const limits = most === Infinity ? '' : ` within [${least}, ${most}]`
  return must(`two finite numbers${limits}, the smaller first`, (value): value is readonly [number, number] => {
    if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isFinite)) return false
    const [low, high] = value as [number, number]
    return least <= low && low < high && high <= most
  })
}
