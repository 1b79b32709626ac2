import { checkArgument, NeuriteError } from '../errors/index.js'
import type { Backend } from './v1.js'

let current: Backend | undefined

/**
 * Sets where `tensor`, `zeros`, ... put new tensors when they are given no `backend`. Operations never consult it:
 * they run where their inputs live. `undefined` clears it.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an object that is no backend of contract version 1
 */
export function setDefaultBackend(backend: Backend | undefined): void {
  if (backend !== undefined) checkBackend('setDefaultBackend', backend)
  current = backend
}

/** The default backend. @throws NeuriteError `NO_DEFAULT_BACKEND` if none is set */
export function defaultBackend(): Backend {
  if (current === undefined) {
    throw new NeuriteError('NO_DEFAULT_BACKEND', "no backend: call setDefaultBackend(cpu()) with cpu from '@neurite/backend-cpu', or pass { backend } where tensors are created.")
  }
  return current
}

/** Refuses what is not a backend of the contract version that this core speaks. */
export function checkBackend(where: string, backend: Backend): void {
  checkArgument(typeof backend === 'object' && backend !== null && 'kernels' in backend, () => `${where}: backend must be the object that a factory such as cpu() returns, got ${typeof backend}${backend instanceof Promise ? ' (a promise: await it)' : ''}.`)
  checkArgument(backend.contractVersion === 1, () => `${where}: backend '${backend.name}' has contract version ${String(backend.contractVersion)}, this core speaks version 1; install matching versions.`)
}

/** What {@link firstAvailable} chose, and why it passed over the ones before. */
export interface Availability {
  readonly backend: Backend
  readonly refused: readonly { readonly index: number; readonly reason: string }[]
}

/**
 * The first backend of a list that can run here. Falling back is the caller's list, never silent: the result says
 * which ones were refused and why.
 *
 * @param candidates - factories, in order of preference
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with every reason, if none can run
 * @example
 * ```ts
 * import { firstAvailable } from '@neurite/core'
 * import { cpu } from '@neurite/backend-cpu'
 * const { backend, refused } = await firstAvailable([() => Promise.reject(new Error('no GPU here')), cpu])
 * backend.name // => 'cpu'
 * refused[0]?.reason // => 'no GPU here'
 * ```
 */
export async function firstAvailable(candidates: readonly (() => Backend | Promise<Backend>)[]): Promise<Availability> {
  const refused: { index: number; reason: string }[] = []
  for (const [index, create] of candidates.entries()) {
    try {
      const backend = await create()
      checkBackend('firstAvailable', backend)
      return { backend, refused }
    } catch (error) {
      refused.push({ index, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  const reasons = refused.map(({ index, reason }) => `candidate ${index}: ${reason}`).join('; ')
  throw new NeuriteError('BACKEND_UNAVAILABLE', `firstAvailable: none of ${candidates.length} candidates can run here. ${reasons}`, { refused })
}

/** Storages that are alive on a backend (default: the default one) and their bytes. */
export function memory(backend: Backend = defaultBackend()): { readonly buffers: number; readonly bytes: number } {
  return backend.memory()
}
