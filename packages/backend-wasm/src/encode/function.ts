import type { Instruction, Op, ValueType } from './opcodes.js'

/** A function while it is written: instructions, and locals that are given back and used again. */
export class FunctionWriter {
  readonly instructions: Instruction[] = []
  readonly locals: ValueType[] = []
  private readonly free: Record<ValueType, number[]> = { i32: [], f32: [], f64: [], v128: [] }

  /** @param params - how many it takes, all of them i32 */
  constructor(readonly params: number) {}

  emit(op: Op, ...immediates: number[]): this {
    this.instructions.push([op, ...immediates])
    return this
  }

  get(local: number): this {
    return this.emit('local.get', local)
  }

  set(local: number): this {
    return this.emit('local.set', local)
  }

  i32(value: number): this {
    return this.emit('i32.const', value)
  }

  /** Adds a constant to a local. */
  advance(local: number, by: number): void {
    if (by !== 0) this.get(local).i32(by).emit('i32.add').set(local)
  }

  /** A local of its own until it is given back; what is in it is unknown. */
  take(type: ValueType): number {
    return this.free[type].pop() ?? this.add(type)
  }

  /** A local that nothing else ever uses. */
  add(type: ValueType): number {
    this.locals.push(type)
    return this.params + this.locals.length - 1
  }

  give(...locals: readonly number[]): void {
    for (const local of locals) this.free[this.locals[local - this.params]!].push(local)
  }

  /** Runs what `body` writes `count` times. */
  repeat(count: number, body: () => void): void {
    if (count <= 0) return
    if (count === 1) return body()
    this.i32(count).times(body)
  }

  /** Runs what `body` writes as often as the number says that is on the stack, which is at least 1. */
  times(body: () => void): void {
    const counter = this.take('i32')
    this.set(counter).emit('loop')
    body()
    this.get(counter).i32(1).emit('i32.sub').emit('local.tee', counter).emit('br_if', 0).emit('end')
    this.give(counter)
  }
}
