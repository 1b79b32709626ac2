import { afterEach, expect, test } from 'vitest'
import {
  add,
  compile,
  defaultBackend,
  firstAvailable,
  key,
  memory,
  moveTo,
  mul,
  NeuriteError,
  randomNormal,
  reshape,
  setDefaultBackend,
  tanh,
  tensor,
  tidy,
  trace,
  zeros,
  type Backend,
  type Tensor,
} from '../src/index.js'
import { interpret } from '../src/program/interpret.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

afterEach(() => setDefaultBackend(undefined))
const named = (name: string): Backend => reference({ name })

test('the default is for creation only, and is set and cleared by hand', async () => {
  await expectCode(() => tensor([1]), 'NO_DEFAULT_BACKEND', 'setDefaultBackend(cpu())', '{ backend }')
  await expectCode(() => memory(), 'NO_DEFAULT_BACKEND')
  const [a, b] = [named('a'), named('b')]
  setDefaultBackend(a)
  expect(defaultBackend()).toBe(a)
  const x = tensor([1])
  setDefaultBackend(b)
  expect(tensor([1]).backend).toBe(b)
  expect(add(x, 1).backend).toBe(a)
  setDefaultBackend(undefined)
  expect(mul(x, 2).backend).toBe(a)
  await expectCode(() => zeros([1]), 'NO_DEFAULT_BACKEND')
})

test('what is no backend is refused, with the likely mistake', async () => {
  await expectCode(() => setDefaultBackend(wrong('cpu')), 'INVALID_ARGUMENT', 'cpu()', 'string')
  await expectCode(() => setDefaultBackend(wrong(Promise.resolve(named('a')))), 'INVALID_ARGUMENT', 'await it')
  await expectCode(
    () => setDefaultBackend({ ...named('old'), contractVersion: wrong(2) }),
    'INVALID_ARGUMENT',
    "'old'",
    'version 2',
  )
  await expectCode(() => tensor([1], { backend: wrong({}) }), 'INVALID_ARGUMENT', 'tensor')
})

test('firstAvailable takes the first that can run, and says why the others cannot', async () => {
  const webgpu = (): Backend => {
    throw new Error('no adapter')
  }
  const wasm = async (): Promise<Backend> => named('wasm')
  const { backend, refused } = await firstAvailable([webgpu, () => Promise.reject(new Error('anonymous')), wasm])
  expect(backend.name).toBe('wasm')
  expect(refused).toEqual([
    { index: 0, name: 'webgpu', reason: 'no adapter' },
    { index: 1, reason: 'anonymous' },
  ])
  const broken = (): Backend => wrong({ name: 'broken' })
  const error = await expectCode(
    () => firstAvailable([webgpu, broken]),
    'BACKEND_UNAVAILABLE',
    'none of 2',
    'candidate 0 (webgpu): no adapter',
    'candidate 1 (broken)',
  )
  expect(error.details.refused).toHaveLength(2)
  // A coded reason is said once, and its code once.
  const lost = new NeuriteError('BACKEND_UNAVAILABLE', 'tfjs:webgl cannot run here: there is no WebGL.')
  const { message } = await expectCode(() => firstAvailable([() => Promise.reject(lost)]), 'BACKEND_UNAVAILABLE')
  expect(message.match(/cannot run here/g)).toHaveLength(1)
  expect(message.match(/BACKEND_UNAVAILABLE/g)).toHaveLength(1)
  // What is thrown may have a message and be no error, as from tfjs.
  const thrown: unknown = { message: 'no binary' }
  const one = await firstAvailable([
    () => {
      throw thrown
    },
    wasm,
  ])
  expect(one.refused).toEqual([{ index: 0, reason: 'no binary' }])
  await expectCode(() => firstAvailable([]), 'BACKEND_UNAVAILABLE')
  await expectCode(() => firstAvailable(wrong([named('a')])), 'INVALID_ARGUMENT', 'factories')
})

test('a kernel that a backend lacks without saying so is named, eager and compiled; random numbers come from the host', async () => {
  const whole = named('whole')
  const { tanh: _tanh, random: _random, ...kernels } = whole.kernels
  const holey: Backend = wrong({ ...whole, name: 'holey', kernels })
  const x = tensor([1, 2], { backend: holey })
  const words = ["tanh: backend 'holey' has no kernel for it"]
  const details = { backend: 'holey', primitive: 'tanh' }
  expect((await expectCode(() => tanh(x), 'NOT_SUPPORTED', ...words)).details).toEqual(details)
  const again = reference({ name: 'holey' })
  const compiling: Backend = wrong({ ...again, kernels, compile: (program: never) => interpret(program, compiling) })
  const y = tensor([1, 2], { backend: compiling })
  expect((await expectCode(() => compile(tanh)(y), 'NOT_SUPPORTED', ...words)).details).toEqual(details)
  const drawn = [holey, whole].map((backend) => randomNormal(key(3), [5], { backend }).toArraySync())
  expect(drawn[0]).toEqual(drawn[1])
})

test('moveTo copies a tree to another backend, and leaves the old one alone', async () => {
  const [here, there] = [named('here'), named('there')]
  setDefaultBackend(here)
  const tree = {
    params: [{ weight: tensor([[1, 2]]), bias: tensor(3, { dtype: 'float64' }) }, {}] as const,
    step: tensor(7, { dtype: 'int32' }),
    mask: tensor([true, false]),
    empty: zeros([0, 2]),
    random: key(4),
    name: 'net',
  }
  const before = here.memory()
  const moved = await moveTo(tree, there)
  const all = [moved.params[0].weight, moved.params[0].bias, moved.step, moved.mask, moved.empty]
  expect(all.every((x) => x.backend === there)).toBe(true)
  expect(all.map((x) => [x.dtype, x.shape])).toEqual([
    ['float32', [1, 2]],
    ['float64', []],
    ['int32', []],
    ['bool', [2]],
    ['float32', [0, 2]],
  ])
  expect(all.map((x) => x.toArraySync())).toEqual([[[1, 2]], 3, 7, [true, false], []])
  expect(moved.random).toBe(tree.random)
  expect(moved.name).toBe('net')
  expect(here.memory()).toEqual(before)
  expect(tree.params[0].weight.toArraySync()).toEqual([[1, 2]])
  // What moved computes there, and only there.
  expect(add(moved.params[0].weight, 1).backend).toBe(there)
  await expectCode(() => add(moved.step, tree.step), 'MIXED_BACKENDS', 'moveTo')
})

test('moveTo: a single tensor, asynchronous reads, the same backend, a tensor in two places', async () => {
  const late = reference({ name: 'late', asynchronous: true }) as Backend
  const there = named('there')
  const x = tensor([1, 2], { backend: late })
  expect((await moveTo(x, there)).toArraySync()).toEqual([1, 2])
  const copy = await moveTo(x, late)
  x.dispose()
  expect(await copy.toArray()).toEqual([1, 2])
  const before = there.memory().buffers
  const { a, b } = await moveTo({ a: copy, b: copy }, there)
  expect(a).toBe(b)
  expect(there.memory().buffers).toBe(before + 1)
  const view = reshape(copy, [2, 1])
  expect((await moveTo(view, there)).toArraySync()).toEqual([[1], [2]])
})

test('moveTo refuses before anything has moved', async () => {
  const here = named('here')
  setDefaultBackend(here)
  const small = reference({ name: 'small', dtypes: ['float32', 'int32', 'bool'] }) as Backend
  const tree = [tensor([1]), tensor([2], { dtype: 'float64' })]
  await expectCode(() => moveTo(tree, small), 'NOT_SUPPORTED', 'moveTo', "'small'", 'float64')
  expect(small.memory().buffers).toBe(0)
  const released = tensor([1])
  released.dispose()
  await expectCode(() => moveTo([tensor([1]), released], small), 'TENSOR_RELEASED', 'moveTo')
  await expectCode(() => moveTo(tree, wrong('small')), 'INVALID_ARGUMENT', 'moveTo')
  let pending: Promise<unknown> | undefined
  trace((x: Tensor) => {
    pending = moveTo(x, small)
    pending.catch(() => undefined)
    return x
  })(tensor([1]))
  await expectCode(() => pending, 'SYMBOLIC_VALUE', 'moveTo')
})

test("a moved tensor belongs to nobody's tidy", async () => {
  const [here, there] = [named('here'), named('there')]
  const x = tensor([1], { backend: here })
  const moving = moveTo(x, there)
  tidy(() => mul(x, 2))
  const moved = await moving
  expect(moved.toArraySync()).toEqual([1])
})
