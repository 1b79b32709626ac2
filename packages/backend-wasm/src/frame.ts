import type { Heap } from './memory/heap.js'

/** The addresses that a program's code reads when it begins: of the memory in which kernels work, then of each slot. */
export class Frame {
  /** @param address - where it lies */
  constructor(
    private readonly heap: Heap,
    private readonly address: number,
  ) {}

  set scratch(address: number) {
    this.heap.int32[this.address / 4] = address
  }

  /** Where the values of the first slots lie, the inputs'. */
  setInputs(inputs: readonly { readonly address: number }[]): void {
    // Asked for once: what memory's buffer is costs as much as writing ten words into it.
    const words = this.heap.int32
    const first = this.address / 4 + 1
    for (let i = 0; i < inputs.length; i++) words[first + i] = inputs[i]!.address
  }

  /** Where the values of a slot lie, or begin. */
  set(slot: number, address: number): void {
    this.heap.int32[this.address / 4 + 1 + slot] = address
  }
}
