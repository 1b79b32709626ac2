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
    for (const wrong of ['rleu', 'toString', '__proto__', 'constructor']) {
      expect(() => dense(1, { activation: wrong as ActivationName })).toThrow(
        /dense: unknown activation .*known: identity, linear, sigmoid.*hardTanh; or pass a function.*INVALID_ARGUMENT/,
      )
    }
    expect(() => resolveActivation(undefined as never)).toThrow(/INVALID_ARGUMENT/)
  })
})
