import { NeuriteError } from '../errors/index.js'
import { Key } from '../random/key.js'
import type { Tensor } from './tensor.js'

// Trees are plain nested objects and arrays; whatever else stands in them is a leaf: tensors, keys, static values like strings.
// Leaves are recognised by what they have: two copies of this package may meet in one program.

/** Params, gradients, states: tensors in plain nested objects and arrays. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree }

/** Plain data, as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** What a tree is without its leaves: plain data. */
export type Structure =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'array'; readonly items: readonly Structure[] }
  | { readonly kind: 'object'; readonly names: readonly string[]; readonly items: readonly Structure[] }

const LEAF: Structure = { kind: 'leaf' }

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
  // A property that is read costs less than one that is looked for, and compiled calls ask for every tensor.
  return typeof value === 'object' && value !== null && typeof (value as Partial<Tensor>).requireStorage === 'function'
}

export function isKey(value: unknown): value is Key {
  return Key.isInstance(value)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * Takes a tree apart: its leaves in order, and its structure.
 *
 * @param leaves - where to put them; default: a new array
 * @returns the structure, from which {@link unflattenTree} builds such trees again
 * @example
 * ```ts
 * import { flattenTree, tensor, unflattenTree } from '@neurite/core'
 * const leaves: unknown[] = []
 * const structure = flattenTree({ w: tensor([1]), layers: [tensor([2]), 'relu'] }, leaves)
 * leaves.length // => 3
 * unflattenTree(structure, [10, 20, 30]) // => { w: 10, layers: [20, 30] }
 * ```
 */
export function flattenTree(tree: unknown, leaves: unknown[]): Structure {
  if (Array.isArray(tree)) return { kind: 'array', items: tree.map((child) => flattenTree(child, leaves)) }
  if (typeof tree === 'object' && tree !== null && isPlain(tree)) {
    const names = Object.keys(tree)
    // As JSON.parse may make it: written to another object, it would be its prototype.
    if (names.includes('__proto__')) throw new NeuriteError('INVALID_ARGUMENT', "a tree has no part named '__proto__'.")
    return { kind: 'object', names, items: Object.values(tree).map((child) => flattenTree(child, leaves)) }
  }
  leaves.push(tree)
  return LEAF
}

/** The tree of a structure, with these leaves in order. */
export function unflattenTree(structure: Structure, leaves: readonly unknown[], next = { at: 0 }): unknown {
  if (structure.kind === 'leaf') return leaves[next.at++]
  const { items } = structure
  if (structure.kind === 'array') {
    const result = new Array<unknown>(items.length)
    for (let i = 0; i < items.length; i++) result[i] = unflattenTree(items[i]!, leaves, next)
    return result
  }
  const result: Record<string, unknown> = {}
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!
    // Most parts are leaves; a call for each of them would cost as much as a small kernel, here and below.
    result[structure.names[i]!] = item.kind === 'leaf' ? leaves[next.at++] : unflattenTree(item, leaves, next)
  }
  return result
}

/** Whether a tree has this structure; collects its leaves on the way. Runs at every compiled call, so it allocates nothing. */
export function collectLeaves(structure: Structure, tree: unknown, leaves: unknown[]): boolean {
  if (structure.kind === 'leaf') {
    leaves.push(tree)
    return true
  }
  const { items } = structure
  if (structure.kind === 'array') {
    if (!Array.isArray(tree) || tree.length !== items.length) return false
    for (let i = 0; i < items.length; i++) if (!collectLeaves(items[i]!, tree[i], leaves)) return false
    return true
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return false
  let count = 0
  for (const _ in tree) count++
  // Whoever extended Object.prototype pays for looking again.
  if (count !== items.length && Object.keys(tree).length !== items.length) return false
  for (let i = 0; i < items.length; i++) {
    const name = structure.names[i]!
    const item = (tree as Record<string, unknown>)[name]
    // A name that is missing reads as undefined; looking each of them up first would cost as much as a small kernel.
    if (item === undefined && !Object.hasOwn(tree, name)) return false
    if (items[i]!.kind === 'leaf') leaves.push(item)
    else if (!collectLeaves(items[i]!, item, leaves)) return false
  }
  return true
}

/** The place of each leaf, in order, as messages name it: `[0].weight`. */
export function leafPaths(structure: Structure, path = ''): string[] {
  if (structure.kind === 'leaf') return [path]
  return structure.items.flatMap((item, i) => leafPaths(item, pathOf(structure, i, path)))
}

function pathOf(structure: Exclude<Structure, { kind: 'leaf' }>, i: number, path: string): string {
  if (structure.kind === 'array') return `${path}[${i}]`
  return path === '' ? structure.names[i]! : `${path}.${structure.names[i]!}`
}

/** The error for a leaf that stands where only plain objects, arrays and tensors make sense. */
export function instanceInTree(where: string, leaf: object, path: string): NeuriteError {
  return new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: ${path || 'the argument'} is an instance of ${leaf.constructor.name}; trees are plain objects and arrays of tensors and keys.`,
    { path },
  )
}

/**
 * Every tensor in a tree, in order of appearance. Whatever is no plain object, array or tensor is passed over.
 *
 * @example
 * ```ts
 * import { tensor, tensorsIn } from '@neurite/core'
 * tensorsIn({ w: tensor([1]), layers: [tensor([2]), 'relu'] }).length // => 2
 * ```
 */
export function tensorsIn(tree: unknown): Tensor[] {
  const leaves: unknown[] = []
  flattenTree(tree, leaves)
  return leaves.filter(isTensor)
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
  const leaves: unknown[] = []
  const structure = flattenTree(tree, leaves)
  const columns = others.map((other) => {
    const column: unknown[] = []
    if (collectLeaves(structure, other, column)) return column
    throw differ(difference(structure, flattenTree(other, []), '') ?? '')
  })
  const mapped = leaves.map((leaf, i) => {
    if (!isTensor(leaf)) return leaf
    return f(
      leaf,
      ...columns.map((column) => {
        const other = column[i]
        if (isTensor(other)) return other
        throw differ(leafPaths(structure)[i]!)
      }),
    )
  })
  return unflattenTree(structure, mapped) as T
}

function differ(path: string): NeuriteError {
  return new NeuriteError(
    'INVALID_ARGUMENT',
    `mapTree: the trees differ in structure at ${path === '' ? 'the root' : path}.`,
    { path },
  )
}

/** The innermost place at which two structures differ. */
function difference(a: Structure, b: Structure, path: string): string | undefined {
  if (a.kind === 'leaf') return undefined
  if (a.kind !== b.kind || a.items.length !== b.items.length) return path
  for (const [i, item] of a.items.entries()) {
    const j = a.kind === 'object' && b.kind === 'object' ? b.names.indexOf(a.names[i]!) : i
    const found = j < 0 ? path : difference(item, b.items[j]!, pathOf(a, i, path))
    if (found !== undefined) return found
  }
  return undefined
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
