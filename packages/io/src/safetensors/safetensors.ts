import { defaultBackend, tidy, type Backend, type ByteArray, type Tensor, type Tree } from '@neurite/core'
import { optional, readOptions, aBackend, takesNoOptions } from '@neurite/core/arguments'
import {
  checkBytes,
  decodeSafetensors,
  encodeSafetensors,
  fieldsOf,
  LIMITS,
  metadataOf,
  nameTree,
  readTensors,
  templateFromNames,
  treeFromTemplate,
  upload,
  type Limits,
} from '@neurite/files'

/**
 * A tree of tensors as a safetensors file. A tensor's name is its place: `0.weight` is the weight in the first entry of an
 * array. Python's safetensors, and whatever else reads the format, reads it; every bit is kept.
 *
 * @param tree - params, state, an optimizer's state: plain objects and arrays of tensors of float32, float64, int32 and bool
 * @returns the bytes of the file
 * @throws NeuriteError `INVALID_ARGUMENT` for a name that stands for two tensors, a tree that is none, or a part named `__proto__`, `constructor` or `prototype`;
 * `TENSOR_RELEASED`, `SYMBOLIC_VALUE`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { fromSafetensors, toSafetensors } from '@neurite/io'
 * const bytes = await toSafetensors([{ weight: tensor([[1, 2]]) }, {}])
 * bytes.length // => 208
 * const tree = fromSafetensors(bytes) as [{ weight: ReturnType<typeof tensor> }, object]
 * await tree[0].weight.toArray() // => [[1, 2]]
 * ```
 * @see https://huggingface.co/docs/safetensors
 */
export async function toSafetensors(tree: Tree, ...none: readonly []): Promise<ByteArray> {
  takesNoOptions('toSafetensors', none)
  const { template, tensors } = nameTree<Tensor>('toSafetensors', '', tree)
  return encodeSafetensors({ tensors: await readTensors(tensors), metadata: metadataOf('tree', { tree: template }) })
}

/** Options of {@link fromSafetensors}. */
export interface FromSafetensorsOptions extends Limits {
  /** Where the tensors go. Default: the default backend. */
  readonly backend?: Backend
}

/**
 * The tree of tensors in a safetensors file. A file of {@link toSafetensors} gives the tree that went in. Of other files, the
 * names say what the tree is: `encoder.0.weight` becomes `{ encoder: [{ weight }] }`; parts that count from 0 without a gap are an
 * array, all others an object.
 *
 * F32, F64, I32 and BOOL are read as they are, F16 and BF16 as float32, I8, I16, U8 and I64 as int32, the last one only if all
 * numbers fit.
 *
 * @throws NeuriteError `BAD_FILE` for bytes that are no whole safetensors file, larger than `maxBytes` or with more tensors
 * than `maxTensors`, or with a name such as `__proto__.x`; `NOT_SUPPORTED` for float64 on a backend without it; `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { fromSafetensors } from '@neurite/io'
 * fromSafetensors(new Uint8Array(4)) // => throws BAD_FILE
 * ```
 */
export function fromSafetensors(bytes: Uint8Array | ArrayBuffer, options: FromSafetensorsOptions = {}): Tree {
  const where = 'fromSafetensors'
  const { backend = defaultBackend(), ...limits } = readOptions(where, options, {
    ...LIMITS,
    backend: optional(aBackend),
  })
  const file = checkBytes(where, bytes)
  const { tensors, metadata } = decodeSafetensors(where, file, limits)
  const left = new Map(tensors)
  const template =
    metadata['format'] === 'neurite.tree'
      ? fieldsOf(where, 'tree', ['tree'], metadata, file).tree
      : templateFromNames(where, tensors.keys())
  return tidy(() => treeFromTemplate(where, template, left, (stored) => upload(stored, backend)))
}
