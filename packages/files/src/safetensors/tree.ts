import { isTensor, NeuriteError, tensor, type Backend, type Json, type Tensor } from '@neurite/core'
import type { HostTensor } from '../bytes/elements.js'
import { badFile } from '../bytes/errors.js'
import { asArray, asObject, isInherited, MOST_NESTED } from '../bytes/json.js'

/** Plain objects and arrays with leaves of one type. */
export type TreeOf<Leaf> = Leaf | readonly TreeOf<Leaf>[] | { readonly [name: string]: TreeOf<Leaf> }

/** A tree whose tensors are on the host. */
export type HostTree = TreeOf<HostTensor>

/** A tree whose leaves are the names of tensors: what dotted names alone do not say, such as `{}` or a name with a dot. */
export interface NamedTree<Leaf> {
  readonly template: Json
  readonly tensors: ReadonlyMap<string, Leaf>
}

/** True for a tensor's values on the host, and no tree. */
export function isHostTensor(node: unknown): node is HostTensor {
  return typeof node === 'object' && node !== null && 'data' in node && ArrayBuffer.isView(node.data)
}

/**
 * Names each tensor of a tree by its place, `0.weight`.
 *
 * @param root - the name before the first dot, and of a tree that is a single tensor
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export function nameTree<Leaf extends Tensor | HostTensor>(
  where: string,
  root: string,
  tree: TreeOf<Leaf>,
): NamedTree<Leaf> {
  const tensors = new Map<string, Leaf>()
  const refuse = (name: string, why: string): never => {
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: '${name}' ${why}.`, { name })
  }
  const walk = (node: unknown, name: string, depth: number): Json => {
    if (isTensor(node) || isHostTensor(node)) {
      if (tensors.has(name)) refuse(name, 'names two tensors; avoid dots in the names of a tree')
      if (name === '__metadata__' || isInherited(name)) refuse(name, 'cannot be the name of a tensor')
      tensors.set(name, node as Leaf)
      return name
    }
    if (depth === MOST_NESTED) refuse(name, `is nested more than ${MOST_NESTED} deep`)
    const at = (key: string | number): string => (name === '' ? `${key}` : `${name}.${key}`)
    if (Array.isArray(node)) return node.map((child, i) => walk(child, at(i), depth + 1))
    if (typeof node !== 'object' || node === null) refuse(name, `is neither a tensor nor a tree, but a ${typeof node}`)
    return Object.fromEntries(
      Object.entries(node as object).map(([key, child]) => {
        if (isInherited(key)) refuse(at(key), 'cannot be the name of a part')
        return [key, walk(child, at(key), depth + 1)]
      }),
    )
  }
  // A tensor by itself needs some name.
  const template = walk(tree, root === '' && (isTensor(tree) || isHostTensor(tree)) ? 'tensor' : root, 0)
  return { template, tensors }
}

/** Reads the tensors of named trees. */
export async function readTensors(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, HostTensor>> {
  const read = await Promise.all(
    [...tensors].map(async ([name, leaf]): Promise<[string, HostTensor]> => {
      return [name, { dtype: leaf.dtype, shape: leaf.shape, data: await leaf.data() }]
    }),
  )
  return new Map(read)
}

/** A tensor on a backend. */
export function upload({ dtype, shape, data }: HostTensor, backend: Backend): Tensor {
  return tensor(data, { dtype, shape, backend })
}

/**
 * The tree that a template describes.
 *
 * @param tensors - those of a file; each is taken out, so that it stands in one place alone
 * @param make - what becomes of each
 * @throws NeuriteError `BAD_FILE` for names that there are not
 */
export function treeFromTemplate<Leaf>(
  where: string,
  template: Json | undefined,
  tensors: Map<string, HostTensor>,
  make: (stored: HostTensor) => Leaf,
): TreeOf<Leaf> {
  const walk = (node: Json | undefined): TreeOf<Leaf> => {
    if (typeof node === 'string') {
      const stored = tensors.get(node)
      if (stored === undefined) {
        throw badFile(where, `a tree refers to '${node}', which is no tensor of the file or stands in it twice`)
      }
      tensors.delete(node)
      return make(stored)
    }
    const items = asArray(node)
    if (items !== undefined) return items.map(walk)
    const entries = asObject(node)
    if (entries === undefined) throw badFile(where, 'a tree holds something else than names of tensors')
    return Object.fromEntries(Object.entries(entries).map(([name, child]) => [name, walk(child)]))
  }
  return walk(template)
}

/**
 * The template that dotted names suggest: `0.weight` is in `[{ weight }]`. Parts 0 to n - 1 make an array, others an object.
 *
 * @throws NeuriteError `BAD_FILE` for a name that is also the beginning of another one, or has a part that objects inherit
 */
export function templateFromNames(where: string, names: Iterable<string>): Json {
  type Node = Map<string, Node | string>
  const root: Node = new Map()
  for (const name of names) {
    const parts = name.split('.')
    if (parts.length > MOST_NESTED) throw badFile(where, `a name has more than ${MOST_NESTED} parts`)
    if (parts.some(isInherited)) throw badFile(where, `'${name}' cannot be the name of a tensor`)
    const last = parts.pop()!
    let node = root
    for (const part of parts) {
      const next = node.get(part) ?? new Map<string, Node | string>()
      if (typeof next === 'string')
        throw badFile(where, `'${next}' is the name of a tensor and the beginning of '${name}'`)
      node.set(part, next)
      node = next
    }
    if (node.has(last)) throw badFile(where, `'${name}' is the name of a tensor and the beginning of another name`)
    node.set(last, name)
  }
  const finish = (node: Node | string): Json => {
    if (typeof node === 'string') return node
    const inOrder = Array.from({ length: node.size }, (_, i) => node.get(`${i}`))
    if (node.size > 0 && inOrder.every((child) => child !== undefined)) return inOrder.map(finish)
    return Object.fromEntries([...node].map(([part, child]) => [part, finish(child)]))
  }
  return finish(root)
}
