import { cpu } from '@neurite/backend-cpu'
import type { Backend } from '@neurite/core'

/** Every backend that `--backend` takes; each is made only when asked for. */
export const BACKENDS: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  cpu,
}
