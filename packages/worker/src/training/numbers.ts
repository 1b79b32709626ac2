import {
  flattenTree,
  isTensor,
  NeuriteError,
  tensor,
  unflattenTree,
  type ArrayData,
  type ArraySource,
  type Backend,
  type DType,
  type HostArray,
  type Structure,
  type Tensor,
  type Tree,
  type TypedArray,
} from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { isTransferring, transferring } from '../sendable.js'

// Numbers on their way. What was made for the way is moved, what is the caller's is copied, unless it was marked by `transferring`.

/** A tensor's numbers. */
export interface PackedTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** A tree's. */
export interface PackedTree {
  readonly structure: Structure
  readonly leaves: readonly PackedTensor[]
}

/** Numbers on the host stay some: what dtype they become is decided where they arrive. */
export type PackedArray = PackedTensor | ArrayData

export async function packTensor(from: Tensor): Promise<PackedTensor> {
  const { dtype, shape } = from
  return transferring({ dtype, shape, data: await from.data() })
}

export function unpackTensor({ dtype, shape, data }: PackedTensor, backend: Backend): Tensor {
  return tensor(data, { dtype, shape, backend })
}

/** @throws NeuriteError `INVALID_ARGUMENT` for a leaf that is no tensor */
export async function packTree(where: string, tree: Tree): Promise<PackedTree> {
  const leaves: unknown[] = []
  const structure = flattenTree(tree, leaves)
  const packed = leaves.map((leaf) => {
    if (!isTensor(leaf)) throw new NeuriteError('INVALID_ARGUMENT', `${where} must be a tree of tensors.`)
    return packTensor(leaf)
  })
  return { structure, leaves: await Promise.all(packed) }
}

export function unpackTree({ structure, leaves }: PackedTree, backend: Backend): Tree {
  return unflattenTree(
    structure,
    leaves.map((leaf) => unpackTensor(leaf, backend)),
  ) as Tree
}

/** @throws NeuriteError `INVALID_ARGUMENT`, `SHAPE_MISMATCH` for what is no array */
export async function packArray(where: string, source: ArraySource): Promise<PackedArray> {
  if (isTensor(source)) return packTensor(source)
  const packed = packHost(where, source)
  // Nested numbers were written to memory that nobody else knows.
  return Array.isArray(source) || isTransferring(source) ? transferring(packed) : packed
}

/** A table, say, without what else it knows. */
export function packHost(where: string, source: HostArray): ArrayData {
  const { shape, data } = hostArray(where, source)
  return { shape, data }
}

export function unpackArray(packed: PackedArray, backend: Backend): Tensor | ArrayData {
  return 'dtype' in packed ? unpackTensor(packed, backend) : packed
}
