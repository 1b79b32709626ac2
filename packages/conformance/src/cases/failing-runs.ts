import {
  add,
  compile,
  disposeTree,
  key,
  matmul,
  mul,
  optimize,
  randomUniform,
  scan,
  sub,
  sum,
  tanh,
  trace,
  type Backend,
  type Key,
  type Kernels,
  type Operand,
  type Program,
  type Tensor,
  type TensorSpec,
} from '@neurite/core'
import { fill } from '../arbitrary/values.js'
import { check, checkClose, checkEqual } from '../check/compare.js'
import { describeError, errorOf, evaluate, hold, upload } from '../check/device.js'
import { interpreted } from '../check/spy.js'
import { COMPOSED } from '../check/tolerance.js'
import type { Suite } from '../suite.js'

/** Reads a at first, b in the middle, c at last; makes intermediates, results in place of inputs, and results of their own. */
function body(...[a, b, c]: Tensor[]): Tensor[] {
  const s = tanh(add(mul(a!, 2), a!))
  const t = matmul(s, b!, { transposeB: true })
  return [sum(t), sub(s, mul(b!, 0.5)), mul(t, sum(c!))]
}

const INPUTS = [1, 2, 3].map((seed) => fill([3, 4], 'float32', seed))

class Fault extends Error {}

const fail = (): never => {
  throw new Fault('the suite made this fail')
}

/** No backend can know what lies here: it fails as soon as it looks. What stands for a device that breaks down on the way. */
export function unreadable(): object {
  return new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail, ownKeys: fail, getOwnPropertyDescriptor: fail })
}

/** The backend, run kernel by kernel, with a fault at one of the kernel calls; counted from 0. */
function failingAt(backend: Backend, at: number): Backend {
  let calls = 0
  const kernels = Object.entries(backend.kernels).map(([primitive, kernel]) => [
    primitive,
    (operands: readonly Operand[], params: never, output: TensorSpec) =>
      calls++ === at ? fail() : kernel(operands, params, output),
  ])
  return { ...interpreted(backend), kernels: Object.fromEntries(kernels) as Kernels }
}

function isFault(what: string, error: unknown): void {
  check(error instanceof Fault, () => `${what} must throw what the kernel threw, got ${describeError(error)}`)
}

/** A run that throws leaves nothing behind: no intermediate, no output, nothing that was donated. What was lent stays. */
export function failingRunCases(suite: Suite): void {
  suite.group('runs that throw', () => {
    for (const [broken, which] of ['first', 'second', 'third'].entries()) {
      suite.test(`a program whose ${which} input cannot be read, compiled`, async ({ backend, capabilities }) => {
        const xs = INPUTS.map((input) => upload(backend, input))
        const traced = optimize(trace(body)(...xs))
        for (const x of xs) x.dispose()
        for (const lent of [[broken], [broken, (broken + 1) % 3]]) {
          const program: Program = {
            ...traced,
            inputs: traced.inputs.map((input, i) => ({ ...input, donated: !lent.includes(i) })),
          }
          const before = backend.memory()
          const executable = backend.compile(program)
          const give = (): object[] => hold(backend, INPUTS).map(({ storage }) => storage)
          for (let time = 0; time < 2; time++) {
            const storages = give()
            backend.release(storages[broken]!)
            const error = await errorOf(() =>
              executable.run(
                storages.map((storage, i) => (i === broken ? unreadable() : storage)),
                [],
              ),
            )
            check(error !== undefined, () => 'a program cannot run on what is no storage: it must throw')
            for (const i of lent) if (i !== broken) backend.release(storages[i]!)
            checkEqual('memory after a run that threw', backend.memory(), before)
          }
          // The next run is like any other.
          const storages = give()
          const outputs = executable.run(storages, [])
          const expected = await evaluate(backend, INPUTS, body)
          for (const [i, { shape, dtype, data }] of expected.entries()) {
            const output = { shape, dtype, data: await backend.read(outputs[i]!, { shape, dtype }) }
            checkClose(`output ${i} afterwards`, output, { shape, dtype, data }, { tolerance: COMPOSED, capabilities })
          }
          for (const storage of [...outputs, ...lent.map((i) => storages[i]!)]) backend.release(storage)
          executable.dispose()
          checkEqual('memory in the end', backend.memory(), before)
        }
      })
    }

    suite.test('a kernel that fails, wherever it stands, interpreted', async ({ backend: base }) => {
      const before = base.memory()
      let failures = 0
      for (let finished = false; !finished; failures++) {
        const backend = failingAt(base, failures)
        const compiled = compile(body, { donate: [0, 1] })
        const xs = INPUTS.map((input) => upload(backend, input))
        const error = await errorOf(() => compiled(...xs).forEach((result) => result.dispose()))
        finished = error === undefined
        if (!finished) isFault(`call ${failures}`, error)
        checkEqual(
          `released after a failure at call ${failures}`,
          xs.map((x) => x.isReleased),
          [true, true, false],
        )
        xs[2]!.dispose()
        compiled.dispose()
        checkEqual(`memory after a failure at call ${failures}`, base.memory(), before)
      }
      check(failures > 8, () => `only ${failures} kernels were called`)
    })

    suite.test('a kernel that fails, wherever it stands, in a loop', async ({ backend: base }) => {
      const before = base.memory()
      let failures = 0
      for (let finished = false; !finished; failures++) {
        const backend = failingAt(base, failures)
        const loop = scan(
          ([a]: readonly Tensor[], x: Tensor) => {
            const next = tanh(add(a!, x))
            return [[next, a!], sum(next)] as const
          },
          { donate: true },
        )
        const [a, b] = INPUTS.slice(0, 2).map((input) => upload(backend, input))
        // More iterations than core puts together at once.
        const xs = upload(backend, fill([18, 3, 4], 'float32', 4))
        const error = await errorOf(() => disposeTree(loop([a!, b!], xs)))
        finished = error === undefined
        if (!finished) isFault(`call ${failures}`, error)
        checkEqual(`released after a failure at call ${failures}`, [a!.isReleased, b!.isReleased], [true, true])
        disposeTree([a, b, xs])
        loop.dispose()
        checkEqual(`memory after a failure at call ${failures}`, base.memory(), before)
      }
      check(failures > 80, () => `only ${failures} kernels were called`)
    })

    suite.test('an upload that fails, interpreted', async ({ backend: base }) => {
      const before = base.memory()
      // Without a kernel for them, random numbers are made on the host and uploaded.
      const { random: _, ...kernels } = base.kernels
      let broken = false
      const backend: Backend = {
        ...interpreted(base),
        kernels,
        upload: (data, spec) => (broken ? fail() : base.upload(data, spec)),
      }
      const compiled = compile((x: Tensor, k: Key) => [tanh(x), add(x, randomUniform(k, [3, 4], { backend }))], {
        donate: [0],
      })
      const x = upload(backend, INPUTS[0]!)
      broken = true
      isFault('the run', await errorOf(() => compiled(x, key(1))))
      checkEqual('x is released', x.isReleased, true)
      compiled.dispose()
      checkEqual('memory', base.memory(), before)
    })
  })
}
