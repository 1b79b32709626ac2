import { beforeEach, expect, test } from 'vitest'
import {
  add,
  checkFinite,
  compile,
  div,
  exp,
  findNonFinite,
  fold,
  full,
  grad,
  interpret,
  key,
  log,
  matmul,
  mul,
  namedScope,
  randomUniform,
  reshape,
  setDefaultBackend,
  square,
  sub,
  sum,
  tanh,
  tensor,
  tidy,
  trace,
  uniform,
  valueAndGrad,
  where,
  zeros,
  type Backend,
  type Executable,
  type Key,
  type Program,
  type Tensor,
} from '../src/index.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

let backend: Backend
let compiled: Program[]
let disposed: number

/** A backend with a compiler of its own: core's interpreter, counted. */
function compiling(): Backend {
  const base = reference({ name: 'compiling' }) as Backend
  return {
    ...base,
    compile(program): Executable {
      compiled.push(program)
      return { ...interpret(program, base), dispose: () => void disposed++ }
    },
  }
}

beforeEach(() => {
  compiled = []
  disposed = 0
  backend = compiling()
  setDefaultBackend(backend)
})

test('compile(f) is f, for trees in and out', () => {
  type In = { a: Tensor; list: Tensor[] }
  const f = ({ a, list }: In, flag: boolean) => ({
    out: [add(a, list[0]!), mul(a, list[1]!)],
    same: a,
    label: flag ? 'yes' : 'no',
  })
  const args: [In, boolean] = [{ a: tensor([1, 2]), list: [tensor([3, 4]), tensor(5)] }, true]
  const [one, other] = [compile(f)(...args), f(...args)]
  expect(one.out.map((x) => x.toArraySync())).toEqual(other.out.map((x) => x.toArraySync()))
  expect(one.same.toArraySync()).toEqual([1, 2])
  expect(one.label).toBe('yes')
})

test('traced and compiled once for each signature of shapes, dtypes and static values', () => {
  let traced = 0
  const f = compile((x: Tensor, mode: string) => {
    traced++
    return mode === 'twice' ? mul(x, 2) : x
  })
  for (let i = 0; i < 5; i++) f(tensor([i, i]), 'twice')
  expect([traced, compiled.length]).toEqual([1, 1])
  f(tensor([1, 2, 3]), 'twice')
  f(tensor([[1, 2]]), 'twice')
  f(tensor([1, 2], { dtype: 'int32' }), 'twice')
  f(tensor([1, 2]), 'once')
  expect([traced, compiled.length]).toEqual([5, 5])
  for (const shape of [[2], [3], [1, 2]]) f(zeros(shape), 'twice')
  expect(traced).toBe(5)
})

test('the cache is bounded: the least recently used program goes, and is freed', () => {
  let traced = 0
  const f = compile(
    (x: Tensor) => {
      traced++
      return add(x, 1)
    },
    { cacheSize: 2 },
  )
  const [a, b, c] = [zeros([1]), zeros([2]), zeros([3])]
  f(a)
  f(b)
  f(a)
  f(c)
  expect([traced, disposed]).toEqual([3, 1])
  f(a)
  expect(traced).toBe(3)
  f(b)
  expect([traced, disposed]).toEqual([4, 2])
  f.dispose()
  expect(disposed).toBe(4)
  expect(f(a).toArraySync()).toEqual([1])
  expect(traced).toBe(5)
})

test('the default cache holds 16 programs', () => {
  const f = compile((x: Tensor) => add(x, 1))
  for (let n = 1; n <= 20; n++) f(zeros([n]))
  expect(disposed).toBe(4)
})

test('the same shapes on another backend are another program', () => {
  const f = compile((x: Tensor) => add(x, 1))
  f(zeros([2]))
  const other = reference({ name: 'other' })
  expect(f(zeros([2], { backend: other })).backend).toBe(other)
  expect(compiled).toHaveLength(1)
})

test('tensors that the function closes over are inputs of the program', () => {
  const bias = tensor([10, 20])
  const f = compile((x: Tensor) => add(x, bias))
  expect(f(tensor([1, 2])).toArraySync()).toEqual([11, 22])
  expect(f.program(tensor([1, 2])).inputs.map(({ role }) => role)).toEqual(['argument', 'captured'])
  // The program holds on to it.
  bias.dispose()
  expect(f(tensor([3, 4])).toArraySync()).toEqual([13, 24])
  f.dispose()
})

test('inside grad, and inside another compiled function, a call is inlined', () => {
  const inner = compile((x: Tensor) => square(x))
  expect(grad((x: Tensor) => sum(inner(x)))(tensor([3])).toArraySync()).toEqual([6])
  expect(compiled).toHaveLength(0)
  const outer = compile((x: Tensor) => add(inner(x), 1))
  expect(outer(tensor([3])).toArraySync()).toEqual([10])
  expect(compiled).toHaveLength(1)
})

test('gradients inside a compiled function', () => {
  const step = compile((w: Tensor, x: Tensor) => valueAndGrad((v: Tensor) => sum(tanh(matmul(x, v))))(w))
  const [w, x] = [tensor([[0.5], [-1]]), tensor([[1, 2]])]
  const [value, g] = step(w, x)
  const [eager, eagerGradient] = valueAndGrad((v: Tensor) => sum(tanh(matmul(x, v))))(w)
  expect(value.toArraySync()).toBeCloseTo(eager.toArraySync() as number, 6)
  expect(g.toArraySync()).toEqual(eagerGradient.toArraySync())
})

test('donated arguments end, and their memory is used again', async () => {
  const step = compile((w: Tensor, g: Tensor) => sub(w, mul(g, 0.1)), { donate: [0] })
  const w = tensor([1, 2])
  const g = tensor([10, 20])
  const next = step(w, g)
  expect(next.toArraySync()).toEqual([0, 0])
  expect(w.isReleased).toBe(true)
  expect(g.isReleased).toBe(false)
  await expectCode(() => add(w, 1), 'TENSOR_RELEASED', 'donated')
  expect(backend.memory().buffers).toBe(2)
})

test('a run that throws halfway leaves nothing behind: no intermediate, no donated argument', async () => {
  const base = reference({ name: 'failing' })
  let fails = false
  const failing: Backend = {
    ...base,
    kernels: {
      ...base.kernels,
      exp(operands, params, output) {
        if (fails) throw new Error('no memory left')
        return base.kernels.exp(operands as never, params, output)
      },
    },
  }
  const step = compile((w: Tensor, x: Tensor) => [exp(mul(reshape(w, [2, 1]), x)), mul(w, 3)], { donate: [0] })
  const x = tensor([1, 2], { backend: failing })
  const before = failing.memory()
  step(tensor([1, 2], { backend: failing }), x).forEach((y) => y.dispose())
  expect(failing.memory()).toEqual(before)
  fails = true
  const w = tensor([1, 2], { backend: failing })
  expect(() => step(w, x)).toThrow('no memory left')
  expect(failing.memory()).toEqual(before)
  await expectCode(() => add(w, 1), 'TENSOR_RELEASED', 'donated')
  expect(x.toArraySync()).toEqual([1, 2])
})

test('a copy of a donated argument that fails leaves nothing behind either', () => {
  const base = reference({ name: 'failing' })
  let left = Infinity
  const failing: Backend = {
    ...base,
    kernels: {
      ...base.kernels,
      broadcastTo(operands, params, output) {
        if (left-- === 0) throw new Error('no memory left')
        return base.kernels.broadcastTo(operands as never, params, output)
      },
    },
  }
  const step = compile((p: Tensor, q: Tensor, r: Tensor) => [mul(p, 2), mul(q, 3), mul(r, 4)], { donate: [0, 1, 2] })
  const three = () => [1, 2, 3].map((value) => tensor([value, value], { backend: failing })) as [Tensor, Tensor, Tensor]
  step(...three()).forEach((y) => y.dispose())
  const before = failing.memory()
  // The first is handed over, the second is copied, the copy of the third fails: their readers keep what they read.
  const [p, q, r] = three()
  const readers = [reshape(q, [2, 1]), reshape(r, [2, 1])]
  left = 1
  expect(() => step(p, q, r)).toThrow('no memory left')
  expect(p.isReleased).toBe(true)
  expect(readers.map((x) => x.toArraySync())).toEqual([
    [[2], [2]],
    [[3], [3]],
  ])
  for (const x of [...readers, r]) x.dispose()
  expect(failing.memory()).toEqual(before)
})

test('a donated argument that others still read is copied', () => {
  const step = compile((w: Tensor) => mul(w, 2), { donate: [0] })
  const w = tensor([1, 2])
  const view = reshape(w, [2, 1])
  expect(step(w).toArraySync()).toEqual([2, 4])
  expect(w.isReleased).toBe(true)
  expect(view.toArraySync()).toEqual([[1], [2]])
  // One tensor in a donated and in an ordinary place.
  const both = compile((p: Tensor, q: Tensor) => add(p, q), { donate: [0] })
  const x = tensor([1, 2])
  expect(both(x, x).toArraySync()).toEqual([2, 4])
  expect(x.toArraySync()).toEqual([1, 2])
})

test('a donated argument that is a result goes on under a new handle', () => {
  const f = compile((w: Tensor) => [w, add(w, 1)] as const, { donate: [0] })
  const w = tensor([1])
  const [same, more] = f(w)
  expect(w.isReleased).toBe(true)
  expect([same.toArraySync(), more.toArraySync()]).toEqual([[1], [2]])
})

test('results may be views, repeated, constants and inputs', () => {
  const f = compile((x: Tensor) => {
    const y = add(x, 1)
    return [reshape(y, [2, 1]), y, y, full([2], 7), x] as const
  })
  const x = tensor([1, 2])
  const results = f(x)
  expect(results.map((r) => r.toArraySync())).toEqual([
    [[2], [3]],
    [2, 3],
    [2, 3],
    [7, 7],
    [1, 2],
  ])
  results[1].dispose()
  expect(results[2].toArraySync()).toEqual([2, 3])
  for (const r of [results[0], results[2], results[3], results[4]]) r.dispose()
  expect(x.toArraySync()).toEqual([1, 2])
})

test('results belong to the tidy around the call', () => {
  const f = compile((x: Tensor) => [add(x, 1), mul(x, 2)] as const)
  const x = tensor([1])
  tidy(() => void f(x))
  expect(backend.memory().buffers).toBe(1)
})

test('a key is an argument: each call gets the numbers of its key', () => {
  const f = compile((k: Key) => randomUniform(fold(k, 'noise'), [3]))
  const eager = (seed: number) => randomUniform(fold(key(seed), 'noise'), [3]).toArraySync()
  expect(f(key(1)).toArraySync()).toEqual(eager(1))
  expect(f(key(2)).toArraySync()).toEqual(eager(2))
  expect(compiled).toHaveLength(1)
  expect(compiled[0]!.keys).toBe(1)
})

test('reading a value that is being traced is SYMBOLIC_VALUE, and names it', async () => {
  const x = tensor([[1, 2]])
  const words = ['float32[1, 2]', 'traced', 'where()']
  await expectCode(() => compile((y: Tensor) => (y.dataSync(), y))(x), 'SYMBOLIC_VALUE', ...words)
  await expectCode(() => trace((y: Tensor) => y.toArraySync())(x), 'SYMBOLIC_VALUE', ...words)
  const branching = compile((y: Tensor) => (sum(y).dataSync()[0]! > 0 ? y : mul(y, -1)))
  await expectCode(() => branching(x), 'SYMBOLIC_VALUE')
  const fixed = compile((y: Tensor) => {
    const total = sum(y)
    return where(tensor([true]), y, mul(y, total))
  })
  expect(fixed(x).toArraySync()).toEqual([[1, 2]])
  await expectCode(
    () => compile((k: Key) => tensor(uniform(k, 3)))(key(0)),
    'SYMBOLIC_VALUE',
    'uniform',
    'randomUniform',
  )
})

test('a traced value that leaves its trace is SYMBOLIC_ESCAPE', async () => {
  let leaked: Tensor | undefined
  let leakedKey: Key | undefined
  compile((x: Tensor, k: Key) => {
    leakedKey = k
    return (leaked = add(x, 1))
  })(tensor([1]), key(0))
  await expectCode(() => add(leaked!, 1), 'SYMBOLIC_ESCAPE', 'trace that has ended', 'return it')
  await expectCode(() => leaked!.data(), 'SYMBOLIC_ESCAPE')
  await expectCode(() => compile((y: Tensor) => add(y, leaked!))(tensor([1])), 'SYMBOLIC_ESCAPE', 'another trace')
  await expectCode(() => randomUniform(leakedKey!, [1]), 'SYMBOLIC_ESCAPE', 'key')
})

test('arguments that would be frozen in are refused', async () => {
  const f = compile((x: Tensor, rate: number) => mul(x, rate))
  await expectCode(() => f(tensor([1]), 0.1), 'INVALID_ARGUMENT', 'args[1]', '0.1', 'tensor(0.1)')
  const g = compile((p: unknown) => p)
  await expectCode(() => g({ a: new Map() }), 'INVALID_ARGUMENT', 'args[0].a', 'Map')
  await expectCode(() => compile(wrong(async (x: Tensor) => x))(tensor([1])), 'INVALID_ARGUMENT', 'synchronous')
})

test('arguments on different backends are MIXED_BACKENDS', async () => {
  const other = reference({ name: 'other' })
  const f = compile((x: Tensor, y: Tensor) => [x, y])
  const mixed = await expectCode(() => f(tensor([1]), tensor([1], { backend: other })), 'MIXED_BACKENDS')
  expect(mixed.details).toEqual({ backends: ['compiling', 'other'] })
})

test('options are checked', async () => {
  const f = (x: Tensor): Tensor => x
  await expectCode(() => compile(f, { cacheSize: 0 }), 'INVALID_ARGUMENT', 'cacheSize', '0')
  await expectCode(() => compile(f, { donate: [-1] }), 'INVALID_ARGUMENT', 'donate', '-1')
  await expectCode(() => compile(f, wrong({ donated: [0] })), 'UNKNOWN_OPTION', "'donated'")
})

test('findNonFinite replays a call and names the first operation that left the finite numbers', async () => {
  const f = compile((x: Tensor) => sum(mul(log(x), 2)), { donate: [0] })
  const good = tensor([
    [1, 2],
    [3, 4],
  ])
  const bad = tensor([
    [1, 2],
    [0, 4],
  ])
  expect(await findNonFinite(f, good)).toBeUndefined()
  const before = backend.memory().buffers
  expect(await findNonFinite(f, bad)).toMatchObject({
    primitive: 'log',
    index: [1, 0],
    shape: [2, 2],
    value: -Infinity,
  })
  expect(backend.memory().buffers).toBe(before)
  expect(bad.isReleased).toBe(false)
  expect(
    await findNonFinite(
      f,
      tensor([
        [1, NaN],
        [1, 1],
      ]),
    ),
  ).toMatchObject({ primitive: 'input', position: 0, index: [0, 1] })
})

test('checkFinite throws NON_FINITE with the operation and the first index', async () => {
  const x = tensor([
    [1, 2],
    [1000, 4],
  ])
  const before = backend.memory().buffers
  await expectCode(
    () => checkFinite((y: Tensor) => exp(square(y)), x),
    'NON_FINITE',
    "'exp'",
    'Infinity',
    '[1, 0]',
    '[2, 2]',
  )
  expect(backend.memory().buffers).toBe(before)
  await checkFinite((y: Tensor) => exp(y), tensor([1]))
  // What constants alone make is found as well, and an infinity that was asked for is not.
  await expectCode(() => checkFinite((y: Tensor) => add(y, div(full([], 1), 0)), tensor([1])), 'NON_FINITE', "'div'")
  await checkFinite((y: Tensor) => where(tensor([true]), y, Infinity), tensor([1]))
})

test('named scopes tell where an instruction was traced, and where its gradient comes from', async () => {
  const f = (x: Tensor): Tensor => namedScope('outer', () => sum(namedScope('inner', () => log(square(x)))))
  const scopes = (program: ReturnType<ReturnType<typeof trace>>): (string | undefined)[] =>
    program.instructions.map(({ scope }) => scope)
  expect(scopes(trace(f)(tensor([1, 2])))).toEqual(['outer inner', 'outer inner', 'outer'])
  const back = trace((x: Tensor) => grad(f)(x))(tensor([1, 2]))
  const division = back.instructions.find(({ primitive }) => primitive === 'div')
  expect(division?.scope).toBe('gradient of outer inner')
  expect(await findNonFinite(compile(f), tensor([1, 0]))).toMatchObject({ primitive: 'log', scope: 'outer inner' })
  await expectCode(() => checkFinite(f, tensor([0])), 'NON_FINITE', "'log' of outer inner")
  // A scope ends with its function, also where that throws.
  expect(() => namedScope('lost', () => log(wrong(1)))).toThrow()
  expect(trace((x: Tensor) => log(x))(tensor(1)).instructions[0]).not.toHaveProperty('scope')
})
