import { encodeProgram, interpret, schedule, type Backend, type Executable, type Program } from '@neurite/core'
import type { Device } from './device.js'
import { WasmExecutable, type Compiled } from './executable.js'
import { lowerProgram } from './lower/program.js'
import { layoutOf } from './layout.js'
import type { Stored } from './memory/memory.js'
import { group } from './nest/group.js'
import { Shares } from './threads/shares.js'
import { webAssembly, type WasmModule } from './web-assembly.js'

/** Programs whose modules are kept. */
const KEPT = 64

/** Makes programs ready: the same program again takes the module that is there. */
export class Compiler {
  private readonly modules = new Map<string, Compiled>()

  constructor(private readonly device: Device) {}

  /** The program as one function; step by step, in kernels, where the engine refuses a module of its size here. */
  compile(program: Program, backend: Backend<Stored>): Executable<Stored> {
    const key = encodeProgram(program)
    let found = this.modules.get(key)
    if (found === undefined) {
      const made = this.build(program)
      if (made === undefined) return interpret(program, backend)
      found = made
      if (this.modules.size >= KEPT) this.modules.delete(this.modules.keys().next().value!)
    } else this.modules.delete(key)
    // The last one used stands last.
    this.modules.set(key, found)
    return this.ready(found)
  }

  /** Nothing if the engine refuses: a page's main thread may not compile very large modules at once. */
  build(program: Program): Compiled | undefined {
    const { library, scratch, shared } = this.device
    const plan = schedule(program, { fuse: group })
    const code = lowerProgram(plan, library, scratch, shared)
    const module = this.module(code.bytes)
    const shareable = code.shares.length > 0 ? { bytes: code.bytes, rows: code.shares } : undefined
    return module && { module, layout: layoutOf(plan, code), shareable }
  }

  /** With memory of its own. */
  ready(compiled: Compiled): WasmExecutable {
    const { memory, kernels, pool } = this.device
    const { shareable } = compiled
    const shares = pool && shareable && new Shares(pool, shareable)
    try {
      return new WasmExecutable(memory, kernels, compiled, shares)
    } catch (error) {
      shares?.end()
      throw error
    }
  }

  clear(): void {
    this.modules.clear()
  }

  private module(bytes: Uint8Array<ArrayBuffer>): WasmModule | undefined {
    try {
      return new (webAssembly().Module)(bytes)
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }
}
