import type { Backend, Tensor, Tree } from '@neurite/core'
import { checkArgument, full, isTensor, mapTree, show, tensorsIn } from './ops.js'

/** Applies `f`, which gives `count` >= 1 tensors, to the leaves of trees of one structure. Returns `count` trees. */
export function mapTrees(
  count: number,
  f: (leaf: Tensor, ...others: Tensor[]) => readonly Tensor[],
  tree: Tree,
  ...others: readonly Tree[]
): Tree[] {
  const leaves: (readonly Tensor[])[] = []
  mapTree((...tensors) => (leaves.push(f(...tensors)), tensors[0]), tree, ...others)
  return Array.from({ length: count }, (_, k) => {
    let i = 0
    return mapTree(() => leaves[i++]![k]!, tree)
  })
}

/** A tree of the same shapes, all of one number. */
export function fill(tree: Tree, value: number): Tree {
  return mapTree(({ shape, dtype, backend }) => full(shape, value, { dtype, backend }), tree)
}

/** The backend of a tree; for one without tensors, the default. */
export function home(tree: Tree): { backend?: Backend } {
  const first = tensorsIn(tree)[0]
  return first ? { backend: first.backend } : {}
}

/** Which leaves something applies to: a function of the path (`[0].weight`), or a tree in which a boolean covers all below it. */
export type Mask = ((path: string, leaf: Tensor) => boolean) | MaskTree
export type MaskTree = boolean | readonly MaskTree[] | { readonly [name: string]: MaskTree }

/** What the mask says of each leaf, in the order in which mapTree meets them. */
export function readMask(where: string, name: string, mask: Mask, tree: Tree): boolean[] {
  const found: boolean[] = []
  const walk = (node: Tree, at: unknown, path: string): void => {
    if (!isTensor(node)) {
      for (const [name, child] of Object.entries(node)) {
        const below = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : at
        walk(child, below, Array.isArray(node) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`)
      }
      return
    }
    const answer: unknown = typeof at === 'function' ? at(path, node) : at
    checkArgument(
      typeof answer === 'boolean',
      () => `${where}: ${name} must say true or false for each tensor, got ${show(answer)} for ${path}.`,
    )
    found.push(answer)
  }
  walk(tree, mask, '')
  return found
}
