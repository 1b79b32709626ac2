import { NeuriteError } from '../errors/index.js'
import { Key } from '../random/key.js'
import type { Tensor } from './tensor.js'

// Trees are plain nested objects and arrays whose leaves are tensors (and keys, and static values like strings).
// Leaves are recognised by what they have: two copies of this package may meet in one program.

/** Params, gradients, states: tensors in plain nested objects and arrays. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree }

/** Plain data, as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/**
 * True for a tensor of any copy of this package.
 *
 * @example
 * ```ts
 * import { isTensor, tensor } from '@neurite/core'
 * isTensor(tensor(1)) // => true
 * isTensor([1, 2]) // => false
 * ```
 */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'requireStorage' in value && 'dtype' in value
}

export function isKey(value: unknown): value is Key {
  return Key.isInstance(value)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** True for the plain objects and arrays that trees are made of. */
function isTree(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && isPlain(value))
}

/** Rebuilds a tree with each leaf replaced. `path` names the leaf, for messages: `[0].weight`. */
export function mapLeaves(tree: unknown, replace: (leaf: unknown, path: string) => unknown, path = ''): unknown {
  if (typeof tree !== 'object' || tree === null || isTensor(tree) || isKey(tree)) return replace(tree, path)
  if (Array.isArray(tree)) return tree.map((child, i) => mapLeaves(child, replace, `${path}[${i}]`))
  if (!isPlain(tree)) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `trees are plain objects and arrays of tensors; ${path === '' ? 'the value' : path} is an instance of ${tree.constructor.name}.`,
    )
  }
  return Object.fromEntries(
    Object.entries(tree).map(([name, child]) => [
      name,
      mapLeaves(child, replace, path === '' ? name : `${path}.${name}`),
    ]),
  )
}

/**
 * Every tensor in a tree, in order of appearance. Whatever is no plain object, array or tensor is passed over.
 *
 * @param found - where to put them; default: a new array
 * @example
 * ```ts
 * import { tensor, tensorsIn } from '@neurite/core'
 * tensorsIn({ w: tensor([1]), layers: [tensor([2]), 'relu'] }).length // => 2
 * ```
 */
export function tensorsIn(tree: unknown, found: Tensor[] = []): Tensor[] {
  if (isTensor(tree)) found.push(tree)
  else if (Array.isArray(tree)) for (const child of tree) tensorsIn(child, found)
  else if (typeof tree === 'object' && tree !== null && isPlain(tree))
    for (const child of Object.values(tree)) tensorsIn(child, found)
  return found
}

/**
 * Applies `f` to every tensor of a tree, or to the tensors that stand at the same place in several trees of one
 * structure, and returns a tree of the results. Other leaves (keys, strings, instances of classes) pass as they are.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` naming the first place where the structures differ
 * @example
 * ```ts
 * import { add, mapTree, tensor } from '@neurite/core'
 * const a = { w: tensor([1, 2]), layers: [tensor([3])] }
 * const doubled = mapTree((x, y) => add(x, y), a, a)
 * await doubled.w.toArray() // => [2, 4]
 * ```
 */
export function mapTree<T>(
  f: (leaf: Tensor, ...others: Tensor[]) => Tensor,
  tree: T,
  ...others: readonly unknown[]
): T {
  return mapTogether(f, tree, others, '') as T
}

function mapTogether(
  f: (leaf: Tensor, ...others: Tensor[]) => Tensor,
  tree: unknown,
  others: readonly unknown[],
  path: string,
): unknown {
  const mismatch = (): never => {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `mapTree: the trees differ in structure at ${path === '' ? 'the root' : path}.`,
      { path },
    )
  }
  if (isTensor(tree)) return f(tree, ...others.map((other) => (isTensor(other) ? other : mismatch())))
  if (!isTree(tree)) return tree
  if (Array.isArray(tree)) {
    if (!others.every((other) => Array.isArray(other) && other.length === tree.length)) mismatch()
    return tree.map((child, i) =>
      mapTogether(
        f,
        child,
        others.map((other) => (other as unknown[])[i]),
        `${path}[${i}]`,
      ),
    )
  }
  const names = Object.keys(tree)
  if (
    !others.every(
      (other) =>
        isTree(other) &&
        !Array.isArray(other) &&
        Object.keys(other).length === names.length &&
        names.every((name) => Object.hasOwn(other, name)),
    )
  )
    mismatch()
  return Object.fromEntries(
    names.map((name) => [
      name,
      mapTogether(
        f,
        (tree as Record<string, unknown>)[name],
        others.map((other) => (other as Record<string, unknown>)[name]),
        path === '' ? name : `${path}.${name}`,
      ),
    ]),
  )
}

/**
 * Gives back the memory of every tensor in a tree.
 *
 * @example
 * ```ts
 * import { disposeTree, tensor } from '@neurite/core'
 * const params = { w: tensor([1]), b: tensor([2]) }
 * disposeTree(params)
 * params.w.isReleased // => true
 * ```
 */
export function disposeTree(tree: unknown): void {
  for (const tensor of tensorsIn(tree)) tensor.dispose()
}
