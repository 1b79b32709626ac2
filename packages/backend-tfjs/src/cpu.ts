import { takesNoOptions } from '@neurite/core/arguments'
import '@tensorflow/tfjs-backend-cpu'
import type { Backend } from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { backendOf } from './backend.js'

/**
 * A backend on tfjs' plain JavaScript: tfjs('cpu'), in a page that has this engine's package alone. Named apart from `cpu` of @neurite/backend-cpu.
 *
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with the reason where the engine cannot start
 * @example
 * ```ts
 * import { setDefaultBackend } from '@neurite/core'
 * import { tfjsCpu } from '@neurite/backend-tfjs/cpu'
 * setDefaultBackend(await tfjsCpu())
 * ```
 */
export function tfjsCpu(...none: readonly []): Promise<Backend<Tensor>> {
  takesNoOptions('tfjsCpu', none)
  return backendOf('cpu', () => undefined)
}
