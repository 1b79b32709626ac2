import { isTensor, tensor, type Tensor, type Tree } from '@neurite/core'
import type { Run } from '@neurite/train'
import type { Edit } from './spec.js'

/** Puts numbers that were set by hand into a run's params: those of this iteration, in their order. */
export async function setByHand(run: Run, edits: readonly Edit[], iteration: number): Promise<void> {
  const now = edits.filter((edit) => edit.iteration === iteration)
  if (now.length === 0) return
  const taken = run.snapshot()
  let { params } = taken
  for (const edit of now) params = await replaced(params, edit.path.split('.'), edit)
  run.restore({ ...taken, params })
}

/** The tree with another leaf. A path that leads nowhere changes nothing. */
async function replaced(tree: Tree, [key, ...rest]: readonly string[], edit: Edit): Promise<Tree> {
  if (isTensor(tree)) return key === undefined ? withNumber(tree, edit) : tree
  if (key === undefined) return tree
  const entries = await Promise.all(
    Object.entries(tree).map(async ([name, child]: [string, Tree]) =>
      name === key ? ([name, await replaced(child, rest, edit)] as const) : ([name, child] as const),
    ),
  )
  return Array.isArray(tree) ? entries.map(([, child]) => child) : Object.fromEntries(entries)
}

async function withNumber(leaf: Tensor, { place, value }: Edit): Promise<Tensor> {
  const data = Float32Array.from((await leaf.data()) as ArrayLike<number>)
  if (place >= data.length) return leaf
  data[place] = value
  const { shape, backend } = leaf
  leaf.dispose()
  return tensor(data, { shape, backend })
}

/** The first iteration at which two lists differ; infinite where they are the same. */
export function firstDifference(before: readonly Edit[], after: readonly Edit[]): number {
  const same = (a: Edit, b: Edit): boolean =>
    a.iteration === b.iteration && a.path === b.path && a.place === b.place && a.value === b.value
  const length = Math.max(before.length, after.length)
  for (let i = 0; i < length; i++) {
    const [a, b] = [before[i], after[i]]
    if (a === undefined || b === undefined || !same(a, b))
      return Math.min(a?.iteration ?? Infinity, b?.iteration ?? Infinity)
  }
  return Infinity
}
