import {
  add,
  compile,
  grad,
  jacobian,
  keep,
  matmul,
  mean,
  mul,
  NeuriteError,
  relu,
  reshape,
  square,
  sub,
  sum,
  tanh,
  tensor,
  tidy,
  valueAndGrad,
  vjp,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { fill } from '../arbitrary/values.js'
import { check, checkEqual } from '../check/compare.js'
import { describeError, errorOf, upload } from '../check/device.js'
import { spyOn, interpreted } from '../check/spy.js'
import type { Suite } from '../suite.js'

type Params = { w: Tensor; b: Tensor }

const predict = ({ w, b }: Params, x: Tensor): Tensor => relu(add(matmul(x, w), b))
const loss = (p: Params, x: Tensor, y: Tensor): Tensor => mean(square(sub(predict(p, x), y)))

/** A step of gradient descent. */
function descend(p: Params, x: Tensor, y: Tensor): { p: Params; loss: Tensor } {
  const [value, g] = valueAndGrad(loss)(p, x, y)
  return { p: { w: sub(p.w, mul(g.w, 0.1)), b: sub(p.b, mul(g.b, 0.1)) }, loss: value }
}

function setUp(backend: Backend): { p: Params; x: Tensor; y: Tensor } {
  const [w, b, x, y] = [
    fill([3, 5], 'float32', 1),
    fill([5], 'float32', 2),
    fill([7, 3], 'float32', 3),
    fill([7, 5], 'float32', 4),
  ].map((array) => upload(backend, array))
  return { p: { w: w!, b: b! }, x: x!, y: y! }
}

/** Runs work between two looks at the backend's memory. */
async function leavesNothing(backend: Backend, what: string, work: () => unknown): Promise<void> {
  const before = backend.memory()
  await work()
  checkEqual(`memory after ${what}`, backend.memory(), before)
}

async function checkReleased(what: string, call: () => unknown): Promise<void> {
  const error = await errorOf(call)
  check(
    NeuriteError.isInstance(error) && error.code === 'TENSOR_RELEASED',
    () => `${what} must throw TENSOR_RELEASED, got ${describeError(error)}`,
  )
}

/** Steps of training on a backend, with or without a compiler of its own; everything is disposed at the end. */
function train(backend: Backend, steps: number, donate: readonly number[]): void {
  const step = compile(descend, { donate })
  const { x, y, ...start } = setUp(backend)
  let { p } = start
  for (let i = 0; i < steps; i++) {
    const result = step(p, x, y)
    if (donate.length === 0) [p.w, p.b].forEach((old) => old.dispose())
    p = result.p
    result.loss.dispose()
  }
  for (const each of [x, y, p.w, p.b]) each.dispose()
  step.dispose()
}

/** Nothing leaks, nothing is given back twice or too early. */
export function lifetimeCases(suite: Suite): void {
  suite.group('lifetimes', () => {
    suite.test('1,000 eager operations in tidy leave nothing', ({ backend }) =>
      leavesNothing(backend, '1,000 operations', () => {
        const x = upload(backend, fill([3, 5], 'float32', 1))
        const result = tidy(() => {
          let y = x
          for (let i = 0; i < 500; i++) y = tanh(add(y, x))
          return y
        })
        result.dispose()
        x.dispose()
      }),
    )

    suite.test('1,000 operations disposed one by one leave nothing', ({ backend }) =>
      leavesNothing(backend, '1,000 operations', () => {
        const x = upload(backend, fill([17], 'float32', 1))
        for (let i = 0; i < 1000; i++) add(x, x).dispose()
        x.dispose()
      }),
    )

    suite.test('an error in tidy leaves nothing', ({ backend }) =>
      leavesNothing(backend, 'an error', async () => {
        const x = upload(backend, fill([3, 5], 'float32', 1))
        const error = await errorOf(() => tidy(() => matmul(add(x, x), x)))
        check(NeuriteError.isInstance(error), () => 'matmul of [3, 5] and [3, 5] must throw')
        x.dispose()
      }),
    )

    suite.test('gradients leave only what they return', ({ backend }) =>
      leavesNothing(backend, 'gradients', () => {
        const { p, x, y } = setUp(backend)
        const before = backend.memory().buffers
        for (let i = 0; i < 20; i++) {
          const g = grad(loss)(p, x, y)
          checkEqual('storages of the gradient', backend.memory().buffers - before, 2)
          g.w.dispose()
          g.b.dispose()
        }
        const second = grad((z: Tensor) => sum(grad((v: Tensor) => sum(tanh(v)))(z)))(x)
        const j = jacobian(tanh)(p.b)
        for (const each of [second, j, p.w, p.b, x, y]) each.dispose()
      }),
    )

    suite.test('a pullback holds its intermediates until it is disposed', ({ backend }) =>
      leavesNothing(backend, 'a pullback', () => {
        const x = upload(backend, fill([3], 'float32', 1))
        const [value, pullback] = vjp((y) => tanh(mul(y, y)), x)
        x.dispose()
        const [gradient] = pullback(value)
        pullback.dispose()
        value.dispose()
        gradient!.dispose()
      }),
    )

    suite.test('reshape shares storage, and the last handle frees it', ({ backend }) =>
      leavesNothing(backend, 'reshape', async () => {
        const x = upload(backend, fill([3, 4], 'float32', 1))
        const before = backend.memory()
        const y = reshape(x, [2, 6])
        checkEqual('memory after reshape', backend.memory(), before)
        x.dispose()
        checkEqual('memory while a view lives', backend.memory(), before)
        checkEqual('the view', await y.data(), fill([3, 4], 'float32', 1).data)
        y.dispose()
      }),
    )

    suite.test('use after release is TENSOR_RELEASED', async ({ backend }) => {
      const x = upload(backend, fill([2, 2], 'float32', 1))
      x.dispose()
      await checkReleased('data()', () => x.data())
      await checkReleased('an operation', () => add(x, x))
      await checkReleased('reshape', () => reshape(x, [4]))
      await checkReleased('a compiled function', () => compile((y: Tensor) => add(y, 1))(x))
    })

    suite.test('disposing twice is harmless', ({ backend }) =>
      leavesNothing(backend, 'disposing twice', () => {
        const x = upload(backend, fill([2], 'float32', 1))
        x.dispose()
        x.dispose()
      }),
    )

    suite.test('tidy keeps what it returns and what is kept', ({ backend }) =>
      leavesNothing(backend, 'tidy', () => {
        const kept: Tensor[] = []
        const returned = tidy(() => {
          const inside = tensor([1, 2], { backend })
          kept.push(keep(add(inside, 1)))
          return { tree: [mul(inside, 2)] }
        })
        check(!kept[0]!.isReleased && !returned.tree[0]!.isReleased, () => 'tidy released what it should keep')
        for (const x of [...kept, ...returned.tree]) x.dispose()
      }),
    )

    suite.test('using frees at the end of its block', ({ backend }) =>
      leavesNothing(backend, 'using', () => {
        const x = tensor([1, 2], { backend })
        x[Symbol.dispose]()
        check(x.isReleased, () => 'Symbol.dispose must release')
      }),
    )

    suite.test('100 compiled steps with donation leave nothing', ({ backend }) =>
      leavesNothing(backend, 'compiled steps', () => train(backend, 100, [0])),
    )
    suite.test('100 compiled steps without donation leave nothing', ({ backend }) =>
      leavesNothing(backend, 'compiled steps', () => train(backend, 100, [])),
    )
    suite.test('100 interpreted steps with donation leave nothing', ({ backend }) =>
      leavesNothing(backend, 'interpreted steps', () => train(interpreted(backend), 100, [0])),
    )

    suite.test('warm compiled steps hold no more than the first', ({ backend }) => {
      const step = compile(descend, { donate: [0] })
      const { x, y, ...start } = setUp(backend)
      let { p } = start
      const sizes: string[] = []
      for (let i = 0; i < 30; i++) {
        const result = step(p, x, y)
        p = result.p
        result.loss.dispose()
        sizes.push(JSON.stringify(backend.memory()))
      }
      for (const each of [x, y, p.w, p.b]) each.dispose()
      step.dispose()
      checkEqual('different memory() after 30 steps', new Set(sizes).size, 1)
    })

    suite.test('a donated tensor is gone', async ({ backend }) => {
      const step = compile((x: Tensor) => add(x, 1), { donate: [0] })
      const x = tensor([1, 2], { backend })
      const y = step(x)
      checkEqual('the result', await y.data(), [2, 3])
      await checkReleased('a donated tensor', () => add(x, x))
      y.dispose()
      step.dispose()
    })

    for (const [path, choose] of [
      ['compiled', (backend: Backend) => backend],
      ['interpreted', interpreted],
    ] as const) {
      suite.test(`every storage is given back exactly once, ${path}`, async ({ create }) => {
        const own = await create()
        const spy = spyOn(own)
        train(choose(spy.backend), 5, [0])
        train(choose(spy.backend), 5, [])
        tidy(() => {
          const { p, x, y } = setUp(spy.backend)
          grad(loss)(p, x, y)
          reshape(add(x, x), [3, 7])
        })
        checkEqual('violations', spy.violations, [])
        checkEqual('storages left', spy.alive(), 0)
        checkEqual('memory', own.memory(), { buffers: 0, bytes: 0 })
        own.dispose()
      })
    }
  })
}
