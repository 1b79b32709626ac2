import { NeuriteError } from '@neurite/core'
import { readLibrary, type LibraryFunction } from './kernels/library.js'
import { scratchSizes, type ScratchSizes } from './kernels/scratch.js'
import { Memory } from './memory/memory.js'
import { checkShared, Pool } from './threads/pool.js'
import { forSharedMemory } from './threads/shared-module.js'
import { webAssembly, type WasmModule } from './web-assembly.js'

/** Linear memory, and the kernels that work in it. */
export class Device {
  readonly memory: Memory
  /** The kernels' code, of which programs take parts. */
  readonly library: ReadonlyMap<string, LibraryFunction>
  readonly kernels: Readonly<Record<string, unknown>>
  readonly scratch: ScratchSizes
  /** What a module says of the memory that it imports, if threads share it. */
  readonly shared: { readonly maximum: number } | undefined
  /** Threads beside this one, if there are any. */
  readonly pool: Pool | undefined

  private constructor(library: Device['library'], memory: Memory, kernels: Device['kernels'], pool?: Pool) {
    this.library = library
    this.memory = memory
    this.scratch = scratchSizes(kernels)
    this.pool = pool
    this.shared = pool && { maximum: memory.heap.pages }
    this.kernels = pool === undefined ? kernels : pool.share(kernels, this.scratch.most())
  }

  /**
   * @param bytes - the kernels' module
   * @param maxMemory - in bytes
   * @param threads - how many share large work, this one among them
   */
  static async create(bytes: Uint8Array<ArrayBuffer>, maxMemory: number, threads = 1): Promise<Device> {
    const { functions } = readLibrary(bytes)
    const isShared = threads > 1
    if (isShared) checkShared()
    const memory = new Memory(maxMemory, isShared)
    const module = compileKernels(isShared ? forSharedMemory(bytes, memory.heap.pages) : bytes)
    const { exports } = new (webAssembly().Instance)(module, { env: { memory: memory.heap.memory } })
    const pool = isShared ? await Pool.start(threads - 1, memory, module) : undefined
    return new Device(functions, memory, exports, pool)
  }

  /** Ends the threads, and lets go of memory. */
  end(): void {
    this.pool?.end()
    this.memory.end()
  }
}

/** @throws NeuriteError `BACKEND_UNAVAILABLE` where modules with SIMD cannot run */
function compileKernels(bytes: Uint8Array<ArrayBuffer>): WasmModule {
  const api = webAssembly()
  const unavailable = (reason: string, cause?: unknown): NeuriteError =>
    new NeuriteError('BACKEND_UNAVAILABLE', `wasm cannot run here: ${reason}.`, { reason }, cause)
  if (!api.validate(bytes))
    throw unavailable('this runtime has WebAssembly without SIMD; update it, or use cpu() from @neurite/backend-cpu')
  try {
    return new api.Module(bytes)
  } catch (error) {
    throw unavailable(
      `the engine does not compile WebAssembly (${error instanceof Error ? error.message : String(error)}); a page needs 'wasm-unsafe-eval' in the script-src of its Content-Security-Policy, or use cpu() from @neurite/backend-cpu`,
      error,
    )
  }
}
