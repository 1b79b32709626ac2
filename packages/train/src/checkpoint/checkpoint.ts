import { isTensor, NeuriteError, tensor, type Backend, type DType, type Json, type TypedArray } from '@neurite/core'
import type { Tree } from '@neurite/nn'
import type { Progress } from '../fit/run/progress.js'

/** A tensor's values on the host. */
export interface StoredTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** A tree whose tensors are on the host. */
export type StoredTree = StoredTensor | readonly StoredTree[] | { readonly [name: string]: StoredTree }

/** Everything that a run needs to go on as if it had never ended. Values only: it lives on when the run ends. */
export interface Checkpoint {
  /** What must be the same in the run that goes on: seed, rows, batches, order. */
  readonly run: Readonly<Record<string, Json>>
  readonly progress: Readonly<Progress>
  readonly stoppedBy: string | null
  readonly history: Readonly<Record<string, readonly number[]>>
  readonly params: StoredTree
  readonly state: StoredTree
  readonly optimizerState: StoredTree
  /** By name. */
  readonly callbacks: Readonly<Record<string, { readonly data: Json; readonly tensors?: StoredTree }>>
}

/** Reads a tree's tensors. */
export async function storeTree(tree: Tree): Promise<StoredTree> {
  if (isTensor(tree)) return { dtype: tree.dtype, shape: tree.shape, data: await tree.data() }
  if (Array.isArray(tree)) return Promise.all((tree as readonly Tree[]).map(storeTree))
  const entries = Object.entries(tree as Readonly<Record<string, Tree>>)
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, child]) => [name, await storeTree(child)] as const)),
  )
}

/** Puts a stored tree on a backend. */
export function restoreTree(stored: StoredTree, backend: Backend): Tree {
  if (isStored(stored)) return tensor(stored.data, { shape: stored.shape, dtype: stored.dtype, backend })
  if (Array.isArray(stored)) return (stored as readonly StoredTree[]).map((child) => restoreTree(child, backend))
  return Object.fromEntries(
    Object.entries(stored as Readonly<Record<string, StoredTree>>).map(([name, child]) => [
      name,
      restoreTree(child, backend),
    ]),
  )
}

export function isStored(value: StoredTree): value is StoredTensor {
  return 'dtype' in value && typeof value.dtype === 'string' && 'data' in value && ArrayBuffer.isView(value.data)
}

/** @throws NeuriteError `BAD_CHECKPOINT` naming what differs between the run that was saved and the one that would go on */
export function checkSameRun(saved: Checkpoint['run'], now: Checkpoint['run']): void {
  for (const name of new Set([...Object.keys(saved), ...Object.keys(now)])) {
    const before = JSON.stringify(saved[name])
    const after = JSON.stringify(now[name])
    if (before === after) continue
    const message = `fit: resume: the checkpoint is of a run with ${name} ${before}, this one has ${after}; a run goes on only as it began. To train on with other options, pass params and optimizerState.`
    throw new NeuriteError('BAD_CHECKPOINT', message, { name, saved: saved[name], now: now[name] })
  }
}
