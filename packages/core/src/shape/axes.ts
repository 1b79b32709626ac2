import { NeuriteError } from '../errors/index.js'

/** A negative axis counts from the end; the result is in `[0, rank)`. */
export function normalizeAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? 'a 0-d tensor has no axes' : `axes run from ${-rank} to ${rank - 1}`
    throw new NeuriteError('AXIS_OUT_OF_RANGE', `${where}: axis ${axis} does not exist; ${range}.`, { axis, rank })
  }
  return axis < 0 ? axis + rank : axis
}

/** Sorted, distinct, non-negative axes; `undefined` means all of them. */
export function normalizeAxes(where: string, axes: readonly number[] | undefined, rank: number): readonly number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i)
  if (!Array.isArray(axes))
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: axes must be an array of whole numbers, got ${JSON.stringify(axes)}.`,
    )
  const result = axes.map((axis: number) => normalizeAxis(where, axis, rank)).sort((a, b) => a - b)
  for (let i = 1; i < result.length; i++) {
    if (result[i] === result[i - 1])
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${where}: axis ${result[i]} is named twice in [${axes.join(', ')}].`,
        { axes },
      )
  }
  return result
}

/** The shape after reducing `axes` (sorted, non-negative). */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((extent, i) => (axes.includes(i) ? 1 : extent))
    : shape.filter((_, i) => !axes.includes(i))
}
