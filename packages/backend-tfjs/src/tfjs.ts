import { allocate, type Backend, type TensorSpec, type TypedArray } from '@neurite/core'
import { must, optional, readOptions } from '@neurite/core/arguments'
import { env, type Tensor } from '@tensorflow/tfjs-core'
import { capabilitiesOf, precisionOf } from './capabilities.js'
import { Device } from './device.js'
import { startEngine, unavailable, type WasmPaths } from './engines.js'
import { createExecutable } from './executable.js'
import { compositionsFor, kernelsFor } from './kernels/index.js'
import { lossOf, watchLoss } from './loss.js'
import { Memory } from './memory.js'
import { probe } from './probe.js'

/** Options of {@link tfjs}. */
export interface TfjsOptions {
  /**
   * Where tfjs-wasm finds its binaries: the path of a folder, or of each file by its name. tfjs keeps it for the whole
   * page. Default: tfjs' own, the folder of the script (in Node, that of the package).
   */
  readonly wasmPaths?: WasmPaths
}

const aName = /* @__PURE__ */ must(
  "a name such as 'webgl' or 'wasm'",
  (value): value is string => typeof value === 'string' && value !== '',
)

const paths = /* @__PURE__ */ must('the path of a folder, or of each file by its name', (value): value is WasmPaths => {
  const all: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [value]
  return all.every((path) => typeof path === 'string')
})

/**
 * A backend that runs on an engine of TensorFlow.js.
 *
 * It calls the engine's kernels by tfjs' kernel registry, with the engine as an argument: the engine that tfjs itself has active stays
 * what it is, and backends on several engines live side by side. All backends on one engine share it.
 *
 * @param engine - `'webgl'`, `'webgpu'`, `'wasm'` or `'cpu'`, whose package is imported on demand; or any name under which
 *   an engine was registered with tfjs
 * @param options - see {@link TfjsOptions}
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with the reason: the package is not installed, or the engine cannot start here
 * @example
 * ```ts
 * import { sum, tensor } from '@neurite/core'
 * import { tfjs } from '@neurite/backend-tfjs'
 * const backend = await tfjs('cpu')
 * backend.name // => 'tfjs:cpu'
 * await sum(tensor([1, 2, 3], { backend })).item() // => 6
 * ```
 */
export async function tfjs(engine: string, options: TfjsOptions = {}): Promise<Backend<Tensor>> {
  aName('tfjs', 'engine', engine)
  const { wasmPaths } = readOptions('tfjs', options, { wasmPaths: optional(paths) })
  const backend = await startEngine(engine, wasmPaths)
  const loss = lossOf(backend)
  if (loss !== undefined) throw unavailable(engine, loss)
  watchLoss(backend)
  const device = new Device(engine, backend)
  greetSilently(device)
  const precision = precisionOf(device)
  device.findings = await probe(device, precision)
  return backendOn(device, precision)
}

function backendOn(device: Device, precision: 16 | 32): Backend<Tensor> {
  const name = `tfjs:${device.engine}`
  const memory = new Memory(name, device.engine, device.backend)
  const capabilities = capabilitiesOf(device.engine, (kernel) => device.has(kernel), precision)
  const compositions = compositionsFor(device)
  const { ownMemory } = device.traits
  /** Engines without memory of their own hand out what they hold, and bools as they like. */
  const fresh = (data: ArrayLike<number>, { dtype }: TensorSpec): TypedArray => {
    if (ownMemory) return data as TypedArray
    const copy = allocate(dtype, data.length)
    copy.set(data)
    return copy
  }
  return {
    contractVersion: 1,
    name,
    capabilities,
    kernels: kernelsFor(device, memory, compositions),
    upload(data, spec) {
      memory.check('upload')
      // Engines without memory of their own keep the array.
      const own = ownMemory ? data : data.slice()
      return memory.hold(
        device.compute(() => device.constant(own, spec.shape, spec.dtype)),
        spec,
      )
    },
    async read(storage, spec) {
      memory.check('read')
      const data = await storage.data()
      // A context that is lost meanwhile answers with zeros.
      memory.check('read')
      return fresh(data, spec)
    },
    ...(capabilities.syncRead
      ? {
          readSync(storage: Tensor, spec: TensorSpec) {
            memory.check('readSync')
            return fresh(storage.dataSync(), spec)
          },
        }
      : {}),
    compile: (program) => createExecutable(program, device, memory, compositions),
    release: (storage) => memory.release(storage),
    memory: () => memory.count(),
    dispose() {
      memory.dispose()
      if (!memory.gone) device.dispose()
    },
  }
}

/** The cpu engine greets on the console at its first write, unless tfjs is in production mode: this is that write. */
function greetSilently(device: Device): void {
  const before = env().getBool('PROD')
  env().set('PROD', true)
  try {
    device.release(device.compute(() => device.constant(new Float32Array(1), [1], 'float32')))
  } finally {
    env().set('PROD', before)
  }
}
