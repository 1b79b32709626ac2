import { NeuriteError } from '@neurite/core'
import { engine, findBackendFactory, getKernelsForBackend, type KernelBackend } from '@tensorflow/tfjs-core'

/** The engines that tfjs publishes; any other name must have been registered with tfjs by its user. */
export const ENGINES = ['webgl', 'webgpu', 'wasm', 'cpu'] as const

/** Where tfjs-wasm finds its binaries: a folder, or the path of each file. */
export type WasmPaths = string | Readonly<Record<string, string>>

/** One initialisation an engine, however many ask for it at once. */
const starting = new Map<string, Promise<KernelBackend>>()

/**
 * The engine, ready to run kernels. It is created by the factory that tfjs has for it, and entered where tfjs itself
 * looks for it: whoever uses tfjs beside us gets the same one. Which engine tfjs has active does not change.
 */
export function startEngine(name: string, wasmPaths?: WasmPaths): Promise<KernelBackend> {
  const running = runningEngine(name)
  if (running !== undefined) return Promise.resolve(running)
  const pending = starting.get(name) ?? start(name, wasmPaths).finally(() => starting.delete(name))
  starting.set(name, pending)
  return pending
}

/** The engine that tfjs now knows by a name, if it is initialised. */
export function runningEngine(name: string): KernelBackend | undefined {
  return engine().registry[name]
}

async function start(name: string, wasmPaths: WasmPaths | undefined): Promise<KernelBackend> {
  await register(name, wasmPaths)
  const factory: (() => KernelBackend | Promise<KernelBackend>) | null = findBackendFactory(name)
  if (factory === null) throw unavailable(name, absence(name))
  let made: KernelBackend
  try {
    made = await factory()
  } catch (error) {
    throw unavailable(name, `the engine failed to initialise: ${messageOf(error)}`, error)
  }
  // tfjs may have started its own while ours was starting; two would share the kernels' module state.
  const running = runningEngine(name)
  if (running !== undefined) return running
  engine().registry[name] = made
  for (const { setupFunc } of getKernelsForBackend(name)) setupFunc?.(made)
  return made
}

/** Imports the package of an engine, unless its user has registered one of that name. Literal names, so that bundlers see them. */
async function register(name: string, wasmPaths: WasmPaths | undefined): Promise<void> {
  if (name === 'wasm' && wasmPaths !== undefined) {
    const { setWasmPaths } = await load('wasm', import('@tensorflow/tfjs-backend-wasm'))
    setWasmPaths(typeof wasmPaths === 'string' ? wasmPaths : { ...wasmPaths })
  }
  if (findBackendFactory(name) !== null) return
  if (name === 'cpu') await load(name, import('@tensorflow/tfjs-backend-cpu'))
  if (name === 'wasm') await load(name, import('@tensorflow/tfjs-backend-wasm'))
  if (name === 'webgl') await load(name, import('@tensorflow/tfjs-backend-webgl'))
  if (name === 'webgpu') await load(name, import('@tensorflow/tfjs-backend-webgpu'))
}

async function load<T>(name: string, module: Promise<T>): Promise<T> {
  try {
    return await module
  } catch (error) {
    throw unavailable(
      name,
      `its package could not be loaded (install @tensorflow/tfjs-backend-${name} 4.22): ${messageOf(error)}`,
      error,
    )
  }
}

function absence(name: string): string {
  if (name === 'webgl') return 'there is no WebGL here: the engine needs a browser'
  if (name === 'webgpu') return 'there is no WebGPU here: navigator.gpu is missing'
  return `tfjs knows no engine of this name: register it with tfjs first, or use one of ${ENGINES.join(', ')}`
}

export function unavailable(name: string, reason: string, cause?: unknown): NeuriteError {
  return new NeuriteError(
    'BACKEND_UNAVAILABLE',
    `tfjs('${name}') cannot run here: ${reason}.`,
    { engine: name, reason },
    cause,
  )
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
