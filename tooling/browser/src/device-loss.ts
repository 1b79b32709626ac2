import { cpu } from '@neurite/backend-cpu'
import { tfjs } from '@neurite/backend-tfjs'
import type { CollectedTest } from '@neurite/conformance'
import { add, compile, firstAvailable, NeuriteError, tensor, type Tensor } from '@neurite/core'
import { findBackend } from '@tensorflow/tfjs-core'
import type { BackendName } from './protocol.js'

// What no suite can ask of every backend: that its device really goes. Run last, since nothing runs on the engine afterwards.

/** What the GPU engines of tfjs keep of their device. */
interface OnDevice {
  readonly gpgpu?: { readonly gl: WebGL2RenderingContext }
  readonly device?: { destroy(): void; readonly lost: Promise<unknown> }
}

/** Takes the device away as a browser does: WebGL by its own extension for that, WebGPU by destroying it. */
async function loseDevice(engine: string): Promise<void> {
  const { gpgpu, device } = findBackend(engine) as OnDevice
  gpgpu?.gl.getExtension('WEBGL_lose_context')!.loseContext()
  device?.destroy()
  await device?.lost
}

/** The error of `f`, which must be one of ours with this code. */
async function expectCode(code: string, f: () => unknown): Promise<void> {
  try {
    await f()
  } catch (error) {
    if (error instanceof NeuriteError && error.code === code) return
    throw error
  }
  throw new Error(`expected ${code}, got no error`)
}

export function deviceLossTests(name: BackendName): CollectedTest[] {
  const engine = name.split(':')[1]!
  if (engine !== 'webgl' && engine !== 'webgpu') return []
  const run = async (): Promise<void> => {
    const backend = await tfjs(engine)
    const x = tensor([1, 2], { backend })
    const twice = compile((a: Tensor) => add(a, a))
    const before = twice(x)
    if ((await before.data())[1] !== 4) throw new Error('the device gave a wrong answer before it was lost')
    const pending = before.data()
    await loseDevice(engine)
    // A read on its way arrives whole, or not at all.
    const [arrival] = await Promise.allSettled([pending])
    if (arrival.status === 'rejected') {
      await expectCode('DEVICE_LOST', () => pending)
    } else if (arrival.value[1] !== 4) {
      throw new Error(`the read on its way arrived as [${arrival.value.join(', ')}]`)
    }
    await expectCode('DEVICE_LOST', () => add(x, x))
    await expectCode('DEVICE_LOST', () => twice(x))
    await expectCode('DEVICE_LOST', () => tensor([3], { backend }))
    await expectCode('DEVICE_LOST', () => before.data())
    await expectCode('BACKEND_UNAVAILABLE', () => tfjs(engine))
    const { backend: next, refused } = await firstAvailable([() => tfjs(engine), cpu])
    if (next.name !== 'cpu' || !refused[0]!.reason.includes('lost')) throw new Error('the next backend was not taken')
    // What is left on the engine can still be let go.
    for (const each of [x, before]) each.dispose()
    twice.dispose()
  }
  return [
    { path: ['device loss', name], name: 'a device that is really lost gives coded errors, and cpu goes on', run },
  ]
}
