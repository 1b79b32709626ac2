import {
  add,
  cast,
  checkFinite,
  compile,
  concat,
  defaultBackend,
  div,
  firstAvailable,
  gather,
  log,
  matmul,
  interpret,
  max,
  mul,
  NeuriteError,
  setDefaultBackend,
  tensor,
  tidy,
  zeros,
  type Backend,
  type ErrorCode,
  type Kernels,
  type Tensor,
  type TensorSpec,
} from '@neurite/core'
import { fill } from '../arbitrary/values.js'
import { check, checkEqual } from '../check/compare.js'
import { describeError, errorOf } from '../check/device.js'
import { spyOn } from '../check/spy.js'
import { elementCount, storageFor } from '../reference/host.js'
import type { Context, Suite } from '../suite.js'
import { WRONG_CALLS, type Make, type WrongCall } from './wrong-calls.js'

/**
 * Every way in which a user of any backend can go wrong in core: the same code and words here as on every other
 * backend.
 */
export function errorCases(suite: Suite): void {
  suite.group('errors', () => {
    for (const [what, code, words, call] of WRONG_CALLS) {
      suite.test(`${what} is ${code}`, (context) => checkWrongCall(context, what, code, words, call))
    }

    suite.test('tensors of different backends are MIXED_BACKENDS', async ({ backend, create }) => {
      const own = await create()
      const [a, b] = [tensor([1], { backend }), tensor([1], { backend: own })]
      const compiled = compile((x: Tensor, y: Tensor) => [x, y])
      for (const call of [() => add(a, b), () => concat([b, a]), () => compiled(a, b)])
        await checkCode('mixing', 'MIXED_BACKENDS', [backend.name], call)
      compiled.dispose()
      a.dispose()
      b.dispose()
      own.dispose()
    })

    suite.test('no default backend is NO_DEFAULT_BACKEND', async ({ backend }) => {
      let before: Backend | undefined
      try {
        before = defaultBackend()
      } catch {
        before = undefined
      }
      try {
        setDefaultBackend(undefined)
        await checkCode('tensor without a backend', 'NO_DEFAULT_BACKEND', ['setDefaultBackend', 'cpu()'], () =>
          tensor([1]),
        )
        await checkCode('zeros without a backend', 'NO_DEFAULT_BACKEND', ['setDefaultBackend'], () => zeros([1]))
        setDefaultBackend(backend)
        const x = tensor([1])
        check(x.backend === backend, () => 'tensor did not go to the default backend')
        x.dispose()
      } finally {
        setDefaultBackend(before)
      }
    })

    suite.test('nothing available is BACKEND_UNAVAILABLE', async ({ create }) => {
      const unable = (): Promise<Backend> => Promise.reject(new Error('no such device'))
      await checkCode('firstAvailable', 'BACKEND_UNAVAILABLE', ['no such device'], () =>
        firstAvailable([unable, unable]),
      )
      const { backend, refused } = await firstAvailable([unable, create])
      checkEqual('what was refused', refused, [{ index: 0, name: 'unable', reason: 'no such device' }])
      backend.dispose()
    })

    suite.test('a value that is not finite is NON_FINITE, with its operation and place', async ({ backend }) => {
      const x = tensor(
        [
          [1, 2],
          [0, 3],
        ],
        { backend },
      )
      await checkCode('checkFinite', 'NON_FINITE', ["'log'", '-Infinity', '[1, 0]'], () =>
        checkFinite((y: Tensor) => mul(log(y), 2), x),
      )
      await checkCode('checkFinite of div', 'NON_FINITE', ["'div'", 'Infinity'], () =>
        checkFinite((y: Tensor) => div(1, y), x),
      )
      await checkFinite((y: Tensor) => add(y, 1), x)
      x.dispose()
    })

    suite.test('a wrong call reaches no kernel', async ({ create }) => {
      const own = await create()
      const spy = spyOn(own)
      const [a, b] = [tensor([1, 2], { backend: spy.backend }), tensor([1, 2, 3], { backend: spy.backend })]
      for (const call of [
        () => add(a, b),
        () => matmul(a, b),
        () => max(a, { axes: [1] }),
        () => gather(a, cast(b, 'bool')),
      ])
        await errorOf(call)
      // The one cast is right; gather by bools is not.
      checkEqual('kernels called', spy.kernelCalls(), 1)
      own.dispose()
    })
  })
}

async function checkCode(
  what: string,
  code: ErrorCode,
  words: readonly string[],
  call: () => unknown,
): Promise<NeuriteError> {
  const error = await errorOf(call)
  if (!NeuriteError.isInstance(error) || error.code !== code)
    throw new Error(`${what}: expected ${code}, got ${describeError(error)}`)
  for (const word of words)
    check(error.message.includes(word), () => `${what}: the message should name ${word}: ${error.message}`)
  check(
    !MISMATCHES.includes(code) || Object.keys(error.details).length > 0,
    () => `${what}: the details should hold what does not fit: ${error.message}`,
  )
  return error
}

/** What does not fit is in the details, for programs: both shapes, the dtypes, the axis, the backends. */
const MISMATCHES: readonly ErrorCode[] = [
  'SHAPE_MISMATCH',
  'DTYPE_MISMATCH',
  'AXIS_OUT_OF_RANGE',
  'UNKNOWN_OPTION',
  'MIXED_BACKENDS',
]

/** The call must fail in the same way on this backend and on one that can do nothing at all. */
async function checkWrongCall(
  { backend }: Context,
  what: string,
  code: ErrorCode,
  words: readonly string[],
  call: WrongCall[3],
): Promise<void> {
  const before = backend.memory()
  const messages: string[] = []
  for (const where of [backend, mute(backend)]) {
    const made: Tensor[] = []
    const make: Make = (shape, dtype = 'float32') => {
      const x = tensor(fill(shape, dtype, 1).data, { shape, dtype, backend: where })
      made.push(x)
      return x
    }
    const inside: { error?: Promise<NeuriteError> } = {}
    tidy(() => {
      inside.error = checkCode(what, code, words, () => call(make, where))
    })
    // Tensors are numbered through.
    messages.push((await inside.error!).message.replace(/#\d+/g, '#n'))
    for (const x of made) x.dispose()
  }
  checkEqual(`${what}: the words`, messages[0], messages[1])
  checkEqual(`${what}: memory after the error`, backend.memory(), before)
}

/** Says of itself what the backend says, and computes nothing. */
function mute(backend: Backend): Backend {
  const storage = (_operands: readonly object[], _params: never, _output: never): object => ({})
  const blank = ({ shape, dtype }: TensorSpec) => storageFor(dtype, elementCount(shape))
  return {
    contractVersion: 1,
    name: backend.name,
    capabilities: backend.capabilities,
    kernels: Object.fromEntries(Object.keys(backend.kernels).map((primitive) => [primitive, storage])) as Kernels,
    upload: () => ({}),
    read: (_, spec) => Promise.resolve(blank(spec)),
    ...(backend.capabilities.syncRead ? { readSync: (_: object, spec: TensorSpec) => blank(spec) } : {}),
    release() {
      // There is nothing to free.
    },
    compile(program) {
      return interpret(program, this)
    },
    memory: () => ({ buffers: 0, bytes: 0 }),
    dispose() {
      // There is nothing to free.
    },
  }
}
