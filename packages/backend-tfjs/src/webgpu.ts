import { takesNoOptions } from '@neurite/core/arguments'
import '@tensorflow/tfjs-backend-webgpu'
import type { Backend } from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { backendOf } from './backend.js'

/**
 * A backend on the GPU by WebGPU: tfjs('webgpu'), in a page that has this engine's package alone.
 *
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with the reason where the engine cannot start
 * @example
 * ```ts no-run
 * import { setDefaultBackend } from '@neurite/core'
 * import { webgpu } from '@neurite/backend-tfjs/webgpu'
 * setDefaultBackend(await webgpu())
 * ```
 */
export function webgpu(...none: readonly []): Promise<Backend<Tensor>> {
  takesNoOptions('webgpu', none)
  return backendOf('webgpu', () => undefined)
}
