import { cpu } from '@neurite/backend-cpu'
import { compile, setDefaultBackend, tensor, tensorsIn, type Tensor, type Tree } from '@neurite/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accumulate,
  adam,
  addDecayedWeights,
  applyUpdates,
  averageParams,
  chain,
  clipByGlobalNorm,
  clipByValue,
  ema,
  globalNorm,
  scale,
  sgd,
  type Optimizer,
} from '../src/index.js'
import { counting, float64, numbers } from './support/host.js'

setDefaultBackend(cpu())

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 5 })
const changed = (optimizer: Optimizer, grads: Tree, params: Tree = grads): number[] =>
  tensorsIn(optimizer.update(grads, optimizer.init(params), params)[0]).flatMap(numbers)

describe('clipByGlobalNorm', () => {
  test('shortens to max, keeps the direction, and leaves short gradients alone', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (a, b, max) => {
        const length = Math.hypot(...a, ...b)
        const clipped = changed(clipByGlobalNorm(max), [float64(a), { b: float64(b) }])
        const factor = length > max ? max / length : 1
        ;[...a, ...b].forEach((x, i) =>
          expect(Math.abs(clipped[i]! - x * factor)).toBeLessThanOrEqual(1e-12 * Math.abs(x)),
        )
        if (length < max * (1 - 1e-9)) expect(clipped.map((x) => x + 0)).toEqual([...a, ...b].map((x) => x + 0))
      }),
      { seed: 0, numRuns: 60 },
    )
  })

  test('the norm takes the scale out before it squares', () => {
    for (const [dtype, sizes] of [
      ['float32', [1e20, 1e37, 1e-20, 1e-36]],
      ['float64', [1e200, 1e306, 1e-200, 1e-305]],
    ] as const)
      for (const size of sizes) {
        const grads = [tensor([3 * size], { dtype }), { b: tensor([4 * size], { dtype }) }]
        expect(numbers(globalNorm(grads))[0]! / size, `${size}`).toBeCloseTo(5, 5)
        const clipped = changed(clipByGlobalNorm(size < 1 ? size : 1), grads)
        clipped.forEach((x, i) => expect(x / (size < 1 ? size : 1)).toBeCloseTo([0.6, 0.8][i]!, 5))
      }
    expect(numbers(globalNorm([float64([1, Infinity])]))).toEqual([Infinity])
    expect(numbers(globalNorm([float64([1, NaN])]))).toEqual([NaN])
  })

  test('a zero gradient stays zero', () => {
    expect(changed(clipByGlobalNorm(1), [float64([0, 0])])).toEqual([0, 0])
  })

  test('globalNorm of [3] and [[4]] is 5, of nothing 0', () => {
    expect(numbers(globalNorm([float64([3]), { x: float64([4]) }]))).toEqual([5])
    expect(numbers(globalNorm({}))).toEqual([0])
  })
})

test('clipByValue, scale and addDecayedWeights', () => {
  expect(changed(clipByValue(2), [float64([-5, 1, 3])])).toEqual([-2, 1, 2])
  expect(changed(scale(-2), [float64([1, 3])])).toEqual([-2, -6])
  expect(changed(addDecayedWeights(0.5), [float64([1, 3])], [float64([10, 20])])).toEqual([6, 13])
  expect(
    changed(
      addDecayedWeights(0.5, { mask: (path) => path === 'w' }),
      { w: float64([1]), b: float64([1]) },
      { w: float64([10]), b: float64([10]) },
    ),
  ).toEqual([6, 1])
})

test("chain passes on from left to right; L2 in a chain is sgd's weightDecay", () => {
  const g = [float64([1, -3])]
  const p = [float64([2, 2])]
  expect(changed(chain(scale(3), clipByValue(2)), g)).toEqual([2, -2])
  expect(changed(chain(clipByValue(2), scale(3)), g)).toEqual([3, -6])
  expect(changed(chain(addDecayedWeights(0.25), sgd({ learningRate: 0.5 })), g, p)).toEqual(
    changed(sgd({ learningRate: 0.5, weightDecay: 0.25 }), g, p),
  )
})

test('wrong values are named', () => {
  expect(() => clipByGlobalNorm(0)).toThrow(/clipByGlobalNorm: max must be a finite number > 0, got 0/)
  expect(() => clipByValue(-1)).toThrow(/clipByValue: max/)
  expect(() => clipByValue('1' as never)).toThrow(/max/)
  expect(() => scale(NaN)).toThrow(/factor/)
  expect(() => addDecayedWeights(-1)).toThrow(/decay/)
  expect(() => addDecayedWeights(1, { masks: true } as never)).toThrow(/UNKNOWN_OPTION/)
  expect(() => chain()).toThrow(/one optimizer or more/)
  expect(() => chain(sgd as never, sgd())).toThrow(
    /chain: optimizers\[0\] must be an optimizer, as sgd\(\) makes, got the function sgd/,
  )
  expect(() => ema(sgd as never)).toThrow(/ema: optimizer must be an optimizer/)
  expect(() => accumulate({} as never, { every: 2 })).toThrow(/accumulate: optimizer must be an optimizer/)
  expect(() => accumulate(sgd(), { every: 0 })).toThrow(/every must be a whole number >= 1/)
  expect(() => ema(sgd(), { decay: 1 })).toThrow(/decay/)
  expect(() => averageParams(sgd().init({}))).toThrow(/ema\(optimizer\)/)
})

describe('accumulate', () => {
  test("every third step is the optimizer's step with the mean; between them nothing moves", () => {
    const { backend, programs } = counting()
    const inner = adam({ learningRate: 0.1, weightDecay: 0.1 })
    const optimizer: Optimizer = accumulate(inner, { every: 3 })
    const gradients = [
      [1, 2],
      [3, -2],
      [5, 0],
      [1, 1],
      [-1, 1],
      [0.5, 1],
    ]
    let params = { w: float64([1, 1], backend) }
    let state: Tree = optimizer.init(params)
    const step = compile((p: typeof params, s: Tree, g: typeof params) => {
      const [updates, next] = optimizer.update(g, s, p)
      return [applyUpdates(p, updates), next] as const
    })
    const path = gradients.map((g) => {
      ;[params, state] = step(params, state, { w: float64(g, backend) })
      return numbers(params.w)
    })
    expect(programs).toHaveLength(1)

    let expected = { w: float64([1, 1]) }
    let expectedState = inner.init(expected)
    const means = [
      [3, 0],
      [0.5 / 3, 1],
    ]
    const rare = means.map((g) => {
      const [updates, next] = inner.update({ w: float64(g) }, expectedState, expected)
      expected = applyUpdates(expected, updates)
      expectedState = next
      return numbers(expected.w)
    })
    expect(path.slice(0, 2)).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(path[3]).toEqual(path[2])
    expect(path[4]).toEqual(path[2])
    ;[path[2]!, path[5]!].forEach((w, k) => w.forEach((x, i) => expect(x).toBeCloseTo(rare[k]![i]!, 10)))
    expect(numbers((state as { inner: { step: Tensor } }).inner.step)).toEqual([2])
  })
})

describe('ema', () => {
  test('follows average <- decay * average + (1 - decay) * params, and leaves the training alone', () => {
    const plain = sgd({ learningRate: 0.1 })
    const optimizer = ema(plain, { decay: 0.8 })
    let params = { w: float64([1, -1]) }
    let state = optimizer.init(params)
    let average = [1, -1]
    for (const g of [
      [1, 2],
      [3, -2],
      [5, 0],
    ]) {
      const grads = { w: float64(g) }
      const [updates, next] = optimizer.update(grads, state, params)
      expect(numbers((updates as typeof params).w)).toEqual(changed(plain, grads, params))
      params = applyUpdates(params, updates)
      state = next
      average = average.map((a, i) => 0.8 * a + 0.2 * numbers(params.w)[i]!)
      numbers((averageParams(state) as typeof params).w).forEach((a, i) => expect(a).toBeCloseTo(average[i]!, 12))
    }
  })

  test('its average outlives the params it began with, and is found in a chain', () => {
    const optimizer = chain(clipByGlobalNorm(1), accumulate(ema(sgd()), { every: 2 }))
    const params = [float64([7])]
    const state = optimizer.init(params)
    params[0]!.dispose()
    expect(tensorsIn(averageParams(state)).flatMap(numbers)).toEqual([7])
  })
})

test('params and updates of typed trees, with and without bias', () => {
  interface Dense {
    readonly weight: Tensor
    readonly bias?: Tensor
  }
  const params: readonly [{ weight: Tensor; bias?: Tensor }, Record<string, never>, { weight: Tensor }] = [
    { weight: float64([1]) },
    {},
    { weight: float64([2]) },
  ]
  const optimizer = sgd({ learningRate: 1 })
  const [updates] = optimizer.update(params, optimizer.init(params), params)
  const next = applyUpdates(params, updates)
  const first: Dense = next[0]
  expect(numbers(first.weight)).toEqual([0])
})
