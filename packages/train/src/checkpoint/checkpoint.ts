import { checkArgument, isTensor, NeuriteError, tensorsIn, type Backend, type Json, type Tree } from '@neurite/core'
import { show } from '@neurite/core/arguments'
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
  checkArgument(
    typeof tree === 'object' && tree !== null && !ArrayBuffer.isView(tree),
    () =>
      `fit: a checkpoint keeps trees of tensors, got ${show(tree)} in one; what else a callback remembers goes into data.`,
  )
  const entries = Object.entries(tree as Readonly<Record<string, TreeOf<A>>>)
  return Object.fromEntries(entries.map(([name, child]) => [name, mapLeaves(child, isLeaf, f)]))
}

/** Parts of a run that may differ from the one that was saved, if that is meant: they leave each row in its place. */
export const MAY_DIFFER = [
  'model',
  'loss',
  'optimizer',
  'classWeights',
  'metrics',
  'x',
  'y',
  'sampleWeights',
  'validation',
] as const

/**
 * @param despite - what may differ
 * @throws NeuriteError `BAD_CHECKPOINT` listing what differs between the run that was saved and the one that would go on
 */
export function checkSameRun(saved: Checkpoint['run'], now: Checkpoint['run'], despite: readonly string[]): void {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(now)])]
  const found = names.flatMap((name) => (despite.includes(name) ? [] : differences(name, saved[name], now[name])))
  if (found.length === 0) return
  const [more, listed] = [found.length - MOST_LISTED, found.slice(0, MOST_LISTED).join('; ')]
  const message = `fit: resume: the checkpoint is of another run: ${listed}${more > 0 ? `; and ${more} more` : ''}. A run goes on only as it began. If a difference is meant, name it: resumeDespite: ['loss'], say; or leave resume out and begin with its params and optimizerState.`
  throw new NeuriteError('BAD_CHECKPOINT', message, { differences: found })
}

const MOST_LISTED = 8

/** Where two values differ, and in what. */
function differences(path: string, before: Json | undefined, now: Json | undefined): string[] {
  if (typeof before === 'object' && typeof now === 'object' && before !== null && now !== null) {
    const [a, b] = [before, now] as Readonly<Record<string, Json>>[]
    const at = (name: string): string => (Array.isArray(now) ? `${path}[${name}]` : `${path}.${name}`)
    return [...new Set([...Object.keys(a!), ...Object.keys(b!)])].flatMap((name) =>
      differences(at(name), a![name], b![name]),
    )
  }
  const [was, is] = [before, now].map((value) => JSON.stringify(value)?.slice(0, 60) ?? 'absent')
  return was === is ? [] : [`${path} was ${was}, is ${is}`]
}
