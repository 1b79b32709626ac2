import { uniform, type HostArray, type Key } from '@neurite/core'
import { hostArray, takesNoOptions } from '@neurite/core/arguments'
import { crc32 } from '@neurite/files'
import { checkIndices } from '../array/take-rows.js'
import { invalid, wrongShape } from '../check/errors.js'

/** Draws the rows of each batch; `weightedSampler` makes one, and anything with these members is one. */
export interface Sampler {
  /** Tells it from others, so that a checkpoint knows it again. */
  readonly id: string
  /** How many rows it draws from. */
  readonly rows: number
  /** The same for some of the rows, numbered anew from 0: those of a training part. */
  only(indices: ArrayLike<number>): Sampler
  /** So many row numbers: a pure function of the key. */
  draw(random: Key, count: number): Int32Array
}

/**
 * An order for `batches` and `fit` in which a row comes as often as its weight says, with repetition, as with PyTorch's
 * WeightedRandomSampler: an epoch draws as many rows as there are. With weights of 1 / (rows of the class), each class comes
 * equally often; `classWeights` of `fit` reach the same in the mean by counting losses more, and draw no row twice.
 *
 * @param weights - one finite number >= 0 a row, at least one above 0; they need not add up to 1
 * @throws NeuriteError `INVALID_ARGUMENT`, `SHAPE_MISMATCH` for more than one weight a row
 * @example
 * ```ts
 * import { batchIndices, weightedSampler } from '@neurite/data'
 * const order = weightedSampler([0, 1, 0, 3])
 * const rows = batchIndices(4, { order, batchSize: 4 }).flatMap((batch) => [...batch])
 * rows.every((row) => row === 1 || row === 3) // => true
 * ```
 */
export function weightedSampler(weights: HostArray, ...none: readonly []): Sampler {
  takesNoOptions('weightedSampler', none)
  const where = 'weightedSampler'
  const { shape, data } = hostArray(`${where}: weights`, weights)
  if (data.length !== shape[0]) throw wrongShape(`${where}: weights`, '[rows] or [rows, 1]', shape)
  return samplerOf(where, Float64Array.from(data))
}

function samplerOf(where: string, weights: Float64Array): Sampler {
  const odd = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity))
  if (odd >= 0)
    throw invalid(`${where}: weights[${odd}] is ${weights[odd]}; weights are finite and >= 0.`, { row: odd })
  const last = weights.reduce((found, weight, row) => (weight > 0 ? row : found), -1)
  if (last < 0)
    throw invalid(`${where}: none of the ${weights.length} weights is above 0, so that no row can be drawn.`)
  // By the greatest: the sum must not overflow.
  const greatest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  let total = 0
  const upTo = weights.map((weight) => (total += weight / greatest))

  /** The first row whose share of the sum reaches beyond `place`. */
  const rowAt = (place: number): number => {
    let [low, high] = [0, last]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (upTo[middle]! > place) high = middle
      else low = middle + 1
    }
    return low
  }
  return {
    id: `weighted ${crc32(new Uint8Array(weights.buffer)).toString(16)}`,
    rows: weights.length,
    only: (indices) => {
      checkIndices(`${where}.only`, indices, weights.length)
      return samplerOf(
        `${where}.only`,
        Float64Array.from(indices, (i) => weights[i]!),
      )
    },
    draw: (random, count) => Int32Array.from(uniform(random, count), (share) => rowAt(share * total)),
  }
}
