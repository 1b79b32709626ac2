import { cpu } from '@neurite/backend-cpu'
import { key, mul, setDefaultBackend, sin, square, tensor, type Tensor } from '@neurite/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { approximate, type Approximation, type RealFunction } from '../src/index.js'
import { suitableActivation } from '../src/approximation/activation.js'
import { gridOf, sample, trainingPoints } from '../src/approximation/box.js'
import { fitNetwork, type Problem } from '../src/approximation/fit-network.js'
import { leastSquares, normalEquations, solveDamped } from '../src/approximation/least-squares.js'

beforeAll(() => setDefaultBackend(cpu()))

/** Franke 1979, on the unit square. */
const franke = (x: number, y: number): number =>
  0.75 * Math.exp(-((9 * x - 2) ** 2 + (9 * y - 2) ** 2) / 4) +
  0.75 * Math.exp(-((9 * x + 1) ** 2) / 49 - (9 * y + 1) / 10) +
  0.5 * Math.exp(-((9 * x - 7) ** 2 + (9 * y - 3) ** 2) / 4) -
  0.2 * Math.exp(-((9 * x - 4) ** 2) - (9 * y - 7) ** 2)

const FUNCTIONS: readonly (readonly [name: string, f: RealFunction, low: number, high: number])[] = [
  ['sin(2 pi x)', (x) => Math.sin(2 * Math.PI * x), 0, 1],
  ['|x|', (x) => Math.abs(x), -1, 1],
  ['Runge', (x) => 1 / (1 + 25 * x * x), -1, 1],
  ['a smoothed step', (x) => 1 / (1 + Math.exp(-20 * x)), -1, 1],
  ['exp(-x) sin(8x)', (x) => Math.exp(-x) * Math.sin(8 * x), 0, 3],
]

/** The largest error on a grid of the test's own, by the formula and the plain numbers. */
function supOf(
  { weights: { w, b, v } }: Approximation,
  f: RealFunction,
  box: readonly (readonly [number, number])[],
): number {
  let worst = 0
  const n = box.length === 1 ? 3001 : 57
  for (let s = 0; s < n ** box.length; s++) {
    const x = box.map(([low, high], k) => low + ((high - low) * (Math.floor(s / n ** k) % n)) / (n - 1))
    const F = v.reduce((sum, vi, i) => sum + vi * Math.tanh(x.reduce((z, xk, k) => z + xk * w[i]![k]!, b[i]!)), 0)
    worst = Math.max(worst, Math.abs(F - f(...x)))
  }
  return worst
}

describe('4.1 universal approximation', () => {
  test.each(FUNCTIONS)('4.1 |F - f| < 1e-2 for %s', async (_, f, low, high) => {
    const F = await approximate(f, { domain: [low, high], tolerance: 0.01 })
    expect(F.reached).toBe(true)
    expect(F.supError).toBeLessThan(0.01)
    expect(F.rmsError).toBeLessThan(F.supError)
    expect(F.neurons).toBeLessThanOrEqual(20)
    expect(supOf(F, f, [[low, high]])).toBeLessThan(0.01)
  })

  test("4.1 |F - f| < 1e-2 for Franke's function and x y", async () => {
    const product = await approximate((x, y) => x * y, {
      domain: [
        [-1, 1],
        [-1, 1],
      ],
      neurons: 10,
    })
    expect(product.supError).toBeLessThan(0.01)
    const hills = await approximate(franke, {
      domain: [
        [0, 1],
        [0, 1],
      ],
      neurons: 60,
    })
    expect(hills.supError).toBeLessThan(0.01)
    expect(
      supOf(hills, franke, [
        [0, 1],
        [0, 1],
      ]),
    ).toBeLessThan(0.01)
  })

  test('4.1 in three dimensions too', async () => {
    const box = [
      [0, 1],
      [0, 1],
      [-1, 1],
    ] as const
    const f: RealFunction = (x, y, z) => Math.sin(x + 2 * y - z)
    const F = await approximate(f, { domain: box, neurons: 12, steps: 24 })
    expect(F.supError).toBeLessThan(0.01)
    expect(supOf(F, f, box)).toBeLessThan(0.015)
  })

  test.each(FUNCTIONS)('4.1 the error falls as N grows: %s', async (_, f, low, high) => {
    const errors: number[] = []
    // The whole table, with more steps, is examples/approximate.ts.
    for (const neurons of [5, 10, 20, 40])
      errors.push((await approximate(f, { domain: [low, high], neurons, steps: 24 })).supError)
    errors.slice(1).forEach((error, i) => expect(error).toBeLessThanOrEqual(errors[i]!))
    expect(errors.at(-1)).toBeLessThan(errors[0]! / 10)
  })

  test.each([
    ['sqrt(|x|)', (x: number) => Math.sqrt(Math.abs(x)), 2e-3],
    ['|x - 0.3|', (x: number) => Math.abs(x - 0.3), 2e-3],
    ['a step', (x: number) => (x > 0.1 ? 1 : 0), 1e-3],
    ['two steps and a cusp', (x: number) => Math.sign(x + 0.6) + Math.floor(2 * x) + Math.cbrt(x), 2e-2],
    ['sin(2 pi x)', (x: number) => Math.sin(2 * Math.PI * x), 1e-5],
  ])('4.1 no network is worse than a smaller one: %s', async (_, f, error) => {
    const box = [[-1, 1]] as const
    const [points, heldOut] = [trainingPoints(f, box), gridOf(1, 'held out')]
    const problem: Problem = {
      phi: await suitableActivation('tanh', undefined),
      points,
      targets: sample(f, points, box),
      heldOut: { points: heldOut, targets: sample(f, heldOut, box) },
      steps: 20,
      goal: 0,
      random: key(0),
      pause: () => Promise.resolve(),
      known: [],
    }
    const last = await fitNetwork(problem, 24)
    expect(last.supError).toBeLessThan(error)
    expect(last.network.b).toHaveLength(24)
    problem.known.slice(1).forEach(({ best }, i) => {
      expect(best.supError).toBeLessThanOrEqual(problem.known[i]!.best.supError)
      expect(best.network.v).toHaveLength(i + 2)
    })
    const again = await approximate(f, { domain: [-1, 1], neurons: 9, steps: 20 })
    expect(again.supError).toBe(problem.known[8]!.best.supError)
  })

  test.each([
    ['sigmoid', 'sigmoid'],
    ['relu', 'relu'],
    ['softplus', 'softplus'],
    ['sin', sin],
    ['x sin(x)^2', (x: Tensor) => mul(x, square(sin(x)))],
  ] as const)('4.1 any phi that is no polynomial will do: %s', async (_, activation) => {
    const F = await approximate((x) => Math.cos(3 * x), { domain: [-1, 1], neurons: 30, activation, steps: 20 })
    expect(F.supError).toBeLessThan(0.01)
  })

  test('4.1 a phi that is a polynomial is refused, and softmax', async () => {
    const refused = async (activation: never, words: RegExp): Promise<void> => {
      await expect(approximate(Math.abs, { domain: [-1, 1], activation })).rejects.toThrow(words)
    }
    await refused('identity' as never, /'identity' is a linear function, so .* polynomials of degree 1 at most/)
    await refused('linear' as never, /linear function/)
    await refused(((x: Tensor) => mul(x, -3)) as never, /given as a function is a linear function/)
    await refused(square as never, /polynomial of degree 2/)
    await refused(((x: Tensor) => mul(square(x), mul(x, 1e-3))) as never, /polynomial of degree 3/)
    await refused(((x: Tensor) => mul(x, 0)) as never, /constant/)
    await refused('softmax' as never, /no function of one number/)
    await refused('sine' as never, /unknown activation/)
  })

  test('4.1 the result is a model of nn, the same function however it is evaluated', async () => {
    const f: RealFunction = (x, y) => Math.sin(x + 2 * y)
    const F = await approximate(f, {
      domain: [
        [0, 2],
        [-1, 0],
      ],
      neurons: 12,
      steps: 5,
    })
    const at = [
      [0.1, -0.2],
      [1.7, -0.9],
      [2, 0],
    ]
    const values = await F.evaluate(at)
    const model = await F.model.apply(F.params, tensor(at, { dtype: 'float64' })).data()
    values.forEach((value, i) => {
      expect(model[i]).toBeCloseTo(value, 10)
      expect(Math.abs(value - f(...at[i]!))).toBeLessThan(F.supError * 2.5)
    })
    expect(F.params[0].weight.shape).toEqual([2, 12])
    expect(F.weights.w).toHaveLength(12)
    await expect(F.evaluate([1, 2])).rejects.toThrow(/2 coordinates/)
  })

  test('4.1 the same seed gives the same network, another one another', async () => {
    const make = async (seed?: number) =>
      (await approximate(Math.exp, { domain: [0, 1], neurons: 5, steps: 3, ...(seed !== undefined && { seed }) }))
        .weights
    expect(await make(0)).toEqual(await make())
    expect(await make(1)).not.toEqual(await make(0))
  })

  test('4.1 progress is told, and a signal ends the work between steps', async () => {
    const seen: number[] = []
    const controller = new AbortController()
    const work = approximate(Math.abs, {
      domain: [-1, 1],
      neurons: 40,
      signal: controller.signal,
      onProgress: ({ neurons, step, rmsError }) => {
        seen.push(neurons)
        expect(rmsError).toBeGreaterThan(0)
        if (step === 3) controller.abort(new Error('enough'))
      },
    })
    await expect(work).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
    expect(seen[0]).toBe(1)
    const ended = approximate(Math.abs, { domain: [-1, 1], neurons: 5, signal: AbortSignal.abort() })
    await expect(ended).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('4.1 a tolerance out of reach ends at maxNeurons and says so', async () => {
    const F = await approximate((x) => Math.sin(60 * x) + Math.cos(97 * x), {
      domain: [-1, 1],
      tolerance: 1e-6,
      maxNeurons: 10,
      steps: 2,
    })
    expect(F).toMatchObject({ reached: false, neurons: 10 })
    expect(F.supError).toBeGreaterThan(1e-6)
  })

  test('4.1 wrong calls say what is wrong', async () => {
    const wrong = async (options: object, words: RegExp | string, f: RealFunction = Math.abs): Promise<void> => {
      await expect(approximate(f, { domain: [-1, 1], ...options } as never)).rejects.toThrow(words)
    }
    await wrong({ neurons: 5, tolerance: 0.1 }, /not both/)
    await wrong({ neurons: 0 }, /neurons must be a whole number >= 1, got 0/)
    await wrong({ tolerance: -1 }, /tolerance/)
    await wrong({ domain: [1, 1] }, /low < high/)
    await wrong(
      {
        domain: [
          [0, 1],
          [0, 1],
          [0, 1],
          [0, 1],
        ],
      },
      /1 to 3 coordinates/,
    )
    await wrong({ units: 3 }, 'UNKNOWN_OPTION')
    await wrong({ neurons: 5 }, /f\(-1\) is NaN.*NON_FINITE/, Math.sqrt)
  })
})

describe('linear algebra', () => {
  test('leastSquares solves what is exactly solvable, and otherwise leaves a residual at right angles', () => {
    const a = { rows: 4, columns: 2, data: Float64Array.of(1, 0, 1, 1, 1, 2, 1, 3) }
    const line = leastSquares(a, Float64Array.of(1, 3, 5, 7), 0)
    expect(line[0]).toBeCloseTo(1, 13)
    expect(line[1]).toBeCloseTo(2, 13)
    const b = Float64Array.of(1, 0, 2, 5)
    const x = leastSquares(a, b, 0)
    const residual = b.map((y, i) => y - x[0]! - i * x[1]!)
    expect(residual.reduce((s, r) => s + r, 0)).toBeCloseTo(0, 13)
    expect(residual.reduce((s, r, i) => s + i * r, 0)).toBeCloseTo(0, 13)
    // With a ridge: (A^T A + 2 I) x = A^T b.
    const ridge = leastSquares(a, b, 2)
    expect(6 * ridge[0]! + 6 * ridge[1]!).toBeCloseTo(8, 12)
    expect(6 * ridge[0]! + 16 * ridge[1]!).toBeCloseTo(19, 12)
  })

  test('the damped normal equations have the same solution', () => {
    const a = { rows: 4, columns: 2, data: Float64Array.of(1, 0, 1, 1, 1, 2, 1, 3) }
    const b = Float64Array.of(1, 0, 2, 5)
    const { square: s, right } = normalEquations(a, b)
    const x = solveDamped(s, Float64Array.of(2, 2), right)!
    leastSquares(a, b, 2).forEach((value, i) => expect(x[i]).toBeCloseTo(value, 12))
    expect(solveDamped(Float64Array.of(-1), Float64Array.of(0), Float64Array.of(1))).toBeUndefined()
  })
})
