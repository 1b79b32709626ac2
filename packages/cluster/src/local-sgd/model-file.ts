import { isTensor, NeuriteError, sameShape, formatShape, type Backend, type ByteArray, type Tree } from '@neurite/core'
import {
  decodeSafetensors,
  encodeSafetensors,
  fieldsOf,
  metadataOf,
  nameTree,
  treeFromTemplate,
  upload,
  type HostTree,
  type NamedTree,
  type HostTensor,
} from '@neurite/files'
import { decodeCheckpoint, type Checkpoint } from '@neurite/train'
import type { Tensors } from './mean.js'

/** Params and running statistics: what all shards share. Tensors by name, `params.0.weight`. */
export type Model = NamedTree<HostTensor>

/** What the database holds is as long as somebody made it; its hash is checked before. */
const NO_LIMITS = { maxBytes: Infinity, maxTensors: Infinity }

export function isParam(name: string): boolean {
  return name === 'params' || name.startsWith('params.')
}

export function modelOf({ params, state }: { readonly params: HostTree; readonly state: HostTree }): Model {
  return nameTree('localSgd', '', { params, state })
}

/** A safetensors file, of the kind that `toSafetensors` of io writes for a tree. */
export function encodeModel({ template, tensors }: Model): ByteArray {
  return encodeSafetensors({ tensors, metadata: metadataOf('tree', { tree: template }) })
}

/** @throws NeuriteError `BAD_FILE` */
export function decodeModel(bytes: Uint8Array): Model {
  const { tensors, metadata } = decodeSafetensors('localSgd: the model', bytes, NO_LIMITS)
  return { template: fieldsOf('localSgd: the model', 'tree', ['tree'], metadata, bytes).tree!, tensors }
}

/** Its trees, with what becomes of each tensor. */
export function treesOf<Leaf>({ template, tensors }: Model, make: (stored: HostTensor) => Leaf) {
  return treeFromTemplate('localSgd: the model', template, new Map(tensors), make) as {
    readonly params: TreeOf<Leaf>
    readonly state: TreeOf<Leaf>
  }
}

type TreeOf<Leaf> = ReturnType<typeof treeFromTemplate<Leaf>>

/** Its trees on a backend. The tensors are the caller's. */
export function uploadModel(model: Model, backend: Backend): { readonly params: Tree; readonly state: Tree } {
  return treesOf(model, (stored) => upload(stored, backend))
}

/** Reads a tree's tensors. */
export async function readTree(tree: Tree): Promise<HostTree> {
  const { template, tensors } = nameTree('localSgd', '', tree)
  const read = new Map<string, HostTensor>()
  for (const [name, leaf] of tensors) {
    if (isTensor(leaf)) read.set(name, { dtype: leaf.dtype, shape: leaf.shape, data: await leaf.data() })
  }
  return treeFromTemplate('localSgd', template, read, (stored) => stored)
}

export function encodeTensors(tensors: Tensors): ByteArray {
  return encodeSafetensors({ tensors, metadata: {} })
}

export function decodeTensors(bytes: Uint8Array): Tensors {
  return decodeSafetensors('localSgd: the momentum', bytes, NO_LIMITS).tensors
}

/** What a shard came to, read and checked. */
export interface Contributed {
  readonly model: Model
  /** What it counts in the average. */
  readonly weight: number
}

/**
 * Reads what a shard came to: bytes of somebody else.
 *
 * @param like - what all shards began with: the same names, shapes and dtypes are expected; undefined for the first round
 * @throws NeuriteError `BAD_CHECKPOINT`, `SHAPE_MISMATCH`, `NON_FINITE`, `NOT_SUPPORTED` if its rows are not counted
 */
export function readContribution(
  where: string,
  bytes: Uint8Array,
  like: Model | undefined,
  weights: 'rows' | 'equal',
): Contributed {
  const { checkpoint, model } = decode(where, bytes)
  if (like !== undefined) checkAlike(where, model, like)
  checkFinite(where, model)
  return { model, weight: weights === 'equal' ? 1 : rowsOf(where, checkpoint.run) }
}

function decode(where: string, bytes: Uint8Array): { readonly checkpoint: Checkpoint; readonly model: Model } {
  try {
    const checkpoint = decodeCheckpoint(bytes)
    return { checkpoint, model: modelOf(checkpoint) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new NeuriteError('BAD_CHECKPOINT', `${where}: ${why}`, {}, error)
  }
}

/** @throws NeuriteError `NON_FINITE` naming the tensor */
export function checkFinite(where: string, { tensors }: Model): void {
  for (const [name, { data }] of tensors) {
    const at = (data as Float64Array).findIndex((value) => !Number.isFinite(value))
    if (at < 0) continue
    throw new NeuriteError('NON_FINITE', `${where}: '${name}' has ${data[at]} at ${at}.`, { name })
  }
}

function rowsOf(where: string, { trainRows: rows }: Checkpoint['run']): number {
  if (rows === undefined) {
    const message = `${where}: a source of batches does not say how many rows it has; with weights: 'equal' all shards count alike.`
    throw new NeuriteError('NOT_SUPPORTED', message)
  }
  if (typeof rows === 'number' && Number.isSafeInteger(rows) && rows > 0) return rows
  throw new NeuriteError('BAD_CHECKPOINT', `${where}: its number of rows is ${JSON.stringify(rows)}.`)
}

function checkAlike(where: string, { template, tensors }: Model, like: Model): void {
  const differ = (why: string): never => {
    throw new NeuriteError('SHAPE_MISMATCH', `${where}: ${why}; all shards train one model.`)
  }
  for (const [name, { dtype, shape }] of like.tensors) {
    const own = tensors.get(name)
    if (own === undefined) return differ(`it has no '${name}'`)
    if (own.dtype === dtype && sameShape(own.shape, shape)) continue
    differ(`'${name}' is ${own.dtype} ${formatShape(own.shape)}, expected ${dtype} ${formatShape(shape)}`)
  }
  if (JSON.stringify(template) !== JSON.stringify(like.template)) differ('its tree is another one')
}
