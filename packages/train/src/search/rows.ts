import { isTensor, NeuriteError, type ArrayData } from '@neurite/core'
import { takeRows } from '@neurite/data'
import type { Dataset } from '../fit/data.js'
import { toHost, type ArraySource } from '../host/to-host.js'

/** A dataset on the host, whose rows can be taken. */
export interface HostDataset extends Dataset {
  readonly x: ArrayData
  readonly y: ArrayData
  readonly sampleWeights?: ArrayData
}

/** Reads a dataset to the host; matrices keep their column names. */
export async function hostDataset(where: string, { x, y, sampleWeights }: Dataset): Promise<HostDataset> {
  const features = await hostOf(`${where}: x`, x)
  const targets = await hostOf(`${where}: y`, y)
  if (features.shape[0] !== targets.shape[0]) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: x has ${features.shape[0]} rows, y has ${targets.shape[0]}; give one target for each row.`,
      { x: features.shape, y: targets.shape },
    )
  }
  return {
    x: features,
    y: targets,
    ...(sampleWeights === undefined ? {} : { sampleWeights: toHost(`${where}: sampleWeights`, sampleWeights) }),
  }
}

async function hostOf(where: string, source: ArraySource): Promise<ArrayData> {
  if (isTensor(source)) return { shape: source.shape, data: await source.data() }
  const host = toHost(where, source)
  // A matrix of package data is more than its numbers.
  return typeof source === 'object' && 'columns' in source ? (source as ArrayData) : host
}

/** The same dataset with these rows only. */
export function rowsOfDataset({ x, y, sampleWeights }: HostDataset, rows: Int32Array): HostDataset {
  return {
    x: takeRows(x, rows),
    y: takeRows(y, rows),
    ...(sampleWeights === undefined ? {} : { sampleWeights: takeRows(sampleWeights, rows) }),
  }
}
