import { NeuriteError } from '@neurite/core'
import { readLibrary, type LibraryFunction } from './kernels/library.js'
import { Memory } from './memory/memory.js'
import { webAssembly, type WasmModule } from './web-assembly.js'

/** Linear memory, and the kernels that work in it. */
export class Device {
  readonly memory: Memory
  /** The kernels' code, of which programs take parts. */
  readonly library: ReadonlyMap<string, LibraryFunction>
  readonly kernels: Readonly<Record<string, unknown>>
  /** Bytes that the kernels of matrix products and convolutions need to work in. */
  readonly scratchPerProduct: number

  /**
   * @param bytes - the kernels' module
   * @param maxMemory - in bytes
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, maxMemory: number) {
    const module = compileKernels(bytes)
    this.memory = new Memory(maxMemory)
    this.library = readLibrary(bytes).functions
    this.kernels = new (webAssembly().Instance)(module, { env: { memory: this.memory.heap.memory } }).exports
    const { matmulScratch } = this.kernels as { readonly matmulScratch: () => number }
    this.scratchPerProduct = matmulScratch()
  }
}

/** @throws NeuriteError `BACKEND_UNAVAILABLE` where modules with SIMD cannot run */
export function compileKernels(bytes: Uint8Array<ArrayBuffer>): WasmModule {
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
