import type { DType, TypedArray } from '@neurite/core'

// Everything is little-endian: the files are, and so is every engine that JavaScript runs on.

/** A tensor on the host that says which dtype it has. */
export interface HostTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** How elements are stored, and what they become here. */
export interface ElementFormat {
  /** Of one element. */
  readonly bytes: number
  /** What the elements become here. */
  readonly dtype: DType
  /** The elements of a buffer; undefined if one does not fit the dtype exactly. */
  read(buffer: ArrayBuffer): TypedArray | undefined
}

/** The name of a format that can be read, as safetensors gives it. */
export type FormatName = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'

/** The formats of elements that are read. */
export const FORMATS: Readonly<Record<FormatName, ElementFormat>> = {
  F64: { bytes: 8, dtype: 'float64', read: (buffer) => new Float64Array(buffer) },
  F32: { bytes: 4, dtype: 'float32', read: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, dtype: 'float32', read: (buffer) => Float32Array.from(new Uint16Array(buffer), fromHalf) },
  BF16: { bytes: 2, dtype: 'float32', read: fromBrainFloats },
  I64: { bytes: 8, dtype: 'int32', read: (buffer) => narrow(new BigInt64Array(buffer)) },
  I32: { bytes: 4, dtype: 'int32', read: (buffer) => new Int32Array(buffer) },
  I16: { bytes: 2, dtype: 'int32', read: (buffer) => Int32Array.from(new Int16Array(buffer)) },
  I8: { bytes: 1, dtype: 'int32', read: (buffer) => Int32Array.from(new Int8Array(buffer)) },
  U8: { bytes: 1, dtype: 'int32', read: (buffer) => Int32Array.from(new Uint8Array(buffer)) },
  BOOL: { bytes: 1, dtype: 'bool', read: (buffer) => onlyBits(new Uint8Array(buffer)) },
}

/** What each dtype is written as: its own format, nothing is converted. */
export const FORMAT_OF: Readonly<Record<DType, FormatName>> = {
  float64: 'F64',
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
}

/** The bytes of an array's elements; a view. */
export function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Elements from bytes, which are copied; undefined if one does not fit the dtype exactly. */
export function readElements(format: FormatName, bytes: Uint8Array): TypedArray | undefined {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return FORMATS[format].read(copy.buffer)
}

/** IEEE 754 half precision: 1 bit sign, 5 bits exponent, 10 bits fraction. Every half is a float32. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** bfloat16 is the upper half of a float32. */
function fromBrainFloats(buffer: ArrayBuffer): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer)
}

function narrow(numbers: BigInt64Array): Int32Array | undefined {
  return numbers.every((number) => BigInt.asIntN(32, number) === number) ? Int32Array.from(numbers, Number) : undefined
}

function onlyBits(data: Uint8Array): Uint8Array | undefined {
  return data.every((byte) => byte <= 1) ? data : undefined
}
