import {
  schedule,
  type Backend,
  type Kernel,
  type Kernels,
  type Operand,
  type PrimitiveName,
  type Program,
  type TensorSpec,
} from '@neurite/core'
import { or, must, readOptions } from '@neurite/core/arguments'
import { Device } from './device.js'
import { WasmExecutable, type Compiled } from './executable.js'
import { lowerProgram } from './lower/program.js'
import type { Stored } from './memory/storage.js'
import { group } from './nest/group.js'
import { PRIMITIVES } from './primitives.js'
import { webAssembly } from './web-assembly.js'

/** How the wasm backend is made. */
export interface WasmOptions {
  /** The most bytes of linear memory it takes. Default 2^32 (4 GiB), which is all that there can be. */
  readonly maxMemory?: number
}

const memorySize = /* @__PURE__ */ must(
  'a number of bytes in [65536, 2^32]',
  (value): value is number => typeof value === 'number' && value >= 65536 && value <= 2 ** 32,
)

/** Single operations that are kept ready. */
const EAGER = 512

/**
 * Neurite on WebAssembly: a compiled program is one function with SIMD.
 *
 * @throws NeuriteError `UNKNOWN_OPTION`, `INVALID_ARGUMENT`, `BACKEND_UNAVAILABLE`
 * @example
 * ```ts
 * import { setDefaultBackend, sum, tensor } from '@neurite/core'
 * import { wasm } from '@neurite/backend-wasm'
 * setDefaultBackend(await wasm())
 * await sum(tensor([1, 2, 3])).item() // => 6
 * ```
 */
export async function wasm(options: WasmOptions = {}): Promise<Backend<Stored>> {
  const { maxMemory } = readOptions('wasm', options, { maxMemory: or(2 ** 32, memorySize) })
  const device = new Device(maxMemory)
  const { storages } = device
  const eager = new Map<string, WasmExecutable>()
  let disposed = false

  const compiled = (program: Program): Compiled => {
    const plan = schedule(program, { fuse: group })
    const code = lowerProgram(plan, device.library, device.scratchPerProduct)
    return { plan, code, module: new (webAssembly().Module)(code.bytes) }
  }
  const single = (primitive: PrimitiveName, inputs: readonly Operand[], params: object, output: TensorSpec) => {
    const key = `${primitive} ${inputs.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join(' ')} ${exact(params)} ${output.dtype}`
    let executable = eager.get(key)
    if (executable === undefined) {
      executable = new WasmExecutable(device, compiled(programOf(primitive, inputs, params, output)))
      if (eager.size >= EAGER) {
        const [oldest, ended] = eager.entries().next().value!
        ended.dispose()
        eager.delete(oldest)
      }
      eager.set(key, executable)
    }
    return executable
  }
  const kernel =
    (primitive: PrimitiveName): Kernel<PrimitiveName, Stored> =>
    (inputs, params, output) =>
      single(primitive, inputs, params, output).run(
        inputs.map(({ storage }) => storage),
        [],
      )[0]!

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
    kernels: Object.fromEntries(PRIMITIVES.map((name) => [name, kernel(name)])) as unknown as Kernels<Stored>,
    upload(data, spec) {
      const stored = storages.allocate(spec)
      storages.view(stored).set(data)
      return stored
    },
    read: async (stored) => storages.view(stored).slice(),
    readSync: (stored) => storages.view(stored).slice(),
    release: (stored) => void (disposed || storages.release(stored)),
    compile: (program) => new WasmExecutable(device, compiled(program)),
    memory: () => (disposed ? { buffers: 0, bytes: 0 } : { buffers: storages.buffers, bytes: storages.bytes }),
    dispose() {
      disposed = true
      eager.clear()
    },
  }
  return backend
}

/** Params as text, exactly. */
function exact(params: object): string {
  return JSON.stringify(params, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `#${Object.is(value, -0) ? '-0' : value}`
      : value,
  )
}

/** The program of one operation. */
function programOf(primitive: PrimitiveName, inputs: readonly Operand[], params: object, output: TensorSpec): Program {
  return {
    inputs: inputs.map(({ shape, dtype }, id) => ({ id, shape, dtype, role: 'argument', donated: false })),
    keys: 0,
    instructions: [
      {
        id: inputs.length,
        primitive,
        inputs: inputs.map((_, id) => id),
        params,
        shape: output.shape,
        dtype: output.dtype,
      } as Program['instructions'][number],
    ],
    outputs: [inputs.length],
  }
}
