import { NeuriteError, tensorsIn, type ArrayData, type DType } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { Table, type AnyFitted, type FittedTransformer, type Transformed } from '@neurite/data'
import { castTo, type RawInput } from './input.js'

/**
 * What the network takes, made of raw data.
 *
 * @throws NeuriteError `NON_FINITE` for values that are missing or infinite, and what the preprocessing throws
 */
export function featuresOf(
  where: string,
  raw: RawInput,
  preprocessing: AnyFitted | undefined,
  dtype: 'float32' | 'float64',
): ArrayData {
  const features = preprocess(where, raw, preprocessing)
  const odd = features.data.findIndex((value) => !Number.isFinite(value))
  if (odd >= 0) {
    const width = features.data.length / features.shape[0]!
    const names = 'columns' in features ? (features.columns as readonly string[] | undefined) : undefined
    const name = names?.[odd % width]
    throw new NeuriteError(
      'NON_FINITE',
      `${where}: row ${Math.floor(odd / width)} has ${features.data[odd]} in ${name === undefined ? `feature ${odd % width}` : `'${name}'`}; give the value, or put an imputer into the preprocessing.`,
    )
  }
  return castTo(features.data instanceof Int32Array ? 'int32' : dtype, features)
}

function preprocess(where: string, raw: RawInput, transformer: AnyFitted | undefined): ArrayData {
  if (transformer === undefined) return hostArray(where, raw)
  if (transformer.takes === 'table') {
    if (raw instanceof Table) return transformer.transform(raw)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: ${transformer.kind} takes rows with names, not an array.`)
  }
  // A Table is whatever the others take; an imputer makes one of one.
  return hostArray(where, (transformer as FittedTransformer<'columns', Transformed>).transform(raw))
}

/** The dtype that a model computes in: that of its params. */
export function dtypeOfModel(...trees: readonly unknown[]): 'float32' | 'float64' {
  const dtypes = new Set<DType>(tensorsIn(trees).map(({ dtype }) => dtype))
  return dtypes.has('float64') && !dtypes.has('float32') ? 'float64' : 'float32'
}
