import type { TypedArray } from '@neurite/core'
import { broadcastLayout, eachBlock } from '../layout.js'
import type { Planner } from '../plan.js'

/** One block of a walk: `rows` x `columns`, and the steps of up to three operands along each. The output is contiguous. */
export interface Block {
  readonly rows: number
  readonly columns: number
  readonly aRow: number
  readonly aColumn: number
  readonly bRow: number
  readonly bColumn: number
  readonly cRow: number
  readonly cColumn: number
}

/** Computes one block, from offset `o` of the output and i, j, k of the operands. */
export type Loop = (
  block: Block,
  out: TypedArray,
  a: TypedArray,
  b: TypedArray,
  c: TypedArray,
  o: number,
  i: number,
  j: number,
  k: number,
) => void

type Elementwise =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'equal'
  | 'less'
  | 'lessEqual'
  | 'logicalAnd'
  | 'logicalOr'
  | 'where'

/** As a Loop, where nothing is broadcast: plain arrays of n elements. */
export type DenseLoop = (n: number, out: TypedArray, a: TypedArray, b: TypedArray) => void

/** Loops for one operation: any, and those the engine compiles for one kind of array alone. */
export interface Loops {
  readonly any: Loop
  readonly int32?: Loop
  readonly float32?: Loop
  readonly dense?: DenseLoop
}

/** Plans an elementwise operation over broadcast operands; `choose` picks the loop by the dtype of the last of them. */
export const broadcasting =
  ({ any, int32 = any, float32 = any, dense }: Loops): Planner<Elementwise> =>
  (inputs, _, { shape }) => {
    const layout = broadcastLayout(shape, inputs)
    const axis = layout.extents.length - 2
    const [, a, b, c = a] = layout.strides
    const block: Block = {
      rows: layout.extents[axis]!,
      columns: layout.extents[axis + 1]!,
      aRow: a![axis]!,
      aColumn: a![axis + 1]!,
      bRow: b![axis]!,
      bColumn: b![axis + 1]!,
      cRow: c![axis]!,
      cColumn: c![axis + 1]!,
    }
    const { dtype } = inputs[1]!
    const { rows, columns, aColumn, bColumn } = block
    if (dense !== undefined && dtype === 'float32' && axis === 0 && rows === 1 && aColumn === 1 && bColumn === 1) {
      return (out, x, y) => dense(columns, out, x, y)
    }
    const loop = dtype === 'float32' ? float32 : dtype === 'int32' ? int32 : any
    return axis === 0
      ? (out, x, y, z) => loop(block, out, x, y, z, 0, 0, 0, 0)
      : (out, x, y, z) => eachBlock(layout, (o, i, j, k) => loop(block, out, x, y, z, o, i, j, k))
  }
