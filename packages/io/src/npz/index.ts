import { checkArgument, isTensor, type ArrayData, type ArraySource, type ByteArray } from '@neurite/core'
import { aBoolean, anObject, or, readOptions } from '@neurite/core/arguments'
import { aLimit, badFile, checkBytes, isInherited } from '@neurite/files'
import { zipSync, type Zippable } from 'fflate'
import { decodeNpy, encodeNpy } from '../npy/npy.js'
import { readZip } from './zip.js'

// https://numpy.org/doc/stable/reference/generated/numpy.savez.html: a zip file of NPY files, NAME.npy for each array.

const SUFFIX = '.npy'
/** What numpy gives its files, and the first that zip knows: the same arrays are the same bytes whenever they are saved. */
const MODIFIED = new Date(1980, 0, 1)
/** Beyond these a zip file is of another kind, zip64. */
const MOST_FILES = 0xffff
const MOST_ZIP_BYTES = 0xffffffff
const MOST_NAME_BYTES = 0xffff

/** Options of {@link toNpz}. */
export interface ToNpzOptions {
  /** Deflates the arrays, as `numpy.savez_compressed`. Default: false, as `numpy.savez`. */
  readonly compress?: boolean
}

/**
 * Arrays by name as an NPZ file, which `numpy.load` reads.
 *
 * @param arrays - tensors, or host data: nested arrays (float64), typed arrays, `{ shape, data }`, a FeatureMatrix
 * @throws NeuriteError `INVALID_ARGUMENT` for something else, the name `__proto__`, `constructor` or `prototype`, a name that is no Unicode,
 * or more than a zip file holds (65,535 arrays, 4 GB, names of 65,535 bytes); `SHAPE_MISMATCH`, `TENSOR_RELEASED`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { fromNpz, toNpz } from '@neurite/io/npz'
 * const bytes = await toNpz({ x: tensor([[1, 2]]), y: tensor([3]) }, { compress: true })
 * const { x, y } = fromNpz(bytes)
 * x?.shape // => [1, 2]
 * y?.data // => [3]
 * ```
 */
export async function toNpz(
  arrays: Readonly<Record<string, ArraySource>>,
  options: ToNpzOptions = {},
): Promise<ByteArray> {
  const { compress } = readOptions('toNpz', options, { compress: or(false, aBoolean) })
  checkArgument(!isTensor(arrays), () => 'toNpz: expected an object with arrays by name, such as { x, y }.')
  const entries = Object.entries(anObject('toNpz', 'arrays', arrays)) as [string, ArraySource][]
  const odd = entries.find(([name]) => isInherited(name))
  checkArgument(odd === undefined, () => `toNpz: ${odd![0]} cannot be the name of an array.`)
  checkArgument(entries.length <= MOST_FILES, () => `toNpz: ${entries.length} arrays are more than ${MOST_FILES}.`)
  for (const [name] of entries) checkName(name)
  const files: Zippable = {}
  let size = 0
  for (const [name, array] of entries) {
    const file = await encodeNpy(`toNpz: '${name}'`, array)
    size += file.length + 2 * name.length * 4 + 128
    files[name + SUFFIX] = file
  }
  checkArgument(
    size <= MOST_ZIP_BYTES,
    () => `toNpz: the arrays have more than the ${MOST_ZIP_BYTES} bytes of a zip file.`,
  )
  return zipSync(files, { level: compress ? 6 : 0, mtime: MODIFIED })
}

/** A zip file has its names in UTF-8, and their lengths in two bytes. */
function checkName(name: string): void {
  const bytes = new TextEncoder().encode(name + SUFFIX)
  const told = (): string => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}...` : name)
  checkArgument(
    bytes.length <= MOST_NAME_BYTES,
    () => `toNpz: the name ${told()} takes ${bytes.length} bytes, more than the ${MOST_NAME_BYTES} of a zip file.`,
  )
  checkArgument(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) === name + SUFFIX,
    () => `toNpz: the name ${told()} has half of a surrogate pair, which UTF-8 cannot hold.`,
  )
}

/** Options of {@link fromNpz}. */
export interface FromNpzOptions {
  /** The most bytes that all arrays may have, unpacked. Default: 2^30. */
  readonly maxBytes?: number
  /** Default: 10000. */
  readonly maxArrays?: number
}

/**
 * The host data in an NPZ file by name, of `numpy.savez` or `numpy.savez_compressed`: `tensor(arrays.x)` makes a tensor of it. Which
 * dtypes are read as which: {@link fromNpy}.
 *
 * @throws NeuriteError `BAD_FILE` for bytes that are no whole NPZ file or are damaged, for files in it that {@link fromNpy} refuses,
 * for the name `__proto__`, `constructor` or `prototype`, one that comes twice, files that share bytes, and beyond `maxBytes` or `maxArrays`, before anything is unpacked;
 * `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { fromNpz } from '@neurite/io/npz'
 * fromNpz(new Uint8Array(22)) // => throws BAD_FILE
 * ```
 */
export function fromNpz(bytes: Uint8Array | ArrayBuffer, options: FromNpzOptions = {}): Record<string, ArrayData> {
  const { maxBytes, maxArrays } = readOptions('fromNpz', options, {
    maxBytes: or(2 ** 30, aLimit),
    maxArrays: or(10_000, aLimit),
  })
  const files = readZip('fromNpz', checkBytes('fromNpz', bytes), { maxBytes, maxFiles: maxArrays })
  const arrays = Array.from(files, ([file, bytes]): readonly [string, ArrayData] => {
    if (!file.endsWith(SUFFIX)) throw badFile('fromNpz', `'${file}' is no ${SUFFIX} file`)
    const name = file.slice(0, -SUFFIX.length)
    if (isInherited(name)) throw badFile('fromNpz', `an array is named ${name}`)
    return [name, decodeNpy(`fromNpz: '${name}'`, bytes)]
  })
  return Object.fromEntries(arrays)
}
