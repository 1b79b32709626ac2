import {
  fillRandom,
  power,
  resolveKey,
  sizeOf,
  type Executable,
  type KeyWords,
  type Loop,
  type Schedule,
  type TensorSpec,
} from '@neurite/core'
import type { Device } from './device.js'
import { Frame } from './frame.js'
import { erf, sigmoid, wholePower } from './host-math.js'
import { runMany } from './iterate.js'
import type { Code } from './lower/program.js'
import type { Block } from './memory/heap.js'
import type { Stored } from './memory/storage.js'
import type { Group } from './nest/group.js'
import { webAssembly, type WasmModule } from './web-assembly.js'

/** A program's code, ready to be given memory. */
export interface Compiled {
  readonly plan: Schedule<Group>
  readonly code: Code
  readonly module: WasmModule
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
  sigmoid,
  erf,
  pow: power,
  wholePower,
}

/** What is made anew at each run: an output that no donated input can hold. */
interface Allocation {
  readonly slot: number
  readonly spec: TensorSpec
}

/** Runs a program: the addresses of what it reads and makes go into the frame, then one call does everything. */
export class WasmExecutable implements Executable<Stored> {
  readonly frame: Frame
  readonly plan: Schedule<Group>
  /** The keys of the run that is under way. */
  keys: readonly KeyWords[] = []
  private readonly arena: Block
  private readonly code: (arena: number) => void
  private readonly allocations: readonly Allocation[]
  /** For each output: which allocation it is, or -1 - i for input i. */
  private readonly sources: readonly number[]

  constructor(
    readonly device: Device,
    { plan, code, module }: Compiled,
  ) {
    this.plan = plan
    const { instructions } = plan.program
    const allocated = plan.steps.filter(({ out }) => plan.slots[out]!.kind === 'output')
    this.allocations = allocated.map(({ out, at }) => ({ slot: out, spec: instructions[at]! }))
    this.sources = plan.outputs.map((slot) => {
      const allocation = this.allocations.findIndex((each) => each.slot === slot)
      return allocation >= 0 ? allocation : -1 - slot
    })
    const scratch = code.scratch > 0 ? device.scratch(code.scratch) : 0
    this.arena = device.heap.allocate(code.frame + 4 * (1 + plan.slots.length))
    this.frame = new Frame(device.heap, this.arena, code)
    this.frame.scratch = scratch
    const { exports } = new (webAssembly().Instance)(module, {
      env: { memory: device.heap.memory },
      kernel: device.kernels,
      host: { ...HOST, random: (at: number, address: number) => this.fill(at, address >>> 0) },
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
    const { allocations, frame, plan, sources } = this
    const { storages } = this.device
    const made: Stored[] = []
    this.keys = keys
    try {
      for (let i = 0; i < allocations.length; i++) made.push(storages.allocate(allocations[i]!.spec))
      for (let i = 0; i < inputs.length; i++) frame.set(i, inputs[i]!.address)
      for (let i = 0; i < made.length; i++) frame.set(allocations[i]!.slot, made[i]!.address)
      this.step()
    } catch (error) {
      for (const each of made) storages.release(each)
      plan.program.inputs.forEach(({ donated }, i) => donated && storages.release(inputs[i]!))
      throw error
    }
    for (const slot of plan.unreturned) storages.release(inputs[slot]!)
    const results = new Array<Stored>(sources.length)
    for (let i = 0; i < sources.length; i++) results[i] = made[sources[i]!] ?? inputs[-1 - sources[i]!]!
    return results
  }

  runMany(loop: Loop, count: number, inputs: readonly Stored[], keys: Uint32Array): Stored[] {
    return runMany(this, loop, count, inputs, keys)
  }

  dispose(): void {
    this.device.heap.give(this.arena)
  }

  /** Random numbers are the host's, so that a seed gives the same everywhere. */
  private fill(at: number, address: number): void {
    const instruction = this.plan.program.instructions[at]!
    if (instruction.primitive !== 'random') return
    const { distribution, key } = instruction.params
    const out = this.device.storages.viewAt(address, instruction.dtype, sizeOf(instruction.shape))
    fillRandom(distribution, resolveKey(key, this.keys), out)
  }
}
