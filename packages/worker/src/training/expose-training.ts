import { NeuriteError, setDefaultBackend, type Backend } from '@neurite/core'
import { aBackend, aFunction, anObject, or, readOptions, show } from '@neurite/core/arguments'
import type { LayerBuilders } from '@neurite/nn'
import { expose } from '../expose.js'
import type { TasksLike } from '../tasks.js'
import type { PortLike } from '../any-worker.js'
import { trainingTasks } from './tasks.js'

/** What makes a backend, when it is first needed. */
type BackendFactory = () => Backend | Promise<Backend>

/** Options of {@link exposeTraining}. */
export interface ExposeTrainingOptions {
  /** Where the worker computes: a backend, or what makes one by name, of which the page chooses and the first is the default: `{ webgl: () => webgl(), cpu }`. */
  readonly backend: Backend | Readonly<Record<string, BackendFactory>>
  /** How layers of your own are built from their config, by kind. Default: none. */
  readonly builders?: LayerBuilders
  /** Tasks of your own beside them, as `expose` takes them. Default: none. */
  readonly tasks?: TasksLike
}

/**
 * Offers `fit`, `fitEvents`, `predict` and `evaluate` to the page that made this worker: the one line of the worker's module. The page calls them
 * with {@link connectTraining}. The backend is the worker's default one from the first call on.
 *
 * @param options - `backend`; `builders` and `tasks`, default none
 * @param port - where calls come from; default: the page, or the thread, that made this worker
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; to the page, what making a backend throws
 * @example
 * ```ts no-run
 * import { cpu } from '@neurite/backend-cpu'
 * import { exposeTraining } from '@neurite/worker/training'
 * exposeTraining({ backend: cpu() })
 * ```
 */
export function exposeTraining(options: ExposeTrainingOptions, port?: PortLike): void {
  const where = 'exposeTraining'
  const { backend, builders, tasks } = readOptions(where, options, {
    backend: factories,
    builders: or({}, functions<LayerBuilders>),
    tasks: or({}, functions<TasksLike>),
  })
  const made = new Map<string, Promise<Backend>>()
  const backendOf = async (name = Object.keys(backend)[0]!): Promise<Backend> => {
    if (!Object.hasOwn(backend, name)) {
      const message = `${where}: there is no backend ${show(name)}; the worker has ${Object.keys(backend).join(', ')}.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { backend: name })
    }
    // One that failed is tried again: a device may come back.
    if (!made.has(name))
      made.set(
        name,
        make(backend[name]!).catch((error: unknown) => forget(name, error)),
      )
    const found = await made.get(name)!
    setDefaultBackend(found)
    return found
  }
  const make = async (factory: BackendFactory): Promise<Backend> => aBackend(where, 'backend', await factory())
  const forget = (name: string, error: unknown): never => {
    made.delete(name)
    throw error
  }
  const own = trainingTasks(backendOf, builders)
  const twice = Object.keys(tasks).find((name) => Object.hasOwn(own, name))
  if (twice !== undefined)
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: tasks.${twice} has the name of a task of training; choose another.`,
    )
  expose({ ...tasks, ...own }, port)
}

function factories(where: string, name: string, value: unknown): Readonly<Record<string, BackendFactory>> {
  if (typeof value === 'object' && value !== null && 'kernels' in value) {
    const backend = aBackend(where, name, value)
    return { [backend.name]: () => backend }
  }
  const given = Object.entries(anObject(where, `${name}, a backend or functions that make some, by name,`, value))
  if (given.length === 0)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: backend is empty; give one, such as cpu().`)
  return Object.fromEntries(given.map(([key, make]) => [key, aFunction<BackendFactory>(where, `backend.${key}`, make)]))
}

function functions<T>(where: string, name: string, value: unknown): T {
  for (const [key, made] of Object.entries(anObject(where, name, value))) aFunction(where, `${name}.${key}`, made)
  return value as T
}
