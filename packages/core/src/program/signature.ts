import { NeuriteError } from '../errors/index.js'
import { sameShape } from '../shape/index.js'
import type { DType } from '../tensor/dtype.js'
import {
  collectLeaves,
  flattenTree,
  instanceInTree,
  isKey,
  isTensor,
  leafPaths,
  type Structure,
} from '../tensor/tree.js'

/** What a compiled program was made for: the structure of the arguments, and what each leaf must be. Plain data. */
export interface Signature {
  readonly structure: Structure
  readonly leaves: readonly LeafSpec[]
}

/** A tensor of a shape and dtype, a random key, or a value that the program was made with. */
export type LeafSpec =
  | { readonly kind: 'tensor'; readonly shape: readonly number[]; readonly dtype: DType }
  | { readonly kind: 'key' }
  | { readonly kind: 'static'; readonly value: unknown }

/** The signature of a call's arguments. */
export function signatureOf(args: readonly unknown[]): Signature {
  const given: unknown[] = []
  const structure = flattenTree(args, given)
  const leaves = given.map((leaf, i): LeafSpec => {
    const path = (): string => `args${leafPaths(structure)[i]!}`
    if (isTensor(leaf)) return { kind: 'tensor', shape: leaf.shape, dtype: leaf.dtype }
    if (isKey(leaf)) return { kind: 'key' }
    if (typeof leaf === 'number') {
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `compile: ${path()} is the number ${leaf}, which would be frozen into the program; pass a tensor, tensor(${leaf}), if it changes from call to call, or close over it if it does not.`,
        { path: path() },
      )
    }
    if (typeof leaf === 'object' && leaf !== null) throw instanceInTree('compile', leaf, path())
    return { kind: 'static', value: leaf }
  })
  return { structure, leaves }
}

/** The leaves of a call's arguments, if they fit. Runs at every call. */
export function match({ structure, leaves }: Signature, args: readonly unknown[]): unknown[] | undefined {
  const found: unknown[] = []
  if (!collectLeaves(structure, args, found)) return undefined
  for (let i = 0; i < leaves.length; i++) if (!fits(leaves[i]!, found[i])) return undefined
  return found
}

/** Whether a leaf is what a program was made for. */
export function fits(spec: LeafSpec, leaf: unknown): boolean {
  switch (spec.kind) {
    case 'tensor':
      return isTensor(leaf) && leaf.dtype === spec.dtype && sameShape(leaf.shape, spec.shape)
    case 'key':
      return isKey(leaf)
    case 'static':
      return Object.is(leaf, spec.value)
  }
}
