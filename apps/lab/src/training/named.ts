import type { Backend } from '@neurite/core'
import type { BackendName } from './spec.js'

/** An engine comes when it is chosen. One that cannot run here says why. */
export async function backendNamed(name: BackendName): Promise<Backend> {
  switch (name) {
    case 'cpu':
      return (await import('@neurite/backend-cpu')).cpu()
    case 'wasm':
      return (await import('@neurite/backend-wasm')).wasm()
    case 'tfjs:wasm':
      return (await import('./wasm-engine.js')).wasmEngine()
    case 'tfjs:webgl':
      return (await import('@neurite/backend-tfjs/webgl')).webgl()
    case 'tfjs:webgpu':
      return (await import('@neurite/backend-tfjs/webgpu')).webgpu()
  }
}
