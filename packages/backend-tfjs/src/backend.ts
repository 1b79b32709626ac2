import { allocate, type Backend, type TensorSpec, type TypedArray } from '@neurite/core'
import { env, type Tensor } from '@tensorflow/tfjs-core'
import { capabilitiesOf, precisionOf } from './capabilities.js'
import { Device } from './device.js'
import { startEngine } from './engines.js'
import { createExecutable } from './executable.js'
import { unavailable } from './failure.js'
import { compositionsFor, kernelsFor } from './kernels/index.js'
import { lossOf, watchLoss } from './loss.js'
import { Memory } from './memory.js'
import { probe } from './probe.js'

/**
 * A backend on an engine.
 *
 * @param register - sees to it that tfjs knows the engine
 */
export async function backendOf(engine: string, register: () => void | Promise<void>): Promise<Backend<Tensor>> {
  const backend = await startEngine(engine, register)
  const loss = lossOf(backend)
  if (loss !== undefined) throw unavailable(engine, loss)
  watchLoss(backend)
  const device = new Device(engine, backend)
  greetSilently(device)
  const precision = precisionOf(device)
  device.findings = await probe(device, precision)
  return backendOn(device, precision)
}

function backendOn(device: Device, precision: 16 | 32): Backend<Tensor> {
  const name = `tfjs:${device.engine}`
  const memory = new Memory(name, device.engine, device.backend)
  const capabilities = capabilitiesOf(device.engine, (kernel) => device.has(kernel), precision)
  const compositions = compositionsFor(device)
  const { ownMemory } = device.traits
  /** Engines without memory of their own hand out what they hold, and bools as they like. */
  const fresh = (data: ArrayLike<number>, { dtype }: TensorSpec): TypedArray => {
    if (ownMemory) return data as TypedArray
    const copy = allocate(dtype, data.length)
    copy.set(data)
    return copy
  }
  return {
    contractVersion: 1,
    name,
    capabilities,
    kernels: kernelsFor(device, memory, compositions),
    upload(data, spec) {
      memory.check('upload')
      // Engines without memory of their own keep the array.
      const own = ownMemory ? data : data.slice()
      return memory.hold(
        device.compute(() => device.constant(own, spec.shape, spec.dtype)),
        spec,
      )
    },
    async read(storage, spec) {
      memory.check('read')
      const data = await storage.data()
      // A context that is lost meanwhile answers with zeros.
      memory.check('read')
      return fresh(data, spec)
    },
    ...(capabilities.syncRead
      ? {
          readSync(storage: Tensor, spec: TensorSpec) {
            memory.check('readSync')
            return fresh(storage.dataSync(), spec)
          },
        }
      : {}),
    compile: (program) => createExecutable(program, device, memory, compositions),
    release: (storage) => memory.release(storage),
    memory: () => memory.count(),
    dispose() {
      memory.dispose()
      if (!memory.gone) device.dispose()
    },
  }
}

/** The cpu engine greets on the console at its first write, unless tfjs is in production mode: this is that write. */
function greetSilently(device: Device): void {
  const before = env().getBool('PROD')
  env().set('PROD', true)
  try {
    device.release(device.compute(() => device.constant(new Float32Array(1), [1], 'float32')))
  } finally {
    env().set('PROD', before)
  }
}
