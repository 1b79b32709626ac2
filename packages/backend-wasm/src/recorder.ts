import type { Backend, TypedArray } from '@neurite/core'
import { eachPrimitive } from './primitives.js'

/** What a {@link recorder} stores. */
export interface Recorded {
  readonly data: TypedArray
}

/** A backend on which functions are traced, as they are for the real one, and nothing runs: it keeps what it is given. */
export function recorder(): Backend<Recorded> {
  const refuse = (): never => {
    throw new Error('nothing runs here')
  }
  return {
    contractVersion: 1,
    name: 'wasm',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: true,
      float32Precision: 32,
      int32Precision: 32,
      missing: [],
    },
    kernels: eachPrimitive(() => refuse),
    upload: (data) => ({ data: data.slice() }),
    read: async ({ data }) => data,
    readSync: ({ data }) => data,
    release: () => {},
    compile: () => ({ run: refuse, dispose: () => {} }),
    memory: () => ({ buffers: 0, bytes: 0 }),
    dispose: () => {},
  }
}
