import { NeuriteError } from '@neurite/core'
import { engine, findBackendFactory, getKernelsForBackend, type KernelBackend } from '@tensorflow/tfjs-core'
import { whyAbsent, whyFailed } from './causes.js'
import { messageOf, unavailable } from './failure.js'

/** The engines that tfjs publishes; any other name must have been registered with tfjs by its user. */
export const ENGINES = ['webgl', 'webgpu', 'wasm', 'cpu'] as const

/** One initialisation an engine, however many ask for it at once. */
const starting = new Map<string, Promise<KernelBackend>>()

/**
 * The engine, ready to run kernels. It is created by the factory that tfjs has for it, and entered where tfjs itself
 * looks for it: whoever uses tfjs beside us gets the same one. Which engine tfjs has active does not change.
 *
 * @param register - sees to it that tfjs has a factory; what its package needs to be told is told here
 */
export function startEngine(name: string, register: () => void | Promise<void>): Promise<KernelBackend> {
  const running = runningEngine(name)
  if (running !== undefined) return Promise.resolve(running)
  const pending = starting.get(name) ?? start(name, register).finally(() => starting.delete(name))
  starting.set(name, pending)
  return pending
}

/** The engine that tfjs now knows by a name, if it is initialised. */
export function runningEngine(name: string): KernelBackend | undefined {
  return engine().registry[name]
}

async function start(name: string, register: () => void | Promise<void>): Promise<KernelBackend> {
  try {
    await register()
  } catch (error) {
    throw NeuriteError.isInstance(error) ? error : unavailable(name, messageOf(error), error)
  }
  const factory: (() => KernelBackend | Promise<KernelBackend>) | null = findBackendFactory(name)
  if (factory === null) throw unavailable(name, whyAbsent(name))
  let made: KernelBackend
  try {
    made = await factory()
  } catch (error) {
    throw unavailable(name, await whyFailed(name, error), error)
  }
  // tfjs may have started its own while ours was starting; two would share the kernels' module state.
  const running = runningEngine(name)
  if (running !== undefined) return running
  engine().registry[name] = made
  for (const { setupFunc } of getKernelsForBackend(name)) setupFunc?.(made)
  return made
}
