import { cpu } from '@neurite/backend-cpu'
import { key, type NeuriteError, randomNormal, tensor, type Backend } from '@neurite/core'
import { approximate, collapseLinear, gradientFlow, networkGraph, traceBackprop } from '@neurite/explain'
import { mse } from '@neurite/losses'
import { dense, sequential, type Layer } from '@neurite/nn'
import { constant } from '@neurite/nn/initializers'
import { afterAll, describe, expect, test } from 'vitest'
import { OTHER_NAMES, OTHERS } from './support/backends.js'

// What explain says of a network is the same on every backend, up to the rounding of float32.

const here = cpu()

/** The same structure and texts, and numbers within 1e-4 of 1 + their size. */
function expectClose(found: unknown, expected: unknown, path = 'result'): void {
  if (typeof expected === 'number') {
    expect(typeof found, path).toBe('number')
    expect(Math.abs((found as number) - expected), path).toBeLessThan(1e-4 * (1 + Math.abs(expected)))
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(found as object), path).toEqual(Object.keys(expected))
    for (const [name, value] of Object.entries(expected)) {
      expectClose((found as Record<string, unknown>)[name], value, `${path}.${name}`)
    }
  } else expect(found, path).toEqual(expected)
}

const batch = (backend: Backend) => ({
  x: randomNormal(key(1), [5, 3], { backend }),
  y: randomNormal(key(2), [5, 2], { backend }),
})

const TANH = sequential([dense(4, { activation: 'tanh' }), dense(2)])
const DYING = sequential([dense(4, { activation: 'relu', biasInitializer: constant(-10) }), dense(2)])
const LINEAR = sequential([dense(4), dense(3), dense(2)])

const params = (model: Layer, backend: Backend) => model.init({ inputShape: [3], seed: 3, backend }).params

describe.each(OTHER_NAMES)('%s', (name) => {
  const engines: Backend[] = []
  afterAll(() => engines.forEach((backend) => backend.dispose()))
  const agree = async (compute: (backend: Backend) => Promise<unknown>): Promise<void> => {
    const there = await OTHERS[name]()
    engines.push(there)
    expectClose(await compute(there), await compute(here))
  }

  test.each([
    ['healthy', TANH],
    ['dying', DYING],
  ])('4.2.4.a gradientFlow of a %s network', async (verdict, model) => {
    await agree(async (backend) => {
      const flow = await gradientFlow(model, params(model, backend), batch(backend), mse)
      expect(flow.verdict).toBe(verdict)
      return { ...flow }
    })
  })

  test('4.2.4.b collapseLinear', async () => {
    await agree(async (backend) => {
      const { weight, bias } = await collapseLinear(LINEAR, params(LINEAR, backend))
      return [await weight.toArray(), await bias.toArray()]
    })
  })

  test('4.3.4 traceBackprop: every value, local and downstream gradient', async () => {
    await agree((backend) =>
      traceBackprop({ model: TANH, loss: mse }, { params: params(TANH, backend), ...batch(backend) }),
    )
  })

  test('4.2.0 networkGraph: the weights of the edges', async () => {
    await agree((backend) => networkGraph(TANH, params(TANH, backend)))
  })

  test('4.1 approximate, where there is float64; elsewhere it says so', async () => {
    const backend = await OTHERS[name]()
    engines.push(backend)
    const sine = (there: Backend) => approximate((x) => Math.sin(x), { domain: [0, 1], neurons: 5, backend: there })
    if (backend.capabilities.dtypes.includes('float64'))
      return expectClose((await sine(backend)).supError, (await sine(here)).supError)
    await expect(sine(backend)).rejects.toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }) as NeuriteError)
  })
})

test('a difference is noticed', () => {
  expect(() => expectClose({ a: [1, 2] }, { a: [1, 2.001] })).toThrow()
  expect(() => expectClose(tensor([1], { backend: here }).shape, [2])).toThrow()
})
