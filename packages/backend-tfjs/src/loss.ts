import type { KernelBackend } from '@tensorflow/tfjs-core'

/** What the WebGL and WebGPU engines say of their device in public fields; no other engine has them. */
interface OnDevice {
  readonly gpgpu?: { readonly gl?: { isContextLost(): boolean } }
  readonly device?: { readonly lost?: Promise<{ readonly message: string }> }
}

const lost = new WeakMap<KernelBackend, string>()
const watched = new WeakSet<KernelBackend>()

/** From now on, notes when WebGPU reports the loss of its device: it does so once, by a promise. */
export function watchLoss(backend: KernelBackend): void {
  const { device } = backend as OnDevice
  if (device?.lost === undefined || watched.has(backend)) return
  watched.add(backend)
  void device.lost.then(({ message }) => lost.set(backend, `the WebGPU device was lost (${message})`))
}

/** Why the engine's data is gone, or undefined if it is there. */
export function lossOf(backend: KernelBackend): string | undefined {
  if ((backend as OnDevice).gpgpu?.gl?.isContextLost() === true) return 'the WebGL context was lost'
  return lost.get(backend)
}
