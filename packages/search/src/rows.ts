import { isTensor, NeuriteError, type ArrayData } from '@neurite/core'
import { having, readArray } from '@neurite/core/arguments'
import { takeRows } from '@neurite/data'
import type { ArraySource, Dataset } from '@neurite/train'

/** A dataset on the host, whose rows can be taken. */
export interface HostDataset extends Dataset {
  readonly x: ArrayData
  readonly y: ArrayData
  readonly sampleWeights?: ArrayData
}

/** Reads a dataset to the host; matrices keep their column names. */
export async function hostDataset(where: string, data: Dataset): Promise<HostDataset> {
  const { x, y, sampleWeights } = having<Dataset>('{ x, y }', 'x', 'y')(where, 'the data', data)
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
    ...(sampleWeights !== undefined && { sampleWeights: await hostOf(`${where}: sampleWeights`, sampleWeights) }),
  }
}

async function hostOf(where: string, source: ArraySource): Promise<ArrayData> {
  const host = await readArray(where, source)
  if (host.shape.length === 0)
    throw new NeuriteError('SHAPE_MISMATCH', `${where} is a single number; expected shape [rows, ...].`)
  // A matrix of package data is more than its numbers.
  return !isTensor(source) && typeof source === 'object' && 'columns' in source && 'data' in source ? source : host
}

/** The same dataset with these rows only. */
export function rowsOfDataset({ x, y, sampleWeights }: HostDataset, rows: Int32Array): HostDataset {
  return {
    x: takeRows(x, rows),
    y: takeRows(y, rows),
    ...(sampleWeights !== undefined && { sampleWeights: takeRows(sampleWeights, rows) }),
  }
}
