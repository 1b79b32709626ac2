import { checkArgument, NeuriteError } from '../errors/index.js'
import { isFloating, type DType, type TensorSpec } from '../tensor/dtype.js'
import type { PrimitiveName, PrimitiveParams } from './params.js'

/** What the frontend must know of a primitive before it runs: does the call make sense, and what comes out. */
export interface Rule<P extends PrimitiveName> {
  /** The output's shape and dtype. Throws what is wrong with the inputs. */
  infer(inputs: readonly TensorSpec[], params: PrimitiveParams[P], name: P): TensorSpec
}

/** Refuses a number that the dtype cannot hold: 0.5 as int32, 2 as bool. */
export function checkNumber(where: string, value: number, dtype: DType): void {
  checkArgument(
    isFloating(dtype) ||
      (dtype === 'int32' && value === (value | 0)) ||
      (dtype === 'bool' && (value === 0 || value === 1)),
    () => `${where}: the number ${value} is no ${dtype}; use a float dtype, or cast the tensor first.`,
    { value, dtype },
  )
}

/** The one check of dtypes: every input is of `dtype`, or all are of the first's, which `allowed` admits. */
export function checkDTypes(
  where: string,
  inputs: readonly TensorSpec[],
  allowed: 'float' | 'number' | 'any' | DType,
): DType {
  const dtypes = inputs.map((input) => input.dtype)
  const first = dtypes[0]!
  const fits = (dtype: DType): boolean =>
    allowed === 'any' ||
    allowed === dtype ||
    (allowed === 'float' && isFloating(dtype)) ||
    (allowed === 'number' && dtype !== 'bool')
  if (dtypes.some((dtype) => dtype !== first)) {
    // One that the operation takes; floats first, since they lose the least.
    const loose = allowed === 'any' || allowed === 'number' || allowed === 'float'
    const common = loose ? (dtypes.find(isFloating) ?? (allowed === 'float' ? 'float32' : 'int32')) : allowed
    throw new NeuriteError(
      'DTYPE_MISMATCH',
      `${where}: inputs are ${dtypes.join(' and ')}; there is no implicit promotion, use cast(x, '${common}').`,
      { dtypes },
    )
  }
  if (!fits(first)) {
    const wanted = allowed === 'float' ? 'float32 or float64' : allowed === 'number' ? 'a number dtype' : allowed
    throw new NeuriteError('DTYPE_MISMATCH', `${where}: takes ${wanted}, got ${first}; use cast.`, { dtype: first })
  }
  return first
}
