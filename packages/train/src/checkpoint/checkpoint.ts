import { isTensor, NeuriteError, tensorsIn, type Backend, type Json, type Tree } from '@neurite/core'
import { isHostTensor, upload, type HostTree, type TreeOf } from '@neurite/files'
import type { Progress } from '../fit/run/progress.js'

/** Everything that a run needs to go on as if it had never ended. Values only: it lives on when the run ends. */
export interface Checkpoint {
  /** What must be the same in the run that goes on: seed, rows, batches, order. */
  readonly run: Readonly<Record<string, Json>>
  readonly progress: Readonly<Progress>
  readonly stoppedBy: string | null
  readonly history: Readonly<Record<string, readonly number[]>>
  readonly params: HostTree
  readonly state: HostTree
  readonly optimizerState: HostTree
  /** By name. */
  readonly callbacks: Readonly<Record<string, { readonly data: Json; readonly tensors?: HostTree }>>
}

/** Reads a tree's tensors. */
export async function storeTree(tree: Tree): Promise<HostTree> {
  const read = new Map(await Promise.all(tensorsIn(tree).map(async (leaf) => [leaf, await leaf.data()] as const)))
  return mapLeaves(tree, isTensor, (leaf) => ({ dtype: leaf.dtype, shape: leaf.shape, data: read.get(leaf)! }))
}

/** Puts a stored tree on a backend. */
export function restoreTree(stored: HostTree, backend: Backend): Tree {
  return mapLeaves(stored, isHostTensor, (leaf) => upload(leaf, backend))
}

function mapLeaves<A, B>(tree: TreeOf<A>, isLeaf: (node: unknown) => node is A, f: (leaf: A) => B): TreeOf<B> {
  if (isLeaf(tree)) return f(tree)
  if (Array.isArray(tree)) return (tree as readonly TreeOf<A>[]).map((child) => mapLeaves(child, isLeaf, f))
  const entries = Object.entries(tree as Readonly<Record<string, TreeOf<A>>>)
  return Object.fromEntries(entries.map(([name, child]) => [name, mapLeaves(child, isLeaf, f)]))
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
