import { describe, expect, test } from 'vitest'
import {
  abs,
  add,
  clip,
  div,
  elu,
  erf,
  erfc,
  exp,
  expm1,
  gelu,
  grad,
  hardSigmoid,
  hardTanh,
  hessian,
  identity,
  leakyRelu,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  min,
  minimum,
  mish,
  mul,
  neg,
  norm,
  pow,
  reciprocal,
  relu,
  relu6,
  reshape,
  selu,
  setDefaultBackend,
  sigmoid,
  sign,
  silu,
  sin,
  softmax,
  softplus,
  softsign,
  sqrt,
  square,
  standardDeviation,
  sum,
  tanh,
  tensor,
  variance,
  type Tensor,
} from '../src/index.js'
import { layerNorm, maxPool2d } from '../src/functional/index.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

type F = (x: Tensor) => Tensor
const f64 = { dtype: 'float64' } as const
const number = (x: Tensor): number => x.toArraySync() as number

/** f and its first three derivatives, of a function of one number. */
function derivatives(f: F): ((x: number) => number)[] {
  const orders: F[] = [f]
  for (let n = 0; n < 3; n++) orders.push(grad(orders[n]!))
  return orders.map((g) => (x) => number(g(tensor(x, f64))))
}

/** Each derivative against differences of the one before, of fourth order. */
function expectDifferences(f: F, x: number, what: string): void {
  const orders = derivatives(f)
  const h = 1e-3 * Math.max(1, Math.abs(x) / 10)
  for (let n = 1; n < orders.length; n++) {
    const before = orders[n - 1]!
    const numeric = (8 * (before(x + h) - before(x - h)) - (before(x + 2 * h) - before(x - 2 * h))) / (12 * h)
    const analytic = orders[n]!(x)
    const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(analytic))
    expect(error, `${what}: derivative ${n} at ${x} is ${analytic}, by differences ${numeric}`).toBeLessThan(1e-8)
  }
}

/** One number, and the same number shifted: what mixes elements. */
const among =
  (f: F): F =>
  (x) =>
    sum(mul(f(add(mul(x, tensor([1, -0.5, 2], f64)), tensor([0, 0.3, -0.1], f64))), tensor([1, 2, -1], f64)))

/** Every activation, where it has kinks in itself or in a derivative. */
const ACTIVATIONS: readonly { readonly name: string; readonly f: F; readonly kinks?: readonly number[] }[] = [
  { name: 'identity', f: identity },
  { name: 'sigmoid', f: sigmoid },
  { name: 'tanh', f: tanh },
  { name: 'relu', f: relu, kinks: [0] },
  { name: 'relu6', f: relu6, kinks: [0, 6] },
  { name: 'leakyRelu', f: (x) => leakyRelu(x, { negativeSlope: 0.2 }), kinks: [0] },
  { name: 'elu', f: elu, kinks: [0] },
  { name: 'elu, alpha 0.5', f: (x) => elu(x, { alpha: 0.5 }), kinks: [0] },
  { name: 'selu', f: selu, kinks: [0] },
  { name: 'gelu', f: gelu },
  { name: 'gelu by tanh', f: (x) => gelu(x, { approximate: 'tanh' }) },
  { name: 'silu', f: silu },
  { name: 'softplus', f: softplus },
  { name: 'softsign', f: softsign, kinks: [0] },
  { name: 'mish', f: mish },
  { name: 'hardSigmoid', f: hardSigmoid, kinks: [-3, 3] },
  { name: 'hardTanh', f: hardTanh, kinks: [-1, 1] },
  { name: 'softmax', f: among(softmax) },
  { name: 'logSoftmax', f: among(logSoftmax) },
]

describe('the first three derivatives of activations', () => {
  const points = [0, 0.004, -0.004, 0.7, -0.7, 1.004, -1.004, 2.996, -2.996, 5.996, 6.004, -6, 17, -17]
  for (const { name, f, kinks = [] } of ACTIVATIONS) {
    test(`${name}: by differences, and 0 or next to it far out`, () => {
      for (const x of points) if (kinks.every((kink) => Math.abs(x - kink) > 0.003)) expectDifferences(f, x, name)
      for (const x of [-1000, -100, 100, 1000]) {
        const [, , second, third] = derivatives(f)
        // A softsign still bends: 2 / (1 + |x|)^3.
        expect(Math.abs(second!(x)), `${name}: second derivative at ${x}`).toBeLessThan(1e-5)
        expect(Math.abs(third!(x)), `${name}: third derivative at ${x}`).toBeLessThan(1e-5)
      }
    })
  }
})

test('at 0 smooth functions have the derivatives of their series', () => {
  const at0 = (f: F): number[] =>
    derivatives(f)
      .slice(1)
      .map((g) => g(0))
  const close = (f: F, expected: number[]): void => at0(f).forEach((d, i) => expect(d).toBeCloseTo(expected[i]!, 12))
  close(softplus, [1 / 2, 1 / 4, 0])
  close(sigmoid, [1 / 4, 0, -1 / 8])
  close(tanh, [1, 0, -2])
  close(silu, [1 / 2, 1 / 2, 0])
  close(gelu, [1 / 2, Math.sqrt(2 / Math.PI), 0])
  close(mish, [0.6, 0.64, -0.096])
  close(expm1, [1, 1, 1])
  close(log1p, [1, -1, 2])
  close(erf, [2 / Math.sqrt(Math.PI), 0, -4 / Math.sqrt(Math.PI)])
  close(erfc, [-2 / Math.sqrt(Math.PI), 0, 4 / Math.sqrt(Math.PI)])
})

test("at kinks the gradient is PyTorch's", () => {
  const at = (f: F, x: number): number => number(grad(f)(tensor(x, f64)))
  const table: readonly (readonly [string, F, number, number])[] = [
    ['relu', relu, 0, 0],
    ['relu6', relu6, 0, 0],
    ['relu6', relu6, 6, 0],
    ['leakyRelu', (x) => leakyRelu(x, { negativeSlope: 0.3 }), 0, 0.3],
    ['elu', elu, 0, 1],
    ['elu', (x) => elu(x, { alpha: 0.5 }), 0, 0.5],
    ['selu', selu, 0, 1.0507009873554805 * 1.6732632423543772],
    ['softsign', softsign, 0, 1],
    ['hardTanh', hardTanh, -1, 0],
    ['hardTanh', hardTanh, 1, 0],
    ['hardSigmoid', hardSigmoid, -3, 0],
    ['hardSigmoid', hardSigmoid, 3, 0],
    ['abs', abs, 0, 0],
    ['sign', sign, 0, 0],
    ['clip', (x) => clip(x, { minimum: 0, maximum: 1 }), 0, 1],
    ['clip', (x) => clip(x, { minimum: 0, maximum: 1 }), 1, 1],
    ['clip', (x) => clip(x, { minimum: 0 }), 0, 1],
    ['clip', (x) => clip(x, { maximum: 0 }), 0, 1],
    ['maximum', (x) => maximum(x, 0), 0, 0.5],
    ['minimum', (x) => minimum(0, x), 0, 0.5],
    ['pow', (x) => pow(x, 0), 0, 0],
    ['pow', (x) => pow(x, 1), 0, 1],
    ['pow', (x) => pow(0, x), 0, 0],
    ['norm', (x) => norm(reshape(x, [1])), 0, 0],
    ['norm', (x) => norm(reshape(x, [1]), { order: 1 }), 0, 0],
    ['norm', (x) => norm(reshape(x, [1]), { order: 0.5 }), 0, 0],
    ['norm', (x) => norm(reshape(x, [1]), { order: 3 }), 0, 0],
    ['norm', (x) => norm(reshape(x, [1]), { order: Infinity }), 0, 0],
    ['standardDeviation', (x) => standardDeviation(mul(x, tensor([1, 1], f64))), 3, 0],
  ]
  for (const [name, f, x, expected] of table) expect(at(f, x), `${name} at ${x}`).toBe(expected)
  // Of equal extremes each gets its share; of a window, the first.
  const three = tensor([2, 2, 1], f64)
  expect(grad((x) => max(x))(three).toArraySync()).toEqual([0.5, 0.5, 0])
  expect(grad((x) => min(neg(x)))(three).toArraySync()).toEqual([-0.5, -0.5, -0])
  const pooled = grad((x: Tensor) => sum(maxPool2d(reshape(x, [1, 1, 2, 1]), { window: [1, 2] })))
  expect(pooled(tensor([4, 4], f64)).toArraySync()).toEqual([1, 0])
})

test('NaN comes through what is made of straight lines', () => {
  for (const f of [relu6, hardTanh, hardSigmoid, (x: Tensor) => clip(x, { minimum: 0, maximum: 1 }), softplus])
    expect(number(f(tensor(NaN, f64)))).toBeNaN()
})

describe('no gradient makes NaN where the derivative is a number', () => {
  const nth = (f: F, n: number): F => (n === 0 ? f : nth(grad(f), n - 1))
  const at = (f: F, n: number, x: number): number => number(nth(f, n)(tensor(x, f64)))

  test('powers with a constant exponent, of every order', () => {
    expect(hessian((x) => sum(pow(x, 0)))(tensor([0], f64)).toArraySync()).toEqual([[0]])
    expect(at((x) => exp(neg(pow(x, 2))), 4, 0)).toBe(12)
    for (const x of [0, 1e-200, -1e-200, 2])
      for (let n = 0; n < 6; n++) {
        expect(
          at((y) => pow(y, 3), n, x),
          `${n}-th derivative of x^3 at ${x}`,
        ).toBeCloseTo([x ** 3, 3 * x * x, 6 * x, 6, 0, 0][n]!, 12)
        expect(at((y) => pow(y, 0), n, x)).toBe(n === 0 ? 1 : 0)
      }
  })

  test('0 to a power, and its logarithm', () => {
    // 0^b is 0 for b > 0, and so are its derivatives; x^b has those of b x^(b-1) there.
    for (const n of [1, 2, 3]) expect(at((b) => pow(0, b), n, 2)).toBe(0)
    const f = (x: Tensor): Tensor => pow(x, add(square(x), 2))
    for (const n of [1, 2]) expect(at(f, n, 0)).toBe(n === 1 ? 0 : 2)
    expectDifferences(f, 1.3, 'x^(x^2 + 2)')
  })

  test('norms and standard deviations of 0', () => {
    const over = tensor([1, 1, 1], f64)
    for (const order of [1, 1.5, 2, 3])
      for (const n of [1, 2, 3])
        expect(
          at((x) => norm(mul(x, over), { order }), n, 0),
          `order ${order}`,
        ).toBe(0)
    for (const n of [1, 2, 3]) expect(at((x) => standardDeviation(mul(x, over)), n, 2)).toBe(0)
    expectDifferences(
      (x) => norm(add(mul(x, tensor([1, -2, 0], f64)), tensor([0, 1, 0], f64)), { order: 1.5 }),
      0.2,
      'norm of order 1.5',
    )
    expectDifferences((x) => norm(add(mul(x, tensor([1, -2], f64)), tensor([0, 1], f64))), 0.2, 'norm')
    expectDifferences(
      (x) => standardDeviation(add(mul(x, tensor([1, -2], f64)), tensor([0, 1], f64))),
      0.2,
      'deviation',
    )
  })

  test('functions at their ends', () => {
    expectDifferences((x) => log(add(square(x), 1)), 0, 'log')
    expectDifferences((x) => sqrt(add(square(x), 1)), 0, 'sqrt')
    expectDifferences((x) => reciprocal(add(square(x), 1)), 0, 'reciprocal')
    expectDifferences((x) => div(sin(x), add(exp(x), 1)), 0, 'div')
    expectDifferences(
      among((x) => logSumExp(x)),
      0,
      'logSumExp',
    )
    expectDifferences(
      among((x) => variance(x)),
      0,
      'variance',
    )
    expectDifferences(
      among((x) => layerNorm(x, tensor(1, f64), tensor(0, f64))),
      1.5,
      'layerNorm',
    )
  })

  test('the derivative of expm1 keeps its digits', () => {
    expect(at(expm1, 1, -30) / Math.exp(-30)).toBeCloseTo(1, 14)
    expect(at(elu, 1, -30) / Math.exp(-30)).toBeCloseTo(1, 14)
  })
})

describe('norms take the scale out before they square', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const scales = dtype === 'float32' ? [1, 1e20, 1e37, 1e-20, 1e-37] : [1, 1e200, 1e306, 1e-200, 1e-306]
    const digits = dtype === 'float32' ? 6 : 13

    test(`in ${dtype}, in value and gradient`, () => {
      for (const scale of scales) {
        const x = tensor([3 * scale, -4 * scale, 0], { dtype })
        for (const [order, length] of [
          [1, 7],
          [2, 5],
          [3, 91 ** (1 / 3)],
          [Infinity, 4],
        ] as const) {
          expect(number(norm(x, { order })) / scale, `${order}-norm at ${scale}`).toBeCloseTo(length, digits)
          const gradient = grad((y: Tensor) => norm(y, { order }))(x).toArraySync() as number[]
          const expected =
            order === Infinity
              ? [0, -1, 0]
              : [3, -4, 0].map((v) => (Math.sign(v) * Math.abs(v) ** (order - 1)) / length ** (order - 1))
          gradient.forEach((g, i) =>
            expect(g, `gradient of the ${order}-norm at ${scale}`).toBeCloseTo(expected[i]!, digits),
          )
        }
        const pair = tensor([scale, 3 * scale], { dtype })
        expect(number(standardDeviation(pair)) / scale, `deviation at ${scale}`).toBeCloseTo(1, digits)
      }
      expect(number(norm(tensor([1, Infinity], { dtype })))).toBe(Infinity)
      expect(number(norm(tensor([1, NaN], { dtype })))).toBeNaN()
      expect(number(norm(tensor([0, 0], { dtype })))).toBe(0)
    })
  }
})
