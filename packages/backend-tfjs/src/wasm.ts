import type { Backend } from '@neurite/core'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import type { Tensor } from '@tensorflow/tfjs-core'
import { backendOf } from './backend.js'
import { readWasmOptions, tellPaths, type WasmOptions } from './wasm-paths.js'

export { type WasmOptions, type WasmPaths } from './wasm-paths.js'

/**
 * A backend on WebAssembly: tfjs('wasm'), in a page that has this engine's package alone.
 *
 * @param options - `wasmPaths`, see {@link WasmOptions}
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with the reason where the engine cannot start: which file was not found, say
 * @example
 * ```ts
 * import { setDefaultBackend } from '@neurite/core'
 * import { wasm } from '@neurite/backend-tfjs/wasm'
 * setDefaultBackend(await wasm())
 * ```
 */
export async function wasm(options: WasmOptions = {}): Promise<Backend<Tensor>> {
  const wasmPaths = readWasmOptions('wasm', options)
  return backendOf('wasm', () => tellPaths(setWasmPaths, wasmPaths))
}
