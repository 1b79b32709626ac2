import {
  complementaryErrorFunction,
  errorFunction,
  logistic,
  power,
  resolveKey,
  wholePower,
  type Executable,
  type KeyWords,
  type Loop,
} from '@neurite/core'
import { Frame } from './frame.js'
import { runMany } from './iterate.js'
import type { Layout } from './layout.js'
import type { Block } from './memory/heap.js'
import type { Memory, Stored } from './memory/memory.js'
import type { Shareable, Shares } from './threads/shares.js'
import { webAssembly, type WasmModule } from './web-assembly.js'

/** A program's code, ready to be given memory. */
export interface Compiled {
  readonly module: WasmModule
  readonly layout: Layout
  /** What threads take parts of. */
  readonly shareable?: Shareable | undefined
}

/** What generated code calls in JavaScript: functions of float64, and of whole numbers. */
const HOST = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: logistic,
  erf: errorFunction,
  erfc: complementaryErrorFunction,
  pow: power,
  wholePower,
}

/** Runs a program: the addresses of what it reads and makes go into the frame, then one call does everything. */
export class WasmExecutable implements Executable<Stored> {
  readonly frame: Frame
  readonly layout: Layout
  /** The keys of the run that is under way. */
  keys: readonly KeyWords[] = []
  private readonly arena: Block
  private readonly code: (arena: number) => void
  /** For each output: which allocation it is, or -1 - i for input i. */
  private readonly sources: readonly number[]

  /**
   * @param kernels - what the code calls in the kernels' module
   * @param shares - what threads take parts of; ends with the executable
   */
  constructor(
    readonly memory: Memory,
    kernels: Readonly<Record<string, unknown>>,
    { module, layout }: Compiled,
    private readonly shares?: Shares,
  ) {
    this.layout = layout
    this.sources = layout.outputs.map(({ slot }) => {
      const allocation = layout.allocations.findIndex((each) => each.slot === slot)
      return allocation >= 0 ? allocation : -1 - slot
    })
    const scratch = layout.scratch > 0 ? memory.scratch(layout.scratch) : 0
    this.arena = memory.heap.allocate(layout.size)
    this.frame = new Frame(memory.heap, this.arena.address + layout.frame)
    this.frame.scratch = scratch
    const { exports } = new (webAssembly().Instance)(module, {
      env: { memory: memory.heap.memory },
      kernel: kernels,
      host: {
        ...HOST,
        keyWord: (at: number, word: 0 | 1) => resolveKey(layout.draws[at]!, this.keys)[word],
        share: (index: number, arena: number) => shares!.run(index, arena, exports),
      },
    })
    this.code = exports['run'] as (arena: number) => void
    const prepare = exports['prepare'] as (arena: number) => void
    prepare(this.arena.address)
  }

  /** Runs the code once, with what the frame says. */
  step(): void {
    this.code(this.arena.address)
  }

  run(inputs: readonly Stored[], keys: readonly KeyWords[]): Stored[] {
    const { frame, layout, memory, sources } = this
    const { allocations } = layout
    const made: Stored[] = []
    this.keys = keys
    try {
      for (let i = 0; i < allocations.length; i++) made.push(memory.allocate(allocations[i]!))
      frame.setInputs(inputs)
      for (let i = 0; i < made.length; i++) frame.set(allocations[i]!.slot, made[i]!.address)
      this.step()
    } catch (error) {
      for (const each of made) memory.release(each)
      layout.inputs.forEach(({ isDonated }, i) => isDonated && memory.release(inputs[i]!))
      throw error
    }
    for (const slot of layout.unreturned) memory.release(inputs[slot]!)
    const results = new Array<Stored>(sources.length)
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!
      // Never made[source] for a negative one: engines look that up as a name.
      results[i] = source >= 0 ? made[source]! : inputs[-1 - source]!
    }
    return results
  }

  runMany(loop: Loop, count: number, inputs: readonly Stored[], keys: Uint32Array): Stored[] {
    return runMany(this, loop, count, inputs, keys)
  }

  dispose(): void {
    this.memory.heap.give(this.arena)
    this.shares?.end()
  }
}
