/** Element types. `bool` is stored as bytes 0 and 1; `float64` exists where the backend's capabilities list it. */
export type DType = 'float32' | 'float64' | 'int32' | 'bool'

/** The typed arrays that hold the four dtypes on the host. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array

/**
 * Bytes in memory of their own, as a file, a message or a `Blob` takes them: `Uint8Array<ArrayBuffer>`, in words that TypeScript before 5.7 knows, too. There it is
 * `Uint8Array`, which has no parameter yet.
 */
export type ByteArray = ReturnType<Uint8ArrayConstructor['of']>

/** A host-side array, row-major. Anything with a shape and typed data can become a tensor. */
export interface ArrayData {
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** What is known of a tensor without its values. */
export interface TensorSpec {
  readonly shape: readonly number[]
  readonly dtype: DType
}

/**
 * A zeroed host array of the dtype.
 *
 * @example
 * ```ts
 * import { allocate } from '@neurite/core'
 * allocate('int32', 2) // => [0, 0]
 * ```
 */
export function allocate(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length)
    case 'float64':
      return new Float64Array(length)
    case 'int32':
      return new Int32Array(length)
    case 'bool':
      return new Uint8Array(length)
  }
}

/**
 * The dtype that a typed array stores; bytes are bool.
 *
 * @example
 * ```ts
 * import { dtypeOf } from '@neurite/core'
 * dtypeOf(new Float64Array(1)) // => 'float64'
 * ```
 */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  return 'bool'
}

/** Bytes of one element on the host, by dtype. */
export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4, bool: 1 }

/**
 * True for float32 and float64: the dtypes that have gradients.
 *
 * @example
 * ```ts
 * import { isFloating } from '@neurite/core'
 * isFloating('int32') // => false
 * ```
 */
export function isFloating(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64'
}
