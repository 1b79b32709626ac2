import type { PrimitiveName, PrimitiveParams, TensorSpec } from '@neurite/core'
import type { Code } from '../code.js'
import type { Affine } from './affine.js'
import type { Helper } from './helpers.js'

/** A number as JavaScript computes it. */
export interface Expression {
  readonly text: string
  /** Whether it is what its dtype holds; else it is rounded, or wrapped, when it is stored. */
  readonly exact: boolean
  /** Whether it needs no parentheses beside operators. */
  readonly alone: boolean
}

/** What an operation is written with. */
export interface Nest<P extends PrimitiveName> {
  readonly code: Code
  readonly params: PrimitiveParams[P]
  readonly inputs: readonly TensorSpec[]
  readonly output: TensorSpec
  /** An element of an operand, of the operand's own index. */
  read(operand: number, index: readonly Affine[]): string
  /** A function that the module then has. */
  help(helper: Helper): string
}

/** An array, or a part of one, in an order of its own. */
export interface View {
  readonly name: string
  /** Of the array. */
  readonly length: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

/** How a primitive becomes JavaScript. */
export type Emitter<P extends PrimitiveName = PrimitiveName> =
  /** An element from the elements of the operands at the same place: it needs no loop of its own. */
  | { readonly kind: 'elementwise'; readonly write: (nest: Nest<P>, operands: readonly string[]) => Expression }
  /** An element from many, by loops of its own before the statement that uses it. */
  | {
      readonly kind: 'element'
      /** Of which operands each element is read once, so that they need no array. */
      readonly streams?: 'first'
      readonly write: (nest: Nest<P>, index: readonly Affine[]) => Expression
    }
  /** All elements, in an order of its own. `at` is the place of one in the result. */
  | {
      readonly kind: 'whole'
      readonly streams?: 'first' | 'all'
      readonly write: (nest: Nest<P>, at: (index: readonly Affine[]) => string, name: string) => void
    }
  /** The operand's array, read otherwise; undefined where that needs a copy. */
  | {
      readonly kind: 'view'
      readonly see: (view: View, params: PrimitiveParams[P], shape: readonly number[]) => View | undefined
    }
  /** One number. */
  | { readonly kind: 'literal'; readonly value: (params: PrimitiveParams[P]) => number }
  | { readonly kind: 'refused'; readonly why: string }

/** What must be rounded yet. */
export function inexact(text: string): Expression {
  return { text, exact: false, alone: false }
}

/** A call or a name: what its dtype holds. */
export function exact(text: string): Expression {
  return { text, exact: true, alone: true }
}

/** What its dtype holds, with an operator in it. */
export function compound(text: string): Expression {
  return { text, exact: true, alone: false }
}
