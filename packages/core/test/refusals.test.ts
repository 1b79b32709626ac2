import { expect, test } from 'vitest'
import {
  add,
  checkFinite,
  checkGradients,
  compile,
  customGradient,
  fold,
  grad,
  hessian,
  jacobian,
  key,
  mul,
  randomNormal,
  recordGradients,
  relu,
  setDefaultBackend,
  sum,
  tensor,
  tidy,
  trace,
  valueAndGrad,
  valueAndGradWithAux,
  vjp,
  type Tensor,
} from '../src/index.js'
import { hostArray, number } from '../src/arguments/index.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

/** Of the host, which the types of core's tests do not know. */
const {
  process,
  setTimeout,
  structuredClone,
}: {
  readonly process: Readonly<Record<'on' | 'off', (event: string, f: (reason: unknown) => void) => void>>
  readonly setTimeout: (f: (value: unknown) => void, ms: number) => void
  readonly structuredClone: (value: unknown) => unknown
} = wrong(globalThis)

const backend = reference()
setDefaultBackend(backend)

test('an async function is refused where it cannot be waited for, and its rejection ends nothing', async () => {
  const unheard: unknown[] = []
  const listen = (reason: unknown): void => void unheard.push(reason)
  process.on('unhandledRejection', listen)
  const failing = (): never => wrong(Promise.reject(new Error('later')))
  const x = tensor([1, 2], { dtype: 'float64' })
  const calls: Readonly<Record<string, () => unknown>> = {
    tidy: () => tidy(failing),
    grad: () => grad<Tensor>(failing)(x),
    valueAndGrad: () => valueAndGrad<Tensor>(failing)(x),
    valueAndGradWithAux: () => valueAndGradWithAux(failing)(x),
    vjp: () => vjp(failing, x),
    jacobian: () => jacobian(failing)(x),
    hessian: () => hessian(failing)(x),
    checkGradients: () => checkGradients(failing, [x]),
    recordGradients: () => recordGradients(failing)(x),
    compile: () => compile<[Tensor], Tensor>(failing)(x),
    trace: () => trace<[Tensor]>(failing)(x),
    checkFinite: () => checkFinite<[Tensor]>(failing, x),
    customGradient: () => customGradient(failing)(x),
    'the value of customGradient': () => customGradient(() => ({ value: failing(), pullback: failing }))(x),
    'the pullback of customGradient': () =>
      grad((y: Tensor) => sum(customGradient((z) => ({ value: mul(z, 1), pullback: failing }))(y)))(x),
    'an operation': () => relu(failing()),
    'the second operand': () => add(x, failing()),
    'host data': () => hostArray('f: x', failing()),
    'an option': () => number()('f', 'rate', failing()),
  }
  const before = backend.memory().buffers
  for (const [name, call] of Object.entries(calls)) {
    const error = await expectCode(call, 'INVALID_ARGUMENT')
    expect(error.message, name).toMatch(/promise/)
  }
  await new Promise((resolve) => setTimeout(resolve, 5))
  process.off('unhandledRejection', listen)
  expect(unheard).toEqual([])
  expect(backend.memory().buffers).toBe(before)
})

test('a compiled function takes its random keys as arguments', async () => {
  const root = key(0)
  const before = backend.memory().buffers
  const x = tensor([1, 2])
  const closed = compile((x: Tensor) => add(x, randomNormal(root, [2])))
  await expectCode(() => closed(x), 'INVALID_ARGUMENT', 'compile', 'key', 'argument')
  await expectCode(() => compile((x: Tensor) => add(x, randomNormal(key(1), [2])))(x), 'INVALID_ARGUMENT', 'same')
  expect(backend.memory().buffers).toBe(before + 1)
  const open = compile((x: Tensor, random: typeof root) => add(x, randomNormal(fold(random, 'noise'), [2])))
  expect(open(x, fold(root, 0)).toArraySync()).not.toEqual(open(x, fold(root, 1)).toArraySync())
  // What is not called again may be random.
  expect(trace((x: Tensor) => add(x, randomNormal(root, [2])))(x).instructions).toHaveLength(2)
  expect(open(x, root).toArraySync()).toEqual(add(x, randomNormal(fold(root, 'noise'), [2])).toArraySync())
})

test('a tensor as text, as JSON, as a number, and in a message', async () => {
  const x = tensor([
    [1, 2.5],
    [3, 4],
  ])
  expect(JSON.stringify({ x, flags: tensor([true]) })).toBe('{"x":[[1,2.5],[3,4]],"flags":[true]}')
  const asText: string = wrong(x)
  expect(`${asText}`).toBe(x.toString())
  const asNumber: number = wrong(x)
  for (const call of [
    () => asNumber + 1,
    () => 1 + asNumber,
    () => asNumber < 1,
    () => asNumber * 2,
    () => -asNumber,
    () => Math.max(asNumber, 0),
    () => asNumber + 'text',
  ])
    await expectCode(call, 'INVALID_ARGUMENT', 'no number', 'add(x, 1)', 'item()')
  expect(() => structuredClone(x)).toThrow(/post await x.toHost\(\) instead/)
  expect(() => structuredClone({ params: [x] })).toThrow(/toHost/)
  const released = tensor([1])
  released.dispose()
  await expectCode(() => JSON.stringify(released), 'TENSOR_RELEASED')
  await expectCode(() => compile((y: Tensor) => (JSON.stringify(y), y))(x), 'SYMBOLIC_VALUE')
  await expectCode(() => compile((y: Tensor) => (Number(y) > 1 ? y : mul(y, 2)))(x), 'INVALID_ARGUMENT', 'no number')
})
