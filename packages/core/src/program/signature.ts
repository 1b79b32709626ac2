import { NeuriteError } from '../errors/index.js'
import type { Key } from '../random/key.js'
import { sameShape } from '../shape/index.js'
import type { DType } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import { isKey, isTensor } from '../tensor/tree.js'

/** What a compiled program was made for: the structure of the arguments, and the shape and dtype of each tensor. */
export type Signature =
  | { readonly kind: 'tensor'; readonly shape: readonly number[]; readonly dtype: DType }
  | { readonly kind: 'key' }
  | { readonly kind: 'static'; readonly value: unknown }
  | { readonly kind: 'array'; readonly items: readonly Signature[] }
  | { readonly kind: 'object'; readonly names: readonly string[]; readonly items: readonly Signature[] }

/** The leaves of one call's arguments, in signature order. */
export interface Leaves {
  readonly tensors: Tensor[]
  readonly keys: Key[]
}

/** The signature of a tree of arguments. */
export function signatureOf(tree: unknown, path: string): Signature {
  if (isTensor(tree)) return { kind: 'tensor', shape: tree.shape, dtype: tree.dtype }
  if (isKey(tree)) return { kind: 'key' }
  if (typeof tree === 'number') {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `compile: ${path} is the number ${tree}, which would be frozen into the program; pass a tensor, tensor(${tree}), if it changes from call to call, or close over it if it does not.`,
      { path },
    )
  }
  if (Array.isArray(tree)) return { kind: 'array', items: tree.map((item, i) => signatureOf(item, `${path}[${i}]`)) }
  if (typeof tree === 'object' && tree !== null) {
    const prototype: unknown = Object.getPrototypeOf(tree)
    if (prototype !== Object.prototype && prototype !== null) {
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `compile: ${path} is an instance of ${tree.constructor.name}; arguments are trees of tensors and keys: plain objects and arrays.`,
        { path },
      )
    }
    return {
      kind: 'object',
      names: Object.keys(tree),
      items: Object.entries(tree).map(([name, item]) => signatureOf(item, `${path}.${name}`)),
    }
  }
  return { kind: 'static', value: tree }
}

/** Whether `tree` fits; collects its leaves on the way. Runs at every call, so it allocates nothing. */
export function match(signature: Signature, tree: unknown, leaves: Leaves): boolean {
  switch (signature.kind) {
    case 'tensor':
      if (!isTensor(tree) || tree.dtype !== signature.dtype || !sameShape(tree.shape, signature.shape)) return false
      leaves.tensors.push(tree)
      return true
    case 'key':
      if (!isKey(tree)) return false
      leaves.keys.push(tree)
      return true
    case 'static':
      return Object.is(tree, signature.value)
    case 'array': {
      if (!Array.isArray(tree) || tree.length !== signature.items.length) return false
      for (let i = 0; i < tree.length; i++) if (!match(signature.items[i]!, tree[i], leaves)) return false
      return true
    }
    case 'object': {
      if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return false
      let count = 0
      for (const name in tree) if (Object.hasOwn(tree, name)) count++
      if (count !== signature.names.length) return false
      for (let i = 0; i < count; i++) {
        const name = signature.names[i]!
        const item = (tree as Record<string, unknown>)[name]
        // A name that is missing reads as undefined; looking each of them up first would cost as much as a small kernel.
        if (item === undefined && !Object.hasOwn(tree, name)) return false
        if (!match(signature.items[i]!, item, leaves)) return false
      }
      return true
    }
  }
}
