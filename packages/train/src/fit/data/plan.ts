import { checkArgument, childSeed, NeuriteError } from '@neurite/core'
import { batchIndices, splitIndices, type BatchOrder, type Sampler, type SplitIndices } from '@neurite/data'
import type { Fit } from '../run/options.js'
import { firstRows } from './host.js'

/** Which rows a run learns from and which it is judged on, each in one part: all of them, unless a fold was given. Both are empty where a source gives the rows. */
export interface Split {
  readonly trainIndices: Int32Array
  readonly validationIndices: Int32Array
}

/** Which rows come in which step. A pure function of the seed: any epoch can be had alone. */
export interface Plan {
  readonly split: Split
  readonly batchSize: number
  /** Steps an epoch. */
  readonly iterations: number
  /** An epoch's rows, batch after batch. */
  order(epoch: number): Int32Array
}

export function planOf(rows: number, options: Fit & { readonly order: BatchOrder }): Plan {
  const { batchSize: wanted, order, seed } = options
  const split = splitOf(rows, options)
  const { trainIndices } = split
  const count = trainIndices.length
  const batchSize = wanted === 'full' ? count : Math.min(wanted ?? 32, count)
  const shuffle = childSeed(seed, 'shuffle')
  const ofPart = typeof order === 'string' ? order : samplerOf(order, rows).only(trainIndices)
  return {
    split,
    batchSize,
    iterations: Math.ceil(count / batchSize),
    order(epoch) {
      const result = new Int32Array(count)
      let at = 0
      for (const batch of batchIndices(count, { batchSize, order: ofPart, seed: shuffle, epoch }))
        for (const i of batch) result[at++] = trainIndices[i]!
      return result
    },
  }
}

/** @throws NeuriteError `SHAPE_MISMATCH` for one of other rows */
function samplerOf(sampler: Sampler, rows: number): Sampler {
  if (sampler.rows === rows) return sampler
  const message = `fit: order: the sampler draws from ${sampler.rows} rows, the data has ${rows}; make it of all rows, those held back for validation too.`
  throw new NeuriteError('SHAPE_MISMATCH', message, { rows, sampler: sampler.rows })
}

function splitOf(rows: number, { validation, stratify, groups, seed }: Fit): Split {
  if (isFold(validation)) return foldOf(rows, validation)
  const all = firstRows(rows)
  if (typeof validation !== 'number') return { trainIndices: all, validationIndices: new Int32Array(0) }
  if (rows < 2)
    throw new NeuriteError('INVALID_ARGUMENT', `fit: ${rows} row cannot be split for validation; give at least two.`, {
      rows,
    })
  try {
    const { trainIndices, testIndices } = splitIndices(rows, {
      ...{ test: validation, seed: childSeed(seed, 'split') },
      ...(stratify !== undefined && { stratify }),
      ...(groups !== undefined && { groups }),
    })
    return { trainIndices, validationIndices: testIndices }
  } catch (error) {
    throw NeuriteError.isInstance(error) ? error.within('fit: validation') : error
  }
}

/** Whether the rows of both parts were given: a fold of `kFold` or `timeSeriesSplit`. */
export function isFold(validation: Fit['validation']): validation is SplitIndices {
  return typeof validation === 'object' && 'trainIndices' in validation && 'testIndices' in validation
}

function foldOf(rows: number, { trainIndices, testIndices }: SplitIndices): Split {
  const trained = new Set(trainIndices)
  const wrong = [...trainIndices, ...testIndices].find((row) => !(Number.isInteger(row) && row >= 0 && row < rows))
  checkArgument(
    wrong === undefined,
    () => `fit: validation has row ${wrong}, the data has ${rows} rows: 0 to ${rows - 1}.`,
  )
  checkArgument(trained.size > 0 && testIndices.length > 0, () => 'fit: validation needs rows in both of its parts.')
  const both = testIndices.find((row) => trained.has(row))
  checkArgument(
    both === undefined,
    () => `fit: validation trains with row ${both}, which it also tests; give each row to one part.`,
  )
  // Copies: what becomes of the caller's arrays changes no run.
  return { trainIndices: Int32Array.from(trainIndices), validationIndices: Int32Array.from(testIndices) }
}
