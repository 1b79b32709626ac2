import { apply } from './expression.js'
import { bytesOf, constant } from './lanes.js'
import { inBytes } from './cursors.js'
import { load, store } from './memory.js'
import type { Lowering } from './nest.js'

/** The nodes of a nest at `width` points from where the cursors are, `shift` points further along the last axis. */
export class Evaluation {
  private readonly uses: number[]
  private readonly known = new Map<number, number>()

  constructor(
    private readonly lowering: Lowering,
    private readonly width: number,
    private readonly shift: number,
  ) {
    const { nodes, also = [] } = lowering.nest
    this.uses = nodes.map(() => 0)
    for (const { node } of also) this.uses[node]!++
    for (const node of nodes) if (node.kind === 'apply') for (const input of node.inputs) this.uses[input]!++
  }

  /** Stores what is stored beside the result. */
  stores(): void {
    const { f, nest, lanes, cursors, operands } = this.lowering
    for (const { node, operand, walk } of nest.also ?? []) {
      const elements = cursors.elements(walk, operands[operand]!, this.shift, nest.extents.length - 1)
      store(f, elements, this.width, lanes, () => this.value(node))
    }
  }

  /** Leaves the last node's value on the stack. */
  last(): void {
    this.value(this.lowering.nest.nodes.length - 1)
  }

  /** Gives back the locals of what was needed more than once. */
  give(): void {
    this.lowering.f.give(...this.known.values())
  }

  private value(index: number): void {
    const { f, nest } = this.lowering
    const known = this.known.get(index)
    if (known !== undefined) return void f.get(known)
    this.compute(index)
    if (this.uses[index]! < 2 || nest.nodes[index]!.kind === 'constant') return
    const local = f.take('v128')
    f.emit('local.tee', local)
    this.known.set(index, local)
  }

  private compute(index: number): void {
    const { f, linker, nest, lanes, cursors, operands, constants } = this.lowering
    const node = nest.nodes[index]!
    switch (node.kind) {
      case 'constant':
        return constants.get(bytesOf(node.value, node.dtype))
      case 'load': {
        const place = operands[node.operand]!
        return load(f, cursors.elements(node.walk, place, this.shift, nest.extents.length - 1), this.width, lanes)
      }
      case 'count': {
        // i * step is exact as (bytes of i) * (step / bytes): a power of two.
        const { start, step, dtype } = node
        const bytes = dtype === 'float64' ? 8 : 4
        const cursor = cursors.find(inBytes(nest.store))
        if (cursor === undefined) constant(f, start, 'float64')
        else {
          constant(f, start, 'float64')
          f.get(cursor).emit('i32x4.splat')
          f.emit('v128.const', ...counts(this.shift * bytes, bytes)).emit('i32x4.add')
          f.emit('f64x2.convert_low_i32x4_s')
          constant(f, step / bytes, 'float64')
          f.emit('f64x2.mul').emit('f64x2.add')
        }
        if (dtype === 'float32') f.emit('f32x4.demote_f64x2_zero')
        else if (dtype === 'int32') f.emit('i32x4.trunc_sat_f64x2_s_zero')
        return
      }
      case 'apply':
        return apply(f, linker, {
          primitive: node.primitive,
          from: node.from,
          to: node.dtype,
          lanes,
          constants,
          width: this.width,
          inputs: node.inputs.map((input) => () => this.value(input)),
        })
    }
  }
}

/** first, first + step, ... in lanes of int32. */
function counts(first: number, step: number): number[] {
  return [...new Uint8Array(Int32Array.from({ length: 4 }, (_, i) => first + i * step).buffer)]
}
