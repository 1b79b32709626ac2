import {
  dtypeOf,
  sizeOf,
  type ArrayData,
  type ArraySource,
  type ByteArray,
  type DType,
  type TypedArray,
} from '@neurite/core'
import { readArray, takesNoOptions } from '@neurite/core/arguments'
import { badFile, bytesOf, checkBytes, FORMATS, otherFile, readElements, type FormatName } from '@neurite/files'

// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: '\x93NUMPY', the version (2 bytes), the length of the
// header (uint16; from version 2 on uint32), the header, the elements. The header is a Python dictionary that ends in a newline and
// is padded with spaces, so that the elements begin at a multiple of 64.

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const MOST_HEADER_BYTES = 2 ** 16
const MOST_AXES = 64

const DESCR: Readonly<Record<DType, string>> = { float32: '<f4', float64: '<f8', int32: '<i4', bool: '|b1' }

const FORMAT_OF_DESCR: Readonly<Record<string, FormatName>> = {
  '<f8': 'F64',
  '<f4': 'F32',
  '<f2': 'F16',
  '<i8': 'I64',
  '<i4': 'I32',
  '<i2': 'I16',
  '|i1': 'I8',
  '|u1': 'U8',
  '|b1': 'BOOL',
}

/**
 * A tensor as an NPY file, version 1, which `numpy.load` reads.
 *
 * @param x - a tensor, or host data: nested arrays (float64), a typed array, `{ shape, data }`, a FeatureMatrix. A Uint8Array of 0 and 1 is
 * saved as bool, any other as uint8
 * @throws NeuriteError `INVALID_ARGUMENT` for something else, `SHAPE_MISMATCH`, `TENSOR_RELEASED`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { fromNpy, toNpy } from '@neurite/io'
 * const bytes = await toNpy(tensor([[1, 2, 3]]))
 * bytes.length // => 140
 * fromNpy(bytes).data // => [1, 2, 3]
 * ```
 */
export async function toNpy(x: ArraySource, ...none: readonly []): Promise<ByteArray> {
  takesNoOptions('toNpy', none)
  return encodeNpy('toNpy: x', x)
}

/**
 * {@link toNpy} in another's name.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export async function encodeNpy(where: string, x: ArraySource): Promise<ByteArray> {
  const { shape, data } = await readArray(where, x)
  // Bytes are true and false where they can be: others would be lost on readers that take every byte but 0 for true.
  const descr = data instanceof Uint8Array && data.some((byte) => byte > 1) ? '|u1' : DESCR[dtypeOf(data)]
  // A tuple of one has a comma.
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`
  const start = Math.ceil((10 + text.length + 1) / 64) * 64
  const bytes = new Uint8Array(start + data.byteLength)
  bytes.set([...MAGIC, 1, 0])
  new DataView(bytes.buffer).setUint16(8, start - 10, true)
  bytes.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10)
  bytes.set(bytesOf(data), start)
  return bytes
}

const HEADER =
  /^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(((?:\d+(?:,\s*|(?=\))))*)\),?\s*\}\s*$/

/**
 * The host data in an NPY file: `tensor(fromNpy(bytes))` makes a tensor of it.
 *
 * float32, float64, int32 and bool are read as they are, float16 as float32, int8, int16, uint8 and int64 as int32, the last one
 * only if all numbers fit.
 *
 * @throws NeuriteError `BAD_FILE` for bytes that are no whole NPY file, for arrays of objects (which hold Python code), for other
 * dtypes; `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { fromNpy } from '@neurite/io'
 * fromNpy(new Uint8Array(16)) // => throws BAD_FILE
 * ```
 */
export function fromNpy(bytes: Uint8Array | ArrayBuffer, ...none: readonly []): ArrayData {
  takesNoOptions('fromNpy', none)
  return decodeNpy('fromNpy', checkBytes('fromNpy', bytes))
}

/**
 * {@link fromNpy} in another's name.
 *
 * @throws NeuriteError `BAD_FILE`
 */
export function decodeNpy(where: string, bytes: Uint8Array): ArrayData {
  const version = bytes[6] ?? 0
  if (bytes.length < 12 || !MAGIC.every((byte, i) => bytes[i] === byte)) throw otherFile(where, 'an NPY file', bytes)
  if (version < 1 || version > 3) throw badFile(where, `version ${version} is not read here`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const begin = version === 1 ? 10 : 12
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > MOST_HEADER_BYTES || begin + length > bytes.length) throw badFile(where, 'the file is cut off')
  const text = new TextDecoder('latin1').decode(bytes.subarray(begin, begin + length))
  const [, descr = '', order, extents = ''] = HEADER.exec(text) ?? []
  if (order === undefined) throw badFile(where, 'the header does not name descr, fortran_order and shape of one array')
  if (!Object.hasOwn(FORMAT_OF_DESCR, descr)) {
    throw badFile(where, `the dtype '${descr}' is not read here; known: ${Object.keys(FORMAT_OF_DESCR).join(', ')}`)
  }
  const shape = extents.split(',').flatMap((extent) => (extent.trim() === '' ? [] : [Number(extent)]))
  if (shape.length > MOST_AXES)
    throw badFile(where, `the array has ${shape.length} axes, more than numpy's ${MOST_AXES}`)
  const format = FORMAT_OF_DESCR[descr]!
  const body = bytes.subarray(begin + length)
  if (body.length !== sizeOf(shape) * FORMATS[format].bytes) {
    throw badFile(where, `the shape [${shape.join(', ')}] and ${descr} do not take ${body.length} bytes`)
  }
  const data = readElements(format, body)
  if (data === undefined) throw badFile(where, `elements of ${descr} do not fit ${FORMATS[format].dtype}`)
  return { shape, data: order === 'True' ? lastAxisFastest(data, shape) : data }
}

/** The elements in C order, of an array in Fortran order, whose first axis changes fastest: numpy saves a transposed array so. */
function lastAxisFastest(data: TypedArray, shape: readonly number[]): TypedArray {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  const index = shape.map(() => 0)
  const out = data.slice()
  let from = 0
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from]!
    // Counts up like an odometer.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return out
}
