import * as core from '@neurite/core'
import { setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { activation, dense, resolveActivation, type ActivationName } from '../src/index.js'
import { expectClose } from './support/expect-close.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const x = (): Tensor => tensor([[-3, -0.5, 0, 0.25, 7]], { dtype: 'float64' })

// The chapter's six (section 4.2.4) and the rest of the field's, by hand.
const softplus = (v: number): number => Math.log1p(Math.exp(v))
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v))
const FORMULAS: Readonly<Partial<Record<ActivationName, (v: number) => number>>> = {
  identity: (v) => v,
  linear: (v) => v,
  sigmoid,
  tanh: Math.tanh,
  relu: (v) => Math.max(0, v),
  leakyRelu: (v) => (v > 0 ? v : 0.01 * v),
  relu6: (v) => Math.min(Math.max(0, v), 6),
  elu: (v) => (v > 0 ? v : Math.expm1(v)),
  selu: (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v)),
  silu: (v) => v * sigmoid(v),
  softplus,
  softsign: (v) => v / (1 + Math.abs(v)),
  mish: (v) => v * Math.tanh(softplus(v)),
  hardSigmoid: (v) => Math.min(Math.max(v / 6 + 0.5, 0), 1),
  hardTanh: (v) => Math.min(Math.max(v, -1), 1),
}

describe('4.2.4 activations by name', () => {
  test.each(Object.entries(FORMULAS))('%s is its formula, as a layer and in dense', async (name, formula) => {
    const data = Float64Array.from(await x().data(), formula)
    await expectClose(activation(name as ActivationName).apply({}, x()), { shape: [1, 5], data }, 1e-12)
    const inDense = dense(5, { activation: name as ActivationName, useBias: false })
    await expectClose(inDense.apply({ weight: core.eye(5, { dtype: 'float64' }) }, x()), { shape: [1, 5], data }, 1e-12)
  })

  // Points of both signs, from next to nothing to where results are next to 0 or to a bound, no powers of 2.
  const sizes = [
    1.1e-30, 3.3e-12, 1.7e-7, 1.3e-4, 0.0113, 0.3, 0.97, 3.3, 7.7, 15.3, 33.3, 61.7, 79.9, 1.1e3, 1.3e8, 1.7e30,
  ]
  const points = [...sizes, ...sizes.map((v) => -v)]
  const exact: typeof FORMULAS = {
    ...FORMULAS,
    // Without the cancellation, or the overflow, of the formulas above.
    sigmoid: (v) => (v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v))),
    silu: (v) => v * exact.sigmoid!(v),
    softplus: (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
    mish: (v) => v * Math.tanh(exact.softplus!(v)),
  }
  test.each(Object.entries(exact))('%s keeps its digits near 0 and far out', async (name, formula) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [unit, least] = dtype === 'float32' ? [2 ** -24, 2 ** -124] : [2 ** -53, 2 ** -1020]
      const y = await activation(name as ActivationName)
        .apply({}, tensor([points], { dtype }))
        .data()
      for (const [i, point] of points.entries()) {
        const v = dtype === 'float32' ? Math.fround(point) : point
        // An argument's rounding is multiplied by the argument in a power of e.
        const ulps = 8 + 2 * Math.min(Math.abs(v), 128)
        const error = Math.abs(y[i]! - formula(v))
        // A straight piece ends in a difference of numbers of size 1.
        const size = name === 'hardSigmoid' ? 1 : Math.abs(formula(v))
        expect(error, `${name}(${v}) in ${dtype} is ${y[i]}, not ${formula(v)}`).toBeLessThanOrEqual(
          Math.max(ulps * unit * size, least),
        )
      }
    }
  })

  test('gelu keeps its digits far out, as it is and by tanh', async () => {
    const v = [-0.5, -3.3, -4.9, -8, 3.3, 8.8]
    const byTanh = await core.gelu(tensor(v), { approximate: 'tanh' }).data()
    const itself = await core.gelu(tensor([...v, -12.5])).data()
    // The normal distribution function, by mpmath with 30 digits.
    const phi = [
      0.3085375387259869, 0.00048342414238377744, 4.791832765903204e-7, 6.220960574271785e-16, 0.9995165758576162, 1,
    ]
    v.forEach((at, i) => {
      const z = 2 * Math.sqrt(2 / Math.PI) * (at + 0.044715 * at ** 3)
      const expected = at / (1 + Math.exp(-z))
      expect(Math.abs(byTanh[i]! / expected - 1), `by tanh at ${at}`).toBeLessThan(1e-5)
      expect(Math.abs(itself[i]! / (at * phi[i]!) - 1), `at ${at}`).toBeLessThan(1e-5)
    })
    expect(Math.abs(itself.at(-1)! / -4.6657053735971417e-35 - 1)).toBeLessThan(3e-5)
  })

  test('softmax goes along the last axis', async () => {
    const e = Array.from(await x().data(), Math.exp)
    const total = e.reduce((a, b) => a + b)
    await expectClose(activation('softmax').apply({}, x()), { shape: [1, 5], data: e.map((v) => v / total) }, 1e-12)
  })

  test('gelu uses the normal distribution', async () => {
    // scipy.stats.norm.cdf(1) = 0.8413447460685429
    await expectClose(
      activation('gelu').apply({}, tensor([[1]], { dtype: 'float64' })),
      { shape: [1, 1], data: [0.8413447460685429] },
      1e-7,
    )
  })

  test('a function is taken as it is', async () => {
    const doubled = dense(1, { activation: (y) => core.mul(y, 2), useBias: false })
    expect(await doubled.apply({ weight: tensor([[3]]) }, tensor([[5]])).toArray()).toEqual([[30]])
  })

  test('an unknown name is an error that lists the known ones', () => {
    for (const wrong of ['rleu', 'toString', '__proto__', 'constructor', ['relu'], 5, {}]) {
      expect(() => dense(1, { activation: wrong as ActivationName })).toThrow(
        /dense: unknown activation .*known: identity, linear, sigmoid.*hardTanh; or pass a function.*INVALID_ARGUMENT/,
      )
    }
    expect(() => resolveActivation(undefined as never)).toThrow(/INVALID_ARGUMENT/)
  })
})
