import { childSeed, NeuriteError } from '@neurite/core'
import { batchIndices, splitIndices, type BatchOrder, type Labels, type Sampler } from '@neurite/data'
import type { Fit } from '../run/options.js'

/** Which rows a run learns from and which it is judged on: together all, each once. Both are empty where a source gives the rows. */
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

export function planOf(
  rows: number,
  { validation, stratify, batchSize: wanted, order, seed }: Fit & { readonly order: BatchOrder },
): Plan {
  const split = splitOf(rows, typeof validation === 'number' ? validation : undefined, stratify, seed)
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

function splitOf(rows: number, validation: number | undefined, stratify: Labels | undefined, seed: number): Split {
  const all = Int32Array.from({ length: rows }, (_, i) => i)
  if (validation === undefined) return { trainIndices: all, validationIndices: new Int32Array(0) }
  if (rows < 2)
    throw new NeuriteError('INVALID_ARGUMENT', `fit: ${rows} row cannot be split for validation; give at least two.`, {
      rows,
    })
  const options = { test: validation, seed: childSeed(seed, 'split'), ...(stratify !== undefined && { stratify }) }
  const { trainIndices, testIndices } = splitIndices(rows, options)
  return { trainIndices, validationIndices: testIndices }
}
