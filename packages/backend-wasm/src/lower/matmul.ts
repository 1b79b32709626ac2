import { stridesOf, type Operation } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import { collapse } from '../nest/collapse.js'
import type { Nest, Node, Walk } from '../nest/nest.js'
import { Cursors } from './cursors.js'
import type { Linker } from './linker.js'
import type { Place } from './place.js'
import { lowerSmall, planSmall, type Product, type Start } from './product.js'

type Matmul = Extract<Operation['instruction'], { primitive: 'matmul' }>

/** Writes a matrix product: small ones are written out, others call a kernel. Leading axes are loops. */
export function lowerMatmul(
  f: FunctionWriter,
  linker: Linker,
  { instruction, inputs }: Operation,
  [a, b]: readonly Place[],
  out: Place,
  scratch: (...numbers: number[]) => () => void,
): void {
  const { params, shape, dtype } = instruction as Matmul
  const { transposeA, transposeB } = params
  const [m, n] = shape.slice(-2) as [number, number]
  const [left, right] = inputs.map((input) => input.shape) as [readonly number[], readonly number[]]
  const k = left.at(transposeA ? -2 : -1)!
  if (m * n === 0) return
  const [aRow, aDepth] = transposeA ? [1, m] : [k, 1]
  const [bDepth, bColumn] = transposeB ? [1, k] : [n, 1]
  const product: Product = { m, n, k, aRow, aDepth, bDepth, bColumn }
  const small = dtype === 'float32' && planSmall(product) !== undefined

  const batch = shape.slice(0, -2)
  if (batch.includes(0)) return
  const walk = (own: readonly number[], size: number): Walk => {
    const strides = stridesOf(own.slice(0, -2))
    const lead = batch.length - strides.length
    const leading = batch.map((_, axis) => (axis < lead || own[axis - lead] === 1 ? 0 : strides[axis - lead]! * size))
    return { dtype, offset: 0, strides: leading }
  }
  const load = (operand: number, own: readonly number[], size: number): Node => ({
    kind: 'load',
    operand,
    walk: walk(own, size),
    dtype,
  })
  const nest: Nest = collapse({
    extents: batch,
    nodes: [load(0, left, m * k), load(1, right, k * n)],
    store: walk(shape, m * n),
  })
  const cursors = new Cursors(f, nest)
  const [aNode, bNode] = nest.nodes as [Extract<Node, { kind: 'load' }>, Extract<Node, { kind: 'load' }>]
  const start = (own: Walk, place: Place): Start => cursors.elements(own, place, 0, -1)
  const [at, bt, to] = [start(aNode.walk, a!), start(bNode.walk, b!), start(nest.store, out)]

  const body = (): void => {
    if (small) return lowerSmall(f, product, at, bt, to)
    const pointers = [to, at, bt].map(({ address, offset }) => () => {
      address()
      f.i32(offset).emit('i32.add')
    })
    const numbers = [m, n, k, aRow, aDepth, bDepth, bColumn]
    linker.callKernel(f, dtype === 'float32' ? 'matmul_f32' : 'matmul_f64', [
      ...pointers,
      ...numbers.map((value) => () => void f.i32(value)),
      dtype === 'float32' ? scratch(...numbers) : () => void f.i32(0),
    ])
  }
  const loop = (axis: number): void => {
    if (axis === nest.extents.length) return body()
    f.repeat(nest.extents[axis]!, () => {
      loop(axis + 1)
      cursors.move([[axis, 1]])
    })
    cursors.move([[axis, -nest.extents[axis]!]])
  }
  loop(0)
  cursors.give()
}
