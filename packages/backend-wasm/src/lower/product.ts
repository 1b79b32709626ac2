import type { FunctionWriter } from '../encode/function.js'
import { firstLanes, zero } from './lanes.js'
import { store } from './memory.js'

/** A matrix product of float32: element (i, d) of the left one lies `aRow * i + aDepth * d` elements from its start, and so on. */
export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly aRow: number
  readonly aDepth: number
  readonly bDepth: number
  readonly bColumn: number
}

/** Where a matrix begins: `address` leaves it on the stack, without `offset`. */
export interface Start {
  readonly address: () => void
  readonly offset: number
}

/** Up to here a product is written out in place, with all sizes constant; beyond, packing pays. */
const SMALL = 65536

/** Registers for partial results: 16 less those for the operands. */
const TILE = 12

/** Depths that are written out one after the other rather than in a loop. */
const UNROLLED = 128

/** How a product is written out, if it is small and its operands lie well for vectors. */
export function planSmall(product: Product): 'columns' | 'transposed columns' | 'dots' | undefined {
  const { m, n, k, aRow, aDepth, bDepth, bColumn } = product
  if (m * n * k > SMALL || k > 1024) return undefined
  if (n > 1 && (bColumn === 1 || k === 0)) return 'columns'
  if (aDepth === 1 && bDepth === 1) return 'dots'
  if (n === 1 && aRow === 1) return 'transposed columns'
  if (n === 1 && m === 1) return 'columns'
  return undefined
}

/** Writes a product out. The result is dense and row-major. */
export function lowerSmall(f: FunctionWriter, product: Product, a: Start, b: Start, out: Start): void {
  const plan = planSmall(product)!
  if (plan === 'columns') columns(f, product, a, b, out)
  else if (plan === 'dots') dots(f, product, a, b, out)
  else {
    const { m, k, aRow, aDepth, bDepth } = product
    columns(f, { m: 1, n: m, k, aRow: 0, aDepth: bDepth, bDepth: aDepth, bColumn: aRow }, b, a, out)
  }
}

/** A pointer of its own, that starts where a matrix does. */
function pointer(f: FunctionWriter, { address }: Start): number {
  const local = f.take('i32')
  address()
  f.set(local)
  return local
}

/** Tiles of rows and vectors of columns: each vector of the right operand meets each element of a column of the left one. */
function columns(f: FunctionWriter, product: Product, a: Start, b: Start, out: Start): void {
  const { m, n, k, aRow, aDepth, bDepth } = product
  const vectors = Math.ceil(n / 4)
  const across = Math.min(vectors, 3)
  const down = rowsOf(m, Math.floor(TILE / across))
  const [pa, pb, po] = [pointer(f, a), pointer(f, b), pointer(f, out)]

  const tile = (rows: number, widths: readonly number[]): void => {
    const sums = Array.from({ length: rows * widths.length }, () => f.take('v128'))
    for (const sum of sums) {
      zero(f)
      f.set(sum)
    }
    const right = widths.map(() => f.take('v128'))
    const left = f.take('v128')
    const step = (qa: number, qb: number, depth: number): void => {
      right.forEach((vector, j) =>
        f
          .get(qb)
          .emit('v128.load', b.offset + 4 * (depth * bDepth + 4 * j))
          .set(vector),
      )
      for (let i = 0; i < rows; i++) {
        f.get(qa)
          .emit('v128.load32_splat', a.offset + 4 * (i * aRow + depth * aDepth))
          .set(left)
        right.forEach((vector, j) => {
          const sum = sums[i * widths.length + j]!
          f.get(sum).get(left).get(vector).emit('f32x4.mul').emit('f32x4.add').set(sum)
        })
      }
    }
    inSteps(f, k, Math.max(1, Math.floor(UNROLLED / sums.length)), pa, pb, 4 * aDepth, 4 * bDepth, step)
    for (let i = 0; i < rows; i++) {
      widths.forEach((width, j) => {
        const offset = out.offset + 4 * (i * n + 4 * j)
        const elements = { dtype: 'float32', stride: 1, offset, address: () => void f.get(po) } as const
        store(f, elements, width, 4, () => void f.get(sums[i * widths.length + j]!))
      })
    }
    f.give(...sums, ...right, left)
  }

  const stripe = (widths: readonly number[]): void => {
    const turns = Math.floor(m / down)
    f.repeat(turns, () => {
      tile(down, widths)
      f.advance(pa, 4 * down * aRow)
      f.advance(po, 4 * down * n)
    })
    if (m % down > 0) tile(m % down, widths)
    f.advance(pa, -4 * turns * down * aRow)
    f.advance(po, -4 * turns * down * n)
  }

  const width = (vector: number): number => Math.min(4, n - 4 * vector)
  const even = Math.floor(Math.floor(n / 4) / across)
  f.repeat(even, () => {
    stripe(new Array<number>(across).fill(4))
    f.advance(pb, 16 * across)
    f.advance(po, 16 * across)
  })
  const left = Array.from({ length: vectors - even * across }, (_, i) => width(even * across + i))
  for (let i = 0; i < left.length; i += across) {
    stripe(left.slice(i, i + across))
    f.advance(pb, 16 * across)
    f.advance(po, 16 * across)
  }
  f.give(pa, pb, po)
}

/** As many rows as registers allow, and rather fewer if they then divide all. */
function rowsOf(m: number, most: number): number {
  const limit = Math.min(most, m, 6)
  for (let rows = limit; rows > limit / 2; rows--) if (m % rows === 0) return rows
  return limit
}

/** `count` steps, several of them written out at a time, with two pointers that move along. */
function inSteps(
  f: FunctionWriter,
  count: number,
  unrolled: number,
  p: number,
  q: number,
  pStep: number,
  qStep: number,
  step: (p: number, q: number, ahead: number) => void,
): void {
  if (count <= unrolled) {
    for (let i = 0; i < count; i++) step(p, q, i)
    return
  }
  const [here, there] = [f.take('i32'), f.take('i32')]
  f.get(p).set(here).get(q).set(there)
  f.repeat(Math.floor(count / unrolled), () => {
    for (let i = 0; i < unrolled; i++) step(here, there, i)
    f.advance(here, unrolled * pStep)
    f.advance(there, unrolled * qStep)
  })
  for (let i = 0; i < count % unrolled; i++) step(here, there, i)
  f.give(here, there)
}

/** Both operands are dense along the depth: vectors go along it. Four results at a time, side by side in the result. */
function dots(f: FunctionWriter, product: Product, a: Start, b: Start, out: Start): void {
  const { m, n, k, aRow, bColumn } = product
  const [pa, pb, po] = [pointer(f, a), pointer(f, b), pointer(f, out)]
  // Where there is one column, results lie side by side along the rows.
  const alongRows = n === 1
  const [count, many, one] = alongRows ? [m, aRow, 0] : [n, bColumn, aRow]
  const [moving, still] = alongRows ? [pa, pb] : [pb, pa]
  const [movingOffset, stillOffset] = alongRows ? [a.offset, b.offset] : [b.offset, a.offset]
  const rest = k % 4

  const quad = (width: number): void => {
    const sums = Array.from({ length: width }, () => f.take('v128'))
    for (const sum of sums) {
      zero(f)
      f.set(sum)
    }
    const shared = f.take('v128')
    const step = (p: number, q: number, ahead: number, mask: boolean): void => {
      f.get(q).emit('v128.load', stillOffset + 16 * ahead)
      if (mask) {
        firstLanes(f, rest, 4)
        f.emit('v128.and')
      }
      f.set(shared)
      sums.forEach((sum, i) => {
        f.get(sum)
          .get(shared)
          .get(p)
          .emit('v128.load', movingOffset + 4 * many * i + 16 * ahead)
        if (mask) {
          firstLanes(f, rest, 4)
          f.emit('v128.and')
        }
        f.emit('f32x4.mul').emit('f32x4.add').set(sum)
      })
    }
    const full = Math.floor(k / 4)
    const [p, q] = [f.take('i32'), f.take('i32')]
    f.get(moving).set(p).get(still).set(q)
    const unrolled = 8
    const turns = full <= unrolled ? 0 : Math.floor(full / unrolled)
    f.repeat(turns, () => {
      for (let i = 0; i < unrolled; i++) step(p, q, i, false)
      f.advance(p, 16 * unrolled)
      f.advance(q, 16 * unrolled)
    })
    for (let i = 0; i < full - turns * unrolled; i++) step(p, q, i, false)
    if (rest > 0) step(p, q, full - turns * unrolled, true)
    f.give(p, q, shared)
    const elements = { dtype: 'float32', stride: 1, offset: out.offset, address: () => void f.get(po) } as const
    store(f, elements, width, 4, () => lanesTogether(f, sums))
    f.give(...sums)
  }

  const line = (): void => {
    const turns = Math.floor(count / 4)
    f.repeat(turns, () => {
      quad(4)
      f.advance(moving, 16 * many)
      f.advance(po, 16)
    })
    if (count % 4 > 0) quad(count % 4)
    f.advance(moving, -16 * many * turns)
    f.advance(po, -16 * turns)
  }

  if (alongRows) line()
  else
    f.repeat(m, () => {
      line()
      f.advance(still, 4 * one)
      f.advance(po, 4 * n)
    })
  f.give(pa, pb, po)
}

/** Leaves the sums of the lanes of up to four vectors, side by side. */
function lanesTogether(f: FunctionWriter, sums: readonly number[]): void {
  const [a, b = a, c = a, d = b] = sums as [number, number?, number?, number?]
  const halves = (x: number, y: number): void => {
    f.get(x)
      .get(y)
      .emit('i8x16.shuffle', ...words(0, 4, 2, 6))
    f.get(x)
      .get(y)
      .emit('i8x16.shuffle', ...words(1, 5, 3, 7))
      .emit('f32x4.add')
  }
  const [left, right] = [f.take('v128'), f.take('v128')]
  halves(a, b)
  f.set(left)
  halves(c, d)
  f.set(right)
  f.get(left)
    .get(right)
    .emit('i8x16.shuffle', ...words(0, 1, 4, 5))
  f.get(left)
    .get(right)
    .emit('i8x16.shuffle', ...words(2, 3, 6, 7))
    .emit('f32x4.add')
  f.give(left, right)
}

function words(...lanes: readonly number[]): number[] {
  return lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))
}
