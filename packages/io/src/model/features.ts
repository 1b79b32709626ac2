import { NeuriteError, tensorsIn, type ArrayData, type DType } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { Table, type AnyFitted, type FittedTransformer, type Transformed } from '@neurite/data'
import { castTo, type RawInput } from './input.js'

/**
 * What the network takes, made of raw data.
 *
 * @throws NeuriteError `NON_FINITE` for values that are missing or infinite, or become so in the model's dtype; and what the
 * preprocessing throws
 */
export function featuresOf(
  where: string,
  raw: RawInput,
  preprocessing: AnyFitted | undefined,
  dtype: 'float32' | 'float64',
): ArrayData {
  const features = preprocess(where, raw, preprocessing)
  const cast = castTo(features.data instanceof Int32Array ? 'int32' : dtype, features)
  const odd = cast.data.findIndex((value) => !Number.isFinite(value))
  if (odd >= 0) {
    const width = features.data.length / features.shape[0]!
    const names = 'columns' in features ? (features.columns as readonly string[] | undefined) : undefined
    const name = names?.[odd % width]
    const value = features.data[odd]!
    const help = Number.isFinite(value)
      ? `more than ${dtype} can hold; put a scaler into the preprocessing`
      : 'give the value, or put an imputer into the preprocessing'
    throw new NeuriteError(
      'NON_FINITE',
      `${where}: row ${Math.floor(odd / width)} has ${value} in ${name === undefined ? `feature ${odd % width}` : `'${name}'`}: ${help}.`,
    )
  }
  return cast
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
