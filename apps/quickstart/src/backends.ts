import { cpu } from '@neurite/backend-cpu'
import type { Backend } from '@neurite/core'

/** Every backend that `--backend` takes; each is loaded and made only when asked for. */
export const BACKENDS: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  cpu,
  wasm: async () => (await import('@neurite/backend-wasm')).wasm(),
  'tfjs:cpu': () => engine('cpu'),
  'tfjs:wasm': () => engine('wasm'),
}

async function engine(name: string): Promise<Backend> {
  const { tfjs } = await import('@neurite/backend-tfjs')
  return tfjs(name)
}
