import type { Backend } from '@neurite/core'
import { must } from '@neurite/core/arguments'
import { findBackendFactory, type Tensor } from '@tensorflow/tfjs-core'
import { backendOf } from './backend.js'
import { messageOf, unavailable } from './failure.js'
import { readWasmOptions, tellPaths, type WasmOptions } from './wasm-paths.js'

/** Options of {@link tfjs}. */
export type TfjsOptions = WasmOptions

const aName = /* @__PURE__ */ must(
  "a name such as 'webgl' or 'wasm'",
  (value): value is string => typeof value === 'string' && value !== '',
)

/**
 * A backend that runs on an engine of TensorFlow.js.
 *
 * It calls the engine's kernels by tfjs' kernel registry, with the engine as an argument: the engine that tfjs itself has active stays
 * what it is, and backends on several engines live side by side. All backends on one engine share it.
 *
 * A bundler must find the packages of all four engines. With some of them installed, import the engine that is used from an entry point of
 * its own: `@neurite/backend-tfjs/webgl`, `/webgpu`, `/wasm`, `/cpu`.
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
  const wasmPaths = readWasmOptions('tfjs', options)
  return backendOf(engine, async () => {
    if (engine === 'wasm' && wasmPaths !== undefined)
      tellPaths((await load('wasm', import('@tensorflow/tfjs-backend-wasm'))).setWasmPaths, wasmPaths)
    if (findBackendFactory(engine) !== null) return
    // Literal names, so that bundlers see them.
    if (engine === 'cpu') await load(engine, import('@tensorflow/tfjs-backend-cpu'))
    if (engine === 'wasm') await load(engine, import('@tensorflow/tfjs-backend-wasm'))
    if (engine === 'webgl') await load(engine, import('@tensorflow/tfjs-backend-webgl'))
    if (engine === 'webgpu') await load(engine, import('@tensorflow/tfjs-backend-webgpu'))
  })
}

async function load<T>(engine: string, module: Promise<T>): Promise<T> {
  try {
    return await module
  } catch (error) {
    const reason = `its package could not be loaded (install @tensorflow/tfjs-backend-${engine} 4.22): ${messageOf(error)}`
    throw unavailable(engine, reason, error)
  }
}
