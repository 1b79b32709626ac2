import { BYTES_PER_ELEMENT, NeuriteError, sizeOf, type TensorSpec } from '@neurite/core'
import { engine, keep, type KernelBackend, type Tensor } from '@tensorflow/tfjs-core'
import type { Value } from './device.js'
import { runningEngine } from './engines.js'
import { lossOf } from './loss.js'

/**
 * The tensors that core holds. Each is one of tfjs' own, so that `tf.memory()` counts it, and kept, so that a `tf.tidy`
 * around our caller does not take it away.
 */
export class Memory {
  private readonly name: string
  private readonly engineName: string
  private readonly backend: KernelBackend
  private readonly held = new Set<Tensor>()
  private readonly kept = new Set<Tensor>()
  private bytes = 0
  private disposed = false

  constructor(name: string, engineName: string, backend: KernelBackend) {
    this.name = name
    this.engineName = engineName
    this.backend = backend
  }

  /** True once tfjs has removed or restarted the engine: all that lay on it went along. */
  get gone(): boolean {
    return runningEngine(this.engineName) !== this.backend
  }

  /** Refuses work on an engine that is gone, instead of leaving it to a puzzling error of tfjs. */
  check(where: string): void {
    if (this.disposed)
      throw new NeuriteError('BACKEND_UNAVAILABLE', `${where}: backend '${this.name}' was disposed.`, {
        backend: this.name,
      })
    if (this.gone) {
      throw new NeuriteError(
        'BACKEND_UNAVAILABLE',
        `${where}: tfjs has removed or restarted its engine '${this.engineName}' since backend '${this.name}' was made; make the backend anew.`,
        { backend: this.name },
      )
    }
    const loss = lossOf(this.backend)
    if (loss !== undefined) {
      throw new NeuriteError(
        'DEVICE_LOST',
        `${where}: ${loss}, and with it everything on backend '${this.name}'. Reload the page, or go on from a checkpoint on another backend.`,
        { backend: this.name },
      )
    }
  }

  /** Makes a value a tensor that lives until it is released. */
  hold(value: Value, spec: TensorSpec): Tensor {
    const tensor = this.tensorOf(value, spec)
    this.held.add(tensor)
    this.bytes += bytesOf(tensor)
    return tensor
  }

  /** True for what {@link hold} made and nobody has released. */
  holds(value: Value): value is Tensor {
    return this.held.has(value as Tensor)
  }

  release(tensor: Tensor): void {
    if (!this.held.delete(tensor)) return
    this.bytes -= bytesOf(tensor)
    if (!this.gone) tensor.dispose()
  }

  /** As {@link hold}, for what a program keeps between runs: nobody was handed it, so it is not counted as held. */
  keep(value: Value, spec: TensorSpec): Tensor {
    const tensor = this.tensorOf(value, spec)
    this.kept.add(tensor)
    return tensor
  }

  drop(tensor: Tensor): void {
    if (this.kept.delete(tensor) && !this.gone) tensor.dispose()
  }

  count(): { buffers: number; bytes: number } {
    return { buffers: this.held.size, bytes: this.bytes }
  }

  dispose(): void {
    for (const tensor of [...this.held]) this.release(tensor)
    for (const tensor of [...this.kept]) this.drop(tensor)
    this.disposed = true
  }

  private tensorOf({ dataId, dtype }: Value, { shape }: TensorSpec): Tensor {
    return keep(engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype }, this.backend))
  }
}

function bytesOf({ shape, dtype }: Tensor): number {
  return sizeOf(shape) * BYTES_PER_ELEMENT[dtype as TensorSpec['dtype']]
}
