import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  cast,
  checkGradients,
  concat,
  cos,
  cumsum,
  customGradient,
  div,
  elu,
  exp,
  gather,
  gelu,
  grad,
  hessian,
  identity,
  isTensor,
  jacobian,
  leakyRelu,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  mean,
  mish,
  mul,
  neg,
  norm,
  ones,
  pow,
  relu,
  reshape,
  selu,
  setDefaultBackend,
  sigmoid,
  silu,
  sin,
  slice,
  softmax,
  softplus,
  softsign,
  sqrt,
  square,
  standardDeviation,
  stopGradient,
  sub,
  sum,
  tanh,
  tensor,
  tidy,
  topK,
  transpose,
  valueAndGrad,
  valueAndGradWithAux,
  variance,
  vjp,
  where,
  zeros,
  type NestedArray,
  type Tensor,
} from '../src/index.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

const backend = reference()
setDefaultBackend(backend)
const f64 = { dtype: 'float64' } as const
const at = (f: (x: Tensor) => Tensor, x: number): NestedArray => grad(f)(tensor(x, f64)).toArraySync()

test("the derivative of the chapter's activations, by hand", () => {
  const s = 1 / (1 + Math.exp(-0.7))
  expect(at(sigmoid, 0.7)).toBeCloseTo(s * (1 - s), 14)
  expect(at(tanh, 0.7)).toBeCloseTo(1 - Math.tanh(0.7) ** 2, 14)
  expect(at(relu, 0.7)).toBe(1)
  expect(at(relu, -0.7)).toBe(0)
  expect(at(leakyRelu, -0.7)).toBe(0.01)
  expect(at(identity, 0.7)).toBe(1)
})

test('derivatives far out stay finite', () => {
  for (const f of [sigmoid, tanh, softplus, elu, selu, silu, gelu, mish, softsign])
    for (const x of [-800, 800]) expect(Number.isFinite(at(f, x) as number), `${f.name} at ${x}`).toBe(true)
  expect(grad((x) => logSumExp(x))(tensor([1000, 1000], f64)).toArraySync()).toEqual([0.5, 0.5])
  expect(grad((x) => sum(pow(x, 2)))(tensor([0, -2], f64)).toArraySync()).toEqual([0, -4])
  expect(at((x) => pow(x, 0), 0)).toBe(0)
})

test('gradients of trees have the structure of the tree', () => {
  const params = { layers: [{ w: tensor([2]) }, { w: tensor([3]) }], b: tensor(1), unused: tensor([[7, 8]]) }
  const [value, g] = valueAndGrad((p: typeof params) => sum(add(mul(p.layers[0]!.w, p.layers[1]!.w), p.b)))(params)
  expect(value.toArraySync()).toBe(7)
  expect(g.layers.map(({ w }) => w.toArraySync())).toEqual([[3], [2]])
  expect(g.b.toArraySync()).toBe(1)
  expect(g.unused.toArraySync()).toEqual([[0, 0]])
})

test('each gradient is a handle of its own', () => {
  const [a, b] = [tensor(2), tensor(3)]
  const g = grad(({ x, y }: { x: Tensor; y: Tensor }) => add(x, y))({ x: a, y: b })
  g.x.dispose()
  expect(g.y.toArraySync()).toBe(1)
  const [value, pullback] = vjp(add, a, b)
  const upstream = tensor(5)
  const [da, db] = pullback(upstream)
  da!.dispose()
  expect(db!.toArraySync()).toBe(5)
  db!.dispose()
  expect(upstream.toArraySync()).toBe(5)
  pullback.dispose()
  expect(value.toArraySync()).toBe(5)
})

test('what a value is used for twice adds up', () => {
  expect(at((x) => add(mul(x, x), mul(3, x)), 2)).toBe(7)
  expect(at((x) => sub(x, x), 2)).toBe(0)
})

test('broadcast operands get the sum over where they were stretched', () => {
  const f = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => sum(mul(a, b))
  const g = grad(f)({ a: tensor([[1], [2]], f64), b: tensor([1, 2, 3], f64) })
  expect(g.a.toArraySync()).toEqual([[6], [6]])
  expect(g.b.toArraySync()).toEqual([3, 3, 3])
  const scalar = grad((x: Tensor) => sum(add(x, ones([2, 3], f64))))(tensor(0, f64))
  expect(scalar.shape).toEqual([])
  expect(scalar.toArraySync()).toBe(6)
})

test('stopGradient is a constant', () => {
  expect(at((x) => mul(x, stopGradient(x)), 3)).toBe(3)
  expect(at((x) => stopGradient(square(x)), 3)).toBe(0)
})

test('gradients of gradients, by hand', () => {
  // x^3: 3x^2, 6x, 6.
  const cube = (x: Tensor): Tensor => mul(x, mul(x, x))
  expect(at(grad(cube), 2)).toBe(12)
  expect(at(grad(grad(cube)), 2)).toBe(6)
  expect(at(grad(grad(grad(cube))), 2)).toBe(0)
  expect(
    at(
      grad((x) => sin(x)),
      0.3,
    ),
  ).toBeCloseTo(-Math.sin(0.3), 14)
  expect(at(grad(tanh), 0.3)).toBeCloseTo(-2 * Math.tanh(0.3) * (1 - Math.tanh(0.3) ** 2), 14)
  expect(
    at(
      grad((x) => log(x)),
      2,
    ),
  ).toBeCloseTo(-0.25, 14)
  // An inner gradient by x inside an outer one by the same x.
  expect(at((x) => mul(x, grad(cube)(x)), 2)).toBe(9 * 4)
  // A gradient penalty: d/dw of |d/dx (w x)^2|^2 = d/dw 4 w^4 x^2 = 16 w^3 x^2.
  const penalty = (w: Tensor): Tensor => square(grad((x: Tensor) => square(mul(w, x)))(tensor(3, f64)))
  expect(at(penalty, 2)).toBeCloseTo(16 * 8 * 9, 9)
})

test('the Hessian of a quadratic form is A + A^T', () => {
  const a = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    f64,
  )
  const form = (x: Tensor): Tensor => sum(mul(x, reshape(matmul(a, reshape(x, [2, 1])), [2])))
  expect(hessian(form)(tensor([5, 6], f64)).toArraySync()).toEqual([
    [2, 5],
    [5, 8],
  ])
})

test('jacobian: rows are outputs, columns inputs', () => {
  const a = tensor(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    f64,
  )
  const linear = (x: Tensor): Tensor => reshape(matmul(a, reshape(x, [3, 1])), [2])
  expect(jacobian(linear)(tensor([1, 1, 1], f64)).toArraySync()).toEqual(a.toArraySync())
  expect(jacobian((x) => mul(x, 2))(zeros([2, 2])).shape).toEqual([2, 2, 2, 2])
  expect(jacobian((x) => slice(x, { begin: [0], size: [0] }))(zeros([3])).shape).toEqual([0, 3])
  expect(jacobian((x) => sum(x))(zeros([3])).toArraySync()).toEqual([1, 1, 1])
  // softmax: diag(p) - p p^T.
  const p = softmax(tensor([1, 2, 3], f64)).dataSync()
  const j = jacobian((x) => softmax(x))(tensor([1, 2, 3], f64)).dataSync()
  for (let i = 0; i < 3; i++)
    for (let k = 0; k < 3; k++) expect(j[3 * i + k]).toBeCloseTo((i === k ? p[i]! : 0) - p[i]! * p[k]!, 14)
})

test('vjp: a pullback may be called again, until it is disposed', async () => {
  const [value, pullback] = vjp((x, y) => mul(exp(x), y), tensor([0, 1], f64), tensor([2, 3], f64))
  expect(value.dataSync()[0]).toBe(2)
  for (const scale of [1, 10]) {
    const [dx, dy] = pullback(tensor([scale, 0], f64))
    expect(dx!.toArraySync()).toEqual([2 * scale, 0])
    expect(dy!.toArraySync()).toEqual([scale, 0])
  }
  await expectCode(() => pullback(tensor([1], f64)), 'SHAPE_MISMATCH', '[1]', '[2]')
  await expectCode(() => pullback(tensor([1, 2])), 'INVALID_ARGUMENT', 'float64')
  pullback.dispose()
  pullback.dispose()
  await expectCode(() => pullback(value), 'INVALID_ARGUMENT', 'disposed')
  await expectCode(() => vjp(() => wrong(3), tensor([1])), 'INVALID_ARGUMENT', 'vjp', 'number')
})

test('aux is passed through and not differentiated', () => {
  const f = (x: Tensor) => [sum(square(x)), { doubled: mul(x, 2), note: 'kept' }] as const
  const [value, g, aux] = valueAndGradWithAux(f)(tensor([1, 2]))
  expect([value, g, aux.doubled].map((t) => t.toArraySync())).toEqual([5, [2, 4], [2, 4]])
  expect(aux.note).toBe('kept')
})

test('further arguments are passed on, and are no variables', () => {
  const f = (x: Tensor, y: Tensor, scale: number): Tensor => sum(mul(mul(x, y), scale))
  expect(grad(f)(tensor([1, 2]), tensor([3, 4]), 10).toArraySync()).toEqual([30, 40])
})

test('a custom gradient replaces the derivative', () => {
  const doubled = customGradient((x) => ({ value: mul(x, 3), pullback: (upstream) => [mul(upstream, 100)] }))
  expect(doubled(tensor(2)).toArraySync()).toBe(6)
  expect(at((x) => doubled(x), 2)).toBe(100)
  // A function that returns its own input.
  const same = customGradient((x) => ({ value: x, pullback: (upstream) => [neg(upstream)] }))
  expect(at((x) => same(x), 2)).toBe(-1)
  expect(at((x) => add(x, same(x)), 2)).toBe(0)
})

test('a custom gradient has derivatives of its own', () => {
  // The pullback reuses y, so the second derivative must know how y depends on x.
  const stable = customGradient((x) => {
    const y = exp(x)
    return { value: y, pullback: (upstream) => [mul(upstream, y)] }
  })
  const e = Math.exp(0.5)
  expect(at((x) => stable(x), 0.5)).toBeCloseTo(e, 14)
  expect(
    at(
      grad((x) => stable(x)),
      0.5,
    ),
  ).toBeCloseTo(e, 14)
  expect(at(grad(grad((x) => stable(x))), 0.5)).toBeCloseTo(e, 14)
})

test('a wrong custom gradient is refused', async () => {
  const run = (gradients: unknown): unknown =>
    grad((x: Tensor) => sum(customGradient((y) => ({ value: y, pullback: () => wrong(gradients) }))(x)))(tensor([1, 2]))
  await expectCode(() => run([]), 'INVALID_ARGUMENT', 'customGradient', '1 gradients')
  await expectCode(() => run([tensor([1])]), 'SHAPE_MISMATCH', '[1]', '[2]')
  await expectCode(() => run([3]), 'INVALID_ARGUMENT', 'gradient 0', 'number')
})

test('what has no gradient says so', async () => {
  await expectCode(() => grad((x) => mul(x, 2))(tensor([1, 2])), 'NOT_DIFFERENTIABLE', '[2]', 'vjp or jacobian')
  await expectCode(() => grad((x) => cast(sum(x), 'int32'))(tensor([1])), 'NOT_DIFFERENTIABLE', 'int32')
  await expectCode(() => grad((x) => sum(x))(tensor([1], { dtype: 'int32' })), 'NOT_DIFFERENTIABLE', 'int32')
  await expectCode(() => grad((p: { a: Tensor }) => sum(p.a))({ a: wrong('x') }), 'NOT_DIFFERENTIABLE', 'a is string')
  await expectCode(() => grad(wrong(async (x: Tensor) => sum(x)))(tensor([1])), 'INVALID_ARGUMENT', 'synchronous')
  await expectCode(() => grad((x) => sum(x))(wrong(new Map())), 'INVALID_ARGUMENT', 'Map')
})

test('whole numbers and indices pass gradients by', () => {
  const g = grad((x: Tensor) => sum(mul(x, cast(cast(x, 'int32'), 'float64'))))(tensor([1.5, 2.5], f64))
  expect(g.toArraySync()).toEqual([1, 2])
  expect(grad((x: Tensor) => sum(topK(x, { k: 2 }).values))(tensor([3, 1, 2], f64)).toArraySync()).toEqual([1, 0, 1])
})

test('grad leaves nothing but the gradient, also when f throws', async () => {
  const x = tensor([1, 2])
  const before = backend.memory().buffers
  const g = grad((y: Tensor) => sum(exp(square(y))))(x)
  expect(backend.memory().buffers).toBe(before + 1)
  g.dispose()
  const failing = (y: Tensor): Tensor => matmul(exp(y), y)
  await expectCode(() => grad(failing)(x), 'SHAPE_MISMATCH')
  await expectCode(() => vjp((y) => failing(y), x), 'SHAPE_MISMATCH')
  await expectCode(() => jacobian(failing)(x), 'SHAPE_MISMATCH')
  expect(backend.memory().buffers).toBe(before)
})

test('tidy inside a differentiated function does not take what the way back needs', () => {
  const f = (x: Tensor): Tensor => tidy(() => sum(exp(square(x))))
  expect(at(f, 1)).toBeCloseTo(2 * Math.E, 12)
})

test('checkGradients passes what is right, in one variable and in several', async () => {
  const x = tensor(
    [
      [0.3, -1.2],
      [2, 0.7],
    ],
    f64,
  )
  const y = tensor(
    [
      [1.1, 0.4],
      [-0.6, 1.9],
    ],
    f64,
  )
  const functions: Record<string, (...xs: Tensor[]) => Tensor> = {
    arithmetic: (a, b) => div(add(mul(a, b), sub(a, b)), add(square(b), 1)),
    matmul: (a, b) => matmul(a, b, { transposeB: true }),
    movement: (a, b) => cumsum(transpose(concat([a, b], { axis: 1 })), { axis: 0 }),
    gather: (a) => gather(a, tensor([1, 1, 0], { dtype: 'int32' })),
    reductions: (a) => add(add(variance(a), standardDeviation(a)), add(max(a), mean(a))),
    norms: (a) => add(norm(a), norm(a, { order: 3, axes: [1] })),
    softmaxes: (a, b) => mul(softmax(a), logSoftmax(b, { axis: 0 })),
    activations: (a) => add(add(gelu(a), mish(a)), add(silu(a), softsign(a))),
    steps: (a, b) => where(cast(relu(a), 'bool'), sqrt(exp(b)), cos(b)),
  }
  for (const [name, f] of Object.entries(functions)) {
    const { ok, worst } = await checkGradients(f, [x, y])
    expect(ok, `${name}: ${JSON.stringify(worst)}`).toBe(true)
  }
  const second = await checkGradients((a) => grad((z: Tensor) => sum(mul(tanh(z), square(z))))(a), [x])
  expect(second.ok).toBe(true)
})

test('checkGradients catches what is wrong, and says where', async () => {
  const bad = customGradient((x) => ({
    value: square(x),
    pullback: (u) => [mul(u, mul(x, tensor([2, 2.001], f64)))],
  }))
  const check = await checkGradients((x) => bad(x), [tensor([1, 1], f64)])
  expect(check.ok).toBe(false)
  expect(check.worst).toMatchObject({ input: 0, element: 1 })
  expect(check.maxError).toBeGreaterThan(1e-4)
  const nan = customGradient((x) => ({ value: square(x), pullback: (u) => [mul(u, NaN)] }))
  expect((await checkGradients((x) => nan(x), [tensor([1], f64)])).ok).toBe(false)
  await expectCode(() => checkGradients((x) => x, [tensor([1])]), 'DTYPE_MISMATCH', 'float64')
  await expectCode(() => checkGradients((x) => x, [], { epsilon: 0 }), 'INVALID_ARGUMENT', 'epsilon')
})

test('checkGradients leaves nothing', async () => {
  const x = tensor([1, 2], f64)
  const before = backend.memory().buffers
  await checkGradients((y) => tanh(y), [x])
  expect(backend.memory().buffers).toBe(before)
})

test('gradients are linear in the function', async () => {
  const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(numbers, fc.double({ min: -3, max: 3, noNaN: true }), async (values, scale) => {
      const x = tensor(values, f64)
      const f = (y: Tensor): Tensor => sum(tanh(y))
      const g = (y: Tensor): Tensor => sum(square(y))
      const both = await grad((y: Tensor) => add(mul(f(y), scale), g(y)))(x).data()
      const [df, dg] = [await grad(f)(x).data(), await grad(g)(x).data()]
      both.forEach((value, i) => expect(value).toBeCloseTo(scale * df[i]! + dg[i]!, 10))
    }),
    { numRuns: 30 },
  )
})

test('the gradient of a tensor is a tensor of its dtype', () => {
  expect(isTensor(grad((x: Tensor) => sum(x))(tensor([1])))).toBe(true)
  expect(grad((x: Tensor) => cast(sum(x), 'float64'))(tensor([1])).dtype).toBe('float32')
})
