import {
  fillRandom,
  power,
  resolveKey,
  type Executable,
  type KeyWords,
  type Schedule,
  type TypedArray,
} from '@neurite/core'
import { erf, sigmoid, wholePower } from './host-math.js'
import type { Device } from './device.js'
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

type Run = (arena: number) => void

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

/** Runs a program: its addresses go into the frame, then one call does everything. */
export class WasmExecutable implements Executable<Stored> {
  private readonly arena: Block
  private readonly runCode: Run
  private keys: readonly KeyWords[] = []
  /** By output slot: which instruction's result it takes. */
  private readonly allocations: readonly { readonly slot: number; readonly at: number }[]

  constructor(
    private readonly device: Device,
    private readonly compiled: Compiled,
  ) {
    const { plan, code, module } = compiled
    const scratch = code.scratch > 0 ? device.scratch(code.scratch) : 0
    this.arena = device.heap.allocate(code.frame + 4 * (1 + plan.slots.length))
    const { exports } = new (webAssembly().Instance)(module, {
      env: { memory: device.heap.memory },
      kernel: device.kernels,
      host: { ...HOST, random: (at: number, address: number) => this.random(at, address >>> 0) },
    })
    this.runCode = exports['run'] as Run
    this.write(0, scratch)
    this.allocations = plan.steps
      .filter(({ out }) => plan.slots[out]!.kind === 'output')
      .map(({ out, at }) => ({ slot: out, at }))
    ;(exports['prepare'] as Run)(this.arena.address)
  }

  run(inputs: readonly Stored[], keys: readonly KeyWords[]): Stored[] {
    const { device, compiled } = this
    const { plan } = compiled
    const made = new Array<Stored>(this.allocations.length)
    this.keys = keys
    let count = 0
    try {
      for (; count < made.length; count++) {
        made[count] = device.storages.allocate(plan.program.instructions[this.allocations[count]!.at]!)
      }
      for (let i = 0; i < inputs.length; i++) this.write(1 + i, inputs[i]!.address)
      for (let i = 0; i < made.length; i++) this.write(1 + this.allocations[i]!.slot, made[i]!.address)
      this.runCode(this.arena.address)
    } catch (error) {
      for (let i = 0; i < count; i++) device.storages.release(made[i]!)
      plan.program.inputs.forEach(({ donated }, i) => donated && device.storages.release(inputs[i]!))
      throw error
    }
    for (const slot of plan.unreturned) device.storages.release(inputs[slot]!)
    return plan.outputs.map((slot) => inputs[slot] ?? made[this.allocations.findIndex((each) => each.slot === slot)]!)
  }

  dispose(): void {
    this.device.heap.give(this.arena)
  }

  private write(entry: number, address: number): void {
    this.device.heap.int32[(this.arena.address + this.compiled.code.frame) / 4 + entry] = address
  }

  private random(at: number, address: number): void {
    const instruction = this.compiled.plan.program.instructions[at]!
    if (instruction.primitive !== 'random') return
    const { distribution, key } = instruction.params
    const { storages } = this.device
    const length = instruction.shape.reduce((product, extent) => product * extent, 1)
    const out: TypedArray = storages.view({ address, bytes: 0, dtype: instruction.dtype, length, isAlive: true })
    fillRandom(distribution, resolveKey(key, this.keys), out)
  }
}
