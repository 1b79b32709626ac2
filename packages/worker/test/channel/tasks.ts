import { NeuriteError } from '@neurite/core'
import { transferring, type TaskContext } from '../../src/index.js'

// Tasks of the tests, each a way to answer, to stream or to fail.

const memory = new Float32Array([1, 2])
const seen = { made: 0, closed: 0, aborted: [] as string[] }

export const tasks = {
  sum: ({ values }: { values: Float32Array }) => values.reduce((total, value) => total + value, 0),
  hello: async () => Promise.resolve('hello'),
  seen: () => seen,
  fill: ({ length, moved }: { length: number; moved: boolean }) => {
    const values = new Float32Array(length).fill(1)
    return moved ? transferring({ values, view: new Uint8Array(8).subarray(2) }) : { values, view: new Uint8Array(8) }
  },
  async *count({ to, failAt }: { to: number; failAt?: number }, { signal }: TaskContext) {
    seen.made = 0
    const note = (): void => void seen.aborted.push((signal.reason as Error).message)
    signal.addEventListener('abort', note)
    try {
      for (let i = 0; i < to; i++) {
        if (i === failAt) throw new RangeError(`no ${i}`)
        seen.made++
        yield i
        await new Promise((resolve) => setTimeout(resolve))
      }
      return 'all'
    } finally {
      seen.closed++
      signal.removeEventListener('abort', note)
    }
  },
  *letters(word: string) {
    yield* word
  },
  wait: (_: unknown, { signal }: TaskContext) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        seen.aborted.push((signal.reason as Error).message)
        reject(new Error('stopped'))
      })
    }),
  fail: (kind: 'coded' | 'plain' | 'text' | 'nested' | 'function' | 'instance') => {
    if (kind === 'coded') throw new NeuriteError('SHAPE_MISMATCH', 'fail: made up.', { shape: [2, 3], loss: Math.max })
    if (kind === 'nested') throw new Error('outer', { cause: new NeuriteError('NON_FINITE', 'inner.') })
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do
    if (kind === 'text') throw 'out of paper'
    if (kind === 'function') return { answers: [1, { f: () => 1 }] }
    if (kind === 'instance') return new (class Table {})()
    throw new RangeError('out of paper')
  },
  /** Moves the same memory each time: the second answer has none. */
  again: () => transferring(memory),
  /** What only the platform finds out when it clones. */
  uncloneable: (kind: 'nested' | 'WeakMap' | 'promise') => ({
    answer:
      kind === 'WeakMap'
        ? new WeakMap()
        : kind === 'promise'
          ? Promise.resolve(1)
          : new Error('outer', { cause: new Proxy([], {}) }),
  }),
  async *badEvent() {
    try {
      yield { ok: 1 }
      yield { 'not ok': Symbol('x') }
    } finally {
      seen.closed++
    }
    await Promise.resolve()
  },
  exit: (code: number) => process.exit(code),
  uncaught: async () => {
    setTimeout(() => JSON.parse('{'), 0)
    await new Promise(() => undefined)
  },
}

export type Tasks = typeof tasks
