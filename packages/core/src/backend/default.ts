import { checkArgument, NeuriteError } from '../errors/index.js'
import { textOf } from '../errors/neurite-error.js'
import type { Backend } from './v1.js'

let current: Backend | undefined

/**
 * Sets where `tensor`, `zeros`, ... put new tensors when they are given no `backend`. Operations never consult it:
 * they run where their inputs live. `undefined` clears it.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an object that is no backend of contract version 1
 * @example
 * ```ts
 * import { setDefaultBackend, zeros } from '@neurite/core'
 * import { cpu } from '@neurite/backend-cpu'
 * setDefaultBackend(cpu())
 * zeros([2]).backend.name // => 'cpu'
 * ```
 */
export function setDefaultBackend(backend: Backend | undefined): void {
  if (backend !== undefined) aBackend('setDefaultBackend', 'backend', backend)
  current = backend
}

/**
 * The default backend.
 *
 * @throws NeuriteError `NO_DEFAULT_BACKEND` if none is set
 * @example
 * ```ts
 * import { defaultBackend, setDefaultBackend } from '@neurite/core'
 * setDefaultBackend(undefined)
 * defaultBackend() // => throws NO_DEFAULT_BACKEND
 * ```
 */
export function defaultBackend(): Backend {
  if (current === undefined) {
    throw new NeuriteError(
      'NO_DEFAULT_BACKEND',
      "no backend: call setDefaultBackend(cpu()) with cpu from '@neurite/backend-cpu', or pass { backend } where tensors are created.",
    )
  }
  return current
}

/** Reads a backend of the contract version that this core speaks. */
export function aBackend(where: string, _name: string, value: unknown): Backend {
  const backend = value as Backend
  checkArgument(
    typeof backend === 'object' && backend !== null && 'kernels' in backend,
    () =>
      `${where}: backend must be the object that a factory such as cpu() returns, got ${typeof backend}${backend instanceof Promise ? ' (a promise: await it)' : ''}.`,
  )
  checkArgument(
    backend.contractVersion === 1,
    () =>
      `${where}: backend '${backend.name}' has contract version ${String(backend.contractVersion)}, this core speaks version 1; install matching versions.`,
  )
  return backend
}

/** What {@link firstAvailable} chose, and why it passed over the ones before. */
export interface Availability {
  readonly backend: Backend
  readonly refused: readonly Refusal[]
}

/** A candidate of {@link firstAvailable} that cannot run here. */
export interface Refusal {
  /** Its place in the list. */
  readonly index: number
  /** The factory's name, where it has one: an arrow function in the list has none. */
  readonly name?: string
  readonly reason: string
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
 * refused // => [{ index: 0, reason: 'no GPU here' }]
 * ```
 */
export async function firstAvailable(candidates: readonly (() => Backend | Promise<Backend>)[]): Promise<Availability> {
  checkArgument(
    Array.isArray(candidates) && candidates.every((create) => typeof create === 'function'),
    () => 'firstAvailable: candidates must be an array of factories, such as [wasm, cpu].',
  )
  const refused: Refusal[] = []
  for (const [index, create] of candidates.entries()) {
    try {
      const backend = await create()
      aBackend('firstAvailable', 'backend', backend)
      return { backend, refused }
    } catch (error) {
      refused.push({ index, ...(create.name === '' ? {} : { name: create.name }), reason: textOf(error) })
    }
  }
  const reasons = refused.map(
    ({ index, name, reason }) =>
      `\n- candidate ${index}${name === undefined ? '' : ` (${name})`}: ${reason.replace(/\.$/, '')}`,
  )
  const message = `firstAvailable: none of ${candidates.length} candidates is left; end the list with one that runs everywhere, such as cpu of '@neurite/backend-cpu'.${reasons.join('')}`
  throw new NeuriteError('BACKEND_UNAVAILABLE', message, { refused })
}

/**
 * Storages that are alive on a backend (default: the default one) and their bytes. Tensors that share memory count once;
 * what a compiled program keeps for itself does not count.
 *
 * @throws NeuriteError `NO_DEFAULT_BACKEND`
 * @example
 * ```ts
 * import { memory, tensor } from '@neurite/core'
 * const before = memory().bytes
 * const x = tensor([1, 2, 3])
 * memory().bytes - before // => 12
 * ```
 */
export function memory(backend: Backend = defaultBackend()): { readonly buffers: number; readonly bytes: number } {
  return backend.memory()
}
