import { sizeOf, type TypedArray } from '@neurite/core'
import { broadcastStrides, collapse, eachBlock } from '../layout.js'
import type { Planner } from '../plan.js'
import { multiplyDirectly, transposed, type Product } from './direct.js'
import { gemm, packMatrix } from './gemm.js'

/** Multiplications below which packing costs more than it saves. */
const SMALL = 1024

type Multiply = (out: TypedArray, o: number, a: TypedArray, i: number, b: TypedArray, j: number) => void

const matmul: Planner<'matmul'> = ([a, b], { transposeA, transposeB }, { shape, dtype }) => {
  const [m, n] = shape.slice(-2) as [number, number]
  const k = a!.shape.at(transposeA ? -2 : -1)!
  const [aRow, aDepth] = transposeA ? [1, m] : [k, 1]
  const [bColumn, bDepth] = transposeB ? [k, 1] : [1, n]
  const multiply = planProduct({ m, n, k, aRow, aDepth, bColumn, bDepth, outRow: n, outColumn: 1 }, dtype === 'float32')
  const batch = shape.slice(0, -2)
  if (sizeOf(batch) === 1) return (out, x, y) => multiply(out, 0, x, 0, y, 0)
  const leading = (own: readonly number[], size: number): number[] =>
    broadcastStrides(own.slice(0, -2), batch).map((stride) => stride * size)
  const { extents, strides } = collapse(batch, [
    leading(shape, m * n),
    leading(a!.shape, m * k),
    leading(b!.shape, k * n),
  ])
  // Two axes more, which the walk leaves to its body.
  const walk = { extents: [...extents, 1, 1], strides: strides.map((each) => [...each, 0, 0]) }
  return (out, x, y) => eachBlock(walk, (o, i, j) => multiply(out, o, x, i, y, j))
}

function planProduct(product: Product, float32: boolean): Multiply {
  const { m, n, k, aRow, aDepth, bColumn, bDepth } = product
  // Float32Array alone, or the engine would compile the loop for any array.
  if (float32 && (Math.min(m, n) <= 2 || m * n * k <= SMALL)) {
    const direct = n >= 4 || n >= m ? product : transposed(product)
    return direct === product
      ? (out, o, a, i, b, j) => multiplyDirectly(direct, out, o, a, i, b, j)
      : (out, o, a, i, b, j) => multiplyDirectly(direct, out, o, b, j, a, i)
  }
  return (out, o, a, i, b, j) =>
    gemm(
      m,
      n,
      k,
      (lanes, row, rows, depth, depths) => packMatrix(a, i, aRow, aDepth, lanes, row, rows, depth, depths),
      (lanes, row, rows, depth, depths) => packMatrix(b, j, bColumn, bDepth, lanes, row, rows, depth, depths),
      out,
      o,
    )
}

export const matmulPlanners = { matmul }
