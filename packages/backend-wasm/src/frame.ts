import type { Code } from './lower/program.js'
import type { Block, Heap } from './memory/heap.js'

/** The addresses that a program's code reads when it begins: see `Code.frame`. */
export class Frame {
  constructor(
    private readonly heap: Heap,
    private readonly arena: Block,
    private readonly code: Code,
  ) {}

  /** Where kernels may work. */
  set scratch(address: number) {
    this.write(0, address)
  }

  /** Where the values of a slot lie, or begin. */
  set(slot: number, address: number): void {
    this.write(1 + slot, address)
  }

  private write(entry: number, address: number): void {
    this.heap.int32[(this.arena.address + this.code.frame) / 4 + entry] = address
  }
}
