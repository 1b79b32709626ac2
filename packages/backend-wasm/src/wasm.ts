import type { Backend } from '@neurite/core'
import { must, or, readOptions, whole } from '@neurite/core/arguments'
import { Compiler } from './compiler.js'
import { Device } from './device.js'
import { Eager } from './eager.js'
import { KERNELS } from './generated/kernels.js'
import { inflate } from './kernels/decode.js'
import { webAssembly } from './web-assembly.js'
import type { Stored } from './memory/memory.js'
import { eachPrimitive } from './primitives.js'

/** How the wasm backend is made. */
export interface WasmBackendOptions {
  /** The most bytes of linear memory it takes, in [2^16, 2^32]. Default 2^32 (4 GiB), all that there can be. */
  readonly maxMemory?: number
  /**
   * How many threads share large work (matrix products, convolutions, pooling, loops over elements, rows and columns), in [1, 64]; the bits are
   * the same for any number. More than one need shared memory: in pages, that the page is cross-origin isolated. Default 1.
   */
  readonly threads?: number
}

const memorySize = /* @__PURE__ */ must(
  'a number of bytes in [65536, 2^32]',
  (value): value is number => typeof value === 'number' && value >= 65536 && value <= 2 ** 32,
)

/**
 * The backend on WebAssembly: a compiled function becomes one function with SIMD, generated for its shapes, and runs in one call.
 *
 * @param options - `maxMemory`: a ceiling for its memory; `threads`: how many share large work
 * @throws NeuriteError `BACKEND_UNAVAILABLE` where WebAssembly, its SIMD or what threads need is missing, or a Content-Security-Policy forbids it;
 * `UNKNOWN_OPTION`, `INVALID_ARGUMENT`. Later `OUT_OF_MEMORY`
 * @example
 * ```ts
 * import { setDefaultBackend, sum, tensor } from '@neurite/core'
 * import { wasm } from '@neurite/backend-wasm'
 * setDefaultBackend(await wasm())
 * await sum(tensor([1, 2, 3])).item() // => 6
 * ```
 */
export async function wasm(options: WasmBackendOptions = {}): Promise<Backend> {
  const { maxMemory, threads } = readOptions('wasm', options, {
    maxMemory: or(2 ** 32, memorySize),
    threads: or(1, whole(1, 64)),
  })
  // First, so that a runtime without it says so rather than that it cannot inflate.
  webAssembly()
  return backendOn(await Device.create(await inflate(KERNELS), maxMemory, threads))
}

function backendOn(device: Device): Backend<Stored> {
  const { memory } = device
  const compiler = new Compiler(device)
  const eager = new Eager(compiler)
  const backend: Backend<Stored> = {
    contractVersion: 1,
    name: 'wasm',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: true,
      float32Precision: 32,
      int32Precision: 32,
      missing: [],
    },
    kernels: eachPrimitive((name) => (inputs, params, output) => eager.run(name, inputs, params, output)),
    upload: (data, spec) => memory.upload(data, spec),
    read: async (stored) => memory.read(stored),
    readSync: (stored) => memory.read(stored),
    release: (stored) => memory.release(stored),
    compile: (program) => compiler.compile(program, backend),
    memory: () => ({ buffers: memory.buffers, bytes: memory.bytes }),
    dispose() {
      compiler.clear()
      eager.clear()
      device.end()
    },
  }
  return backend
}
