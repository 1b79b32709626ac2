import { takesNoOptions } from '@neurite/core/arguments'
import '@tensorflow/tfjs-backend-webgl'
import type { Backend } from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { backendOf } from './backend.js'

/**
 * A backend on the GPU by WebGL: tfjs('webgl'), in a page that has this engine's package alone.
 *
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with the reason where the engine cannot start
 * @example
 * ```ts no-run
 * import { setDefaultBackend } from '@neurite/core'
 * import { webgl } from '@neurite/backend-tfjs/webgl'
 * setDefaultBackend(await webgl())
 * ```
 */
export function webgl(...none: readonly []): Promise<Backend<Tensor>> {
  takesNoOptions('webgl', none)
  return backendOf('webgl', () => undefined)
}
