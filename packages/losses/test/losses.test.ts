import { cpu } from '@neurite/backend-cpu'
import {
  cast,
  checkGradients,
  compile,
  gather,
  grad,
  hessian,
  mul,
  oneHot,
  reshape,
  setDefaultBackend,
  softmax,
  sub,
  tensor,
  valueAndGrad,
  type Tensor,
} from '@neurite/core'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as losses from '../src/index.js'
import {
  binaryCrossEntropy,
  crossEntropy,
  focalCrossEntropy,
  hinge,
  huber,
  klDivergence,
  logCosh,
  mae,
  mse,
  sparseCrossEntropy,
  sse,
  sumAbsoluteResiduals,
  type DescribedLoss,
  type Loss,
  type LossFactory,
} from '../src/index.js'

const backend = cpu()
setDefaultBackend(backend)

type Rows = readonly (readonly number[])[]
const float64 = (data: number | readonly number[] | Rows): Tensor => tensor(data, { dtype: 'float64' })
const int32 = (data: readonly number[]): Tensor => tensor([...data], { dtype: 'int32' })
const numbers = (x: Tensor): number[] => [...x.dataSync()]
const value = (x: Tensor): number => numbers(x)[0]!

const P = [
  [0.7, 0.2, 0.1],
  [0.1, 0.3, 0.6],
  [0.25, 0.5, 0.25],
  [0.05, 0.05, 0.9],
]
const Y = [
  [1, 0, 0],
  [0, 1, 0],
  [0.2, 0.5, 0.3],
  [0, 0, 1],
]
const LOGITS = [
  [2, -1, 0.5],
  [0.3, 0.2, -3],
  [1, 1, 1],
  [-40, 0, 60],
]
const SCORES = [
  [0.8, -1.7],
  [2.3, 0.4],
  [-0.6, 1.9],
]
const SIGNS = [
  [1, 1],
  [-1, 1],
  [-1, -1],
]

/** Every loss with a prediction and a target where it is smooth. */
const CASES: Readonly<
  Record<
    string,
    {
      readonly factory: LossFactory<never>
      readonly options: object
      readonly p: Rows
      readonly y: Rows | readonly number[]
    }
  >
> = {
  sse: { factory: sse, options: {}, p: SCORES, y: SIGNS },
  mse: { factory: mse, options: {}, p: SCORES, y: SIGNS },
  sumAbsoluteResiduals: { factory: sumAbsoluteResiduals, options: {}, p: SCORES, y: SIGNS },
  mae: { factory: mae, options: {}, p: SCORES, y: SIGNS },
  huber: { factory: huber, options: { delta: 1.1 }, p: SCORES, y: SIGNS },
  logCosh: { factory: logCosh, options: {}, p: SCORES, y: SIGNS },
  hinge: { factory: hinge, options: {}, p: SCORES, y: SIGNS },
  crossEntropy: { factory: crossEntropy, options: {}, p: P, y: Y },
  'crossEntropy of logits': {
    factory: crossEntropy,
    options: { fromLogits: true, labelSmoothing: 0.1 },
    p: LOGITS,
    y: Y,
  },
  'crossEntropy, class weights': {
    factory: crossEntropy,
    options: { fromLogits: true, classWeights: [1, 2, 0.5] },
    p: LOGITS,
    y: Y,
  },
  sparseCrossEntropy: { factory: sparseCrossEntropy, options: { fromLogits: true }, p: LOGITS, y: [0, 2, 1, 1] },
  focalCrossEntropy: { factory: focalCrossEntropy, options: {}, p: P, y: Y },
  'focalCrossEntropy of logits': {
    factory: focalCrossEntropy,
    options: { fromLogits: true, gamma: 1.5 },
    p: LOGITS.slice(0, 3),
    y: Y.slice(0, 3),
  },
  klDivergence: { factory: klDivergence, options: {}, p: P, y: Y },
  'klDivergence of logits': { factory: klDivergence, options: { fromLogits: true }, p: LOGITS, y: Y },
  binaryCrossEntropy: { factory: binaryCrossEntropy, options: {}, p: P, y: Y },
  'binaryCrossEntropy of logits': {
    factory: binaryCrossEntropy,
    options: { fromLogits: true },
    p: SCORES,
    y: [
      [0, 1],
      [1, 1],
      [0.3, 0],
    ],
  },
}

describe('chapter 4.3.3', () => {
  test('1. SSE of [0.2, 0.5, 0.3] against [0, 1, 0] is 0.38', () => {
    expect(value(sse(float64([0.2, 0.5, 0.3]), float64([0, 1, 0])))).toBeCloseTo(0.38, 14)
  })

  test('2. MSE is SSE / n', () => {
    expect(value(mse(float64([0.2, 0.5, 0.3]), float64([0, 1, 0])))).toBeCloseTo(0.38 / 3, 14)
  })

  test('3. |Residuals| is the sum of distances', () => {
    expect(value(sumAbsoluteResiduals(float64([0.2, 0.5, 0.3]), float64([0, 1, 0])))).toBeCloseTo(1, 14)
  })

  test('4. CEE is -sum y log y^', () => {
    expect(value(crossEntropy(float64([0.2, 0.5, 0.3]), float64([0, 1, 0])))).toBeCloseTo(-Math.log(0.5), 14)
  })
})

const CLASSES = { reduction: 'mean', fromLogits: false, classWeights: undefined }

/** Every option of every loss with its documented default. */
const DEFAULTS: Readonly<Record<string, object>> = {
  sse: { reduction: 'sum' },
  mse: { reduction: 'mean' },
  sumAbsoluteResiduals: { reduction: 'sum' },
  mae: { reduction: 'mean' },
  huber: { reduction: 'mean', delta: 1 },
  logCosh: { reduction: 'mean' },
  hinge: { reduction: 'mean' },
  crossEntropy: { ...CLASSES, labelSmoothing: 0 },
  sparseCrossEntropy: { ...CLASSES, labelSmoothing: 0 },
  focalCrossEntropy: { ...CLASSES, gamma: 2 },
  klDivergence: { reduction: 'mean', fromLogits: false },
  binaryCrossEntropy: { reduction: 'mean', fromLogits: false },
}

/** What a call throws. */
function refusal(call: () => unknown): unknown {
  try {
    return void call()
  } catch (error) {
    return error
  }
}

const TARGETS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(DEFAULTS).map((kind) => [kind, 'values'])),
  ...{ crossEntropy: 'rows', focalCrossEntropy: 'rows', klDivergence: 'rows', sparseCrossEntropy: 'indices' },
  hinge: 'signs',
}

/** Losses whose predictions are no probabilities. */
const SCORED = ['sse', 'mse', 'sumAbsoluteResiduals', 'mae', 'huber', 'logCosh', 'hinge']

test('every loss of the package is tried', () => {
  const { lossFromConfig: _, ...rest } = losses
  const factories = Object.entries(rest)
  expect(factories.map(([name]) => name).sort()).toEqual(Object.keys(DEFAULTS).sort())
  for (const [name, factory] of factories) expect(factory.kind).toBe(name)
})

test('a plain function is a loss, and says nothing of itself', () => {
  const plain = (prediction: Tensor, target: Tensor): Tensor => sub(prediction, target)
  expectTypeOf(plain).toExtend<Loss>()
  expectTypeOf(plain).not.toExtend<DescribedLoss>()
  expectTypeOf(mse).toExtend<Loss>()
  expectTypeOf(mse({ reduction: 'sum' })).toEqualTypeOf<DescribedLoss>()
  const loss: Loss = plain
  expect([loss.kind, loss.targets, loss.expects, loss.weighs]).toEqual([undefined, undefined, undefined, undefined])
})

describe('every loss', () => {
  for (const [name, { factory, options, p, y }] of Object.entries(CASES)) {
    const make = (given: object): DescribedLoss => factory(given as never)
    const make2 = (more: object): DescribedLoss => make({ ...options, ...more })
    const [x, t] = [float64(p), name === 'sparseCrossEntropy' ? int32(y as number[]) : float64(y)]
    const rows = p.length

    test(`${name}: gradients against finite differences`, async () => {
      for (const reduction of ['mean', 'sum', 'none']) {
        const weights = float64(p.map((_, i) => 0.5 + i))
        const { maxError, worst } = await checkGradients((q) => make2({ reduction })(q, t, { weights }), [x])
        expect(maxError, JSON.stringify(worst)).toBeLessThan(1e-7)
        expect((await checkGradients((q) => make2({ reduction })(q, t), [x])).maxError).toBeLessThan(1e-7)
      }
    })

    test(`${name}: 'none' adds up to 'sum', and 'mean' is that by the number or the weight of terms`, () => {
      const none = numbers(make2({ reduction: 'none' })(x, t))
      const sum = none.reduce((a, b) => a + b, 0)
      expect(value(make2({ reduction: 'sum' })(x, t))).toBeCloseTo(sum, 10)
      // The classes of Y add up to 1.2, 1.5 and 1.3.
      const count = name.includes('class weights') ? 1 * 1.2 + 2 * 1.5 + 0.5 * 1.3 : none.length
      expect(value(make2({ reduction: 'mean' })(x, t))).toBeCloseTo(sum / count, 10)
    })

    test(`${name}: weights of 1 change nothing; weights of 0 and 2 are rows left out and taken twice`, () => {
      const ones = float64(p.map(() => 1))
      for (const reduction of ['mean', 'sum']) {
        const loss = make2({ reduction })
        expect(value(loss(x, t, { weights: ones }))).toBeCloseTo(value(loss(x, t)), 12)
        const keep = [0, 0, ...p.slice(2).map((_, i) => i + 2)]
        const again = (data: Rows | readonly number[]): never => keep.map((i) => data[i]) as never
        const weights = float64(p.map((_, i) => keep.filter((k) => k === i).length))
        const repeated = loss(float64(again(p)), t.dtype === 'int32' ? int32(again(y)) : float64(again(y)))
        expect(value(loss(x, t, { weights }))).toBeCloseTo(value(repeated), 12)
        const twice = float64(p.map((_, i) => 2 * keep.filter((k) => k === i).length))
        expect(value(loss(x, t, { weights: twice }))).toBeCloseTo(value(repeated) * (reduction === 'mean' ? 1 : 2), 12)
      }
    })

    test(`${name}: all weights 0 give 0 and no gradient, not NaN`, () => {
      const weights = float64(p.map(() => 0))
      const [loss, gradient] = valueAndGrad((q: Tensor) => make2({ reduction: 'mean' })(q, t, { weights }))(x)
      expect(Math.abs(value(loss))).toBe(0)
      expect(numbers(gradient).every((g) => g === 0)).toBe(true)
    })

    test(`${name}: rows may stand along several axes, or be a single one without any`, () => {
      for (const reduction of ['mean', 'sum', 'none']) {
        const loss = make2({ reduction })
        const flat = numbers(loss(x, t))
        for (const axes of [
          [rows, 1],
          [1, rows],
        ]) {
          // prettier-ignore
          const along = (data: Tensor): Tensor => reshape(data, [...axes, ...data.shape.slice(1)])
          expect(numbers(loss(along(x), along(t)))).toEqual(flat.map((v) => expect.closeTo(v, 12)))
        }
        const first = (data: Tensor): Tensor => gather(data, int32([0]))
        const alone = (data: Tensor): Tensor => reshape(data, data.shape.slice(1))
        const one = numbers(loss(first(x), first(t)))
        expect(numbers(loss(alone(first(x)), alone(first(t))))).toEqual(one.map((v) => expect.closeTo(v, 12)))
      }
    })

    test(`${name}: compiled is eager, and nothing leaks`, () => {
      const loss = make2({})
      const before = backend.memory().buffers
      const eager = loss(x, t)
      expect(backend.memory().buffers).toBe(before + 1)
      expect(numbers(compile((q: Tensor, r: Tensor) => loss(q, r))(x, t))).toEqual(numbers(eager))
    })

    test(`${name}: wrong calls`, () => {
      expect(() => make({ reducton: 'sum' })).toThrow(/UNKNOWN_OPTION/)
      expect(() => make({ reduction: 'average' })).toThrow(/reduction must be 'mean', 'sum' or 'none', got 'average'/)
      expect(() => make2({})(x, t, { weight: t } as never)).toThrow(/UNKNOWN_OPTION/)
      expect(() => make2({})(x, t, { weights: float64([1]) })).toThrow(
        `weights must have one number a row, shape [${rows}], got [1]`,
      )
      expect(() => make2({})(x, undefined as never)).toThrow(
        /target must be a tensor, as tensor\(value\) makes, got undefined/,
      )
      expect(() => make2({})([1] as never, t)).toThrow(/prediction must be a tensor, .*got \[1\]/)
      expect(() => make2({})(int32([1, 2]), int32([1, 2]))).toThrow(/DTYPE_MISMATCH/)
      expect(() => make2({})(x, float64([[1, 2, 3, 4]]))).toThrow(/SHAPE_MISMATCH/)
    })

    test(`${name}: the details of a mismatch are what the message names`, () => {
      const other = float64([[1, 2, 3, 4]])
      const shapes = { prediction: x.shape, target: other.shape }
      expect(refusal(() => make2({})(x, other))).toMatchObject({ code: 'SHAPE_MISMATCH', details: shapes })
      const rowsExpected = { expected: [rows], got: [1] }
      expect(refusal(() => make2({})(x, t, { weights: float64([1]) }))).toMatchObject({ details: rowsExpected })
      const whole = refusal(() => make2({})(int32([1, 2]), int32([1, 2])))
      expect(whole).toMatchObject({ code: 'DTYPE_MISMATCH', details: { dtype: 'int32' } })
      if (TARGETS[name.split(/[ ,]/)[0]!] === 'indices') return
      const dtypes = { prediction: 'float64', target: 'float32' }
      const mixed = refusal(() => make2({})(x, cast(t, 'float32')))
      expect(mixed).toMatchObject({ code: 'DTYPE_MISMATCH', details: dtypes })
    })

    test(`${name}: says what it is`, () => {
      const loss = make2({ reduction: 'none' })
      const kind = name.split(/[ ,]/)[0]!
      const targets = TARGETS[kind]
      expect({ ...loss }).toMatchObject({ kind, targets, weighs: true, options: { ...options, reduction: 'none' } })
      expect(loss.expects).toBe('fromLogits' in options ? 'logits' : SCORED.includes(kind) ? 'values' : 'probabilities')
      expect(Object.isFrozen(loss.options)).toBe(true)
      expect({ ...factory }).toMatchObject({ kind, targets, weighs: true, options: DEFAULTS[kind] })
      expect(factory.expects).toBe(SCORED.includes(kind) ? 'values' : 'probabilities')
    })
  }
})

describe('shapes', () => {
  test('[n, 1] against [n] is refused with both shapes and the way out', () => {
    const [column, flat] = [float64([[1], [2], [3]]), float64([1, 2, 3])]
    for (const loss of [mse, mae, sse, huber, logCosh, hinge, binaryCrossEntropy] as Loss[]) {
      expect(() => loss(column, flat)).toThrow(
        `${loss.kind}: prediction has shape [3, 1], target [3]; reshape one: reshape(target, [3, 1])`,
      )
      expect(() => loss(flat, column)).toThrow('reshape(target, [3])')
    }
  })

  test('class indices for crossEntropy, one-hot rows for sparseCrossEntropy: each names the other', () => {
    expect(() => crossEntropy(float64(P), float64([0, 1, 2, 0]))).toThrow(/for class indices use sparseCrossEntropy/)
    expect(() => sparseCrossEntropy(float64(P), float64(Y))).toThrow(/for one-hot targets use crossEntropy/)
    expect(() => sparseCrossEntropy(float64(P), float64([[0], [1], [2], [0]]))).toThrow('use reshape(target, [4])')
    expect(() => crossEntropy(float64(1), float64(1))).toThrow(/need a last axis of classes/)
  })

  test('dtypes are not mixed', () => {
    expect(() => mse(float64([1]), tensor([1]))).toThrow(
      /mse: prediction is float64, target float32; use cast\(target, 'float64'\)/,
    )
  })

  test('sequences: [batch, time, classes], weighted by batch row', () => {
    const p = tensor([LOGITS.slice(0, 2), LOGITS.slice(2)] as never, { dtype: 'float64' })
    const y = tensor([Y.slice(0, 2), Y.slice(2)] as never, { dtype: 'float64' })
    const loss = crossEntropy({ fromLogits: true })
    expect(value(loss(p, y))).toBeCloseTo(value(loss(float64(LOGITS), float64(Y))), 12)
    expect(value(loss(p, y, { weights: float64([0, 3]) }))).toBeCloseTo(
      value(loss(float64(LOGITS.slice(2)), float64(Y.slice(2)))),
      12,
    )
    expect(crossEntropy({ fromLogits: true, reduction: 'none' })(p, y).shape).toEqual([2, 2])
  })
})

describe('probabilities of exactly 0 and 1, and logits of any size', () => {
  for (const [dtype, epsilon] of [
    ['float32', 2 ** -23],
    ['float64', 2 ** -52],
  ] as const) {
    const of = (data: Rows): Tensor => tensor(data, { dtype })

    test(`in ${dtype} a probability of 0 counts as ${epsilon}, with a finite gradient that pushes up`, () => {
      const [p, y] = [of([[0, 1]]), of([[1, 0]])]
      for (const loss of [crossEntropy, klDivergence, focalCrossEntropy] as Loss[]) {
        expect(value(loss(p, y)), loss.kind).toBeCloseTo(-Math.log(epsilon), 4)
        const [up, side] = numbers(grad((q: Tensor) => loss(q, y))(p))
        expect(up).toBeLessThan(0)
        expect(Number.isFinite(up) && Number.isFinite(side)).toBe(true)
      }
      expect(value(binaryCrossEntropy(of([[0], [1]]), of([[1], [0]])))).toBeCloseTo(-Math.log(epsilon), 4)
      expect(
        numbers(grad((q: Tensor) => binaryCrossEntropy(q, of([[1], [0]])))(of([[0], [1]]))).map(Math.sign),
      ).toEqual([-1, 1])
    })

    test(`in ${dtype} a perfect prediction costs 0`, () => {
      const [p, y] = [
        of([
          [1, 0],
          [0, 1],
        ]),
        of([
          [1, 0],
          [0, 1],
        ]),
      ]
      for (const loss of [crossEntropy, klDivergence, focalCrossEntropy, binaryCrossEntropy] as Loss[])
        expect(Math.abs(value(loss(p, y))), loss.kind).toBeLessThan(1e-6)
    })

    test(`in ${dtype} logits of 1000 lose nothing`, () => {
      const [x, y] = [
        of([
          [1000, -1000],
          [-1000, 1000],
        ]),
        of([
          [1, 0],
          [1, 0],
        ]),
      ]
      const options = { fromLogits: true, reduction: 'none' } as const
      expect(numbers(crossEntropy(options)(x, y))).toEqual([0, 2000].map((v) => expect.closeTo(v)))
      expect(numbers(klDivergence(options)(x, y))).toEqual([0, 2000].map((v) => expect.closeTo(v)))
      expect(numbers(binaryCrossEntropy(options)(x, y))).toEqual([0, 0, 1000, 1000])
      expect(numbers(grad((q: Tensor) => binaryCrossEntropy({ fromLogits: true, reduction: 'sum' })(q, y))(x))).toEqual(
        [0, 0, -1, 1].map((v) => expect.closeTo(v)),
      )
      expect(numbers(grad((q: Tensor) => crossEntropy({ fromLogits: true, reduction: 'sum' })(q, y))(x))).toEqual(
        [0, 0, -1, 1].map((v) => expect.closeTo(v)),
      )
      expect(
        numbers(grad((q: Tensor) => focalCrossEntropy({ fromLogits: true })(q, y))(x)).every(Number.isFinite),
      ).toBe(true)
    })

    test(`in ${dtype} large residuals do not overflow`, () => {
      const [p, y] = [of([[1e6], [-1e6]]), of([[0], [0]])]
      expect(value(logCosh(p, y))).toBeCloseTo(1e6 - Math.LN2, 0)
      expect(numbers(grad((q: Tensor) => logCosh({ reduction: 'sum' })(q, y))(p))).toEqual(
        [1, -1].map((v) => expect.closeTo(v)),
      )
    })

    test(`in ${dtype} logCosh keeps its digits from residuals of 1e-8 to 1e8`, () => {
      const sizes = [1e-8, 1e-4, 0.01, 0.5, 1, 5, 19.9, 20.1, 80, 100, 1e8]
      const p = of(sizes.flatMap((size) => [[size], [-size]]))
      const found = numbers(logCosh({ reduction: 'none' })(p, of(sizes.flatMap(() => [[0], [0]]))))
      numbers(p).forEach((residual, i) => {
        const size = Math.abs(residual)
        const exact = size < 1 ? Math.log1p(2 * Math.sinh(size / 2) ** 2) : size + Math.log1p(Math.expm1(-2 * size) / 2)
        expect(Math.abs(found[i]! / exact - 1)).toBeLessThan(dtype === 'float32' ? 1e-6 : 1e-13)
      })
    })
  }

  test('the second derivative of logCosh at 0 is 1', () => {
    const at = hessian((x: Tensor) => logCosh({ reduction: 'sum' })(x, float64([0, 0])))(float64([0, 1]))
    expect(numbers(at)).toEqual([1, 0, 0, 1 - Math.tanh(1) ** 2].map((v) => expect.closeTo(v, 10)))
  })

  test('binaryCrossEntropy of a logit of exactly 0 has the gradient 1/2 - y', () => {
    expect(
      numbers(
        grad((x: Tensor) => binaryCrossEntropy({ fromLogits: true, reduction: 'sum' })(x, float64([0, 1, 0.5])))(
          float64([0, 0, 0]),
        ),
      ),
    ).toEqual([0.5, -0.5, 0])
  })

  test('NaN comes through', () => {
    for (const loss of [mse, crossEntropy, binaryCrossEntropy, huber, hinge] as Loss[])
      expect(value(loss(float64([NaN, 0.5]), float64([1, 0]))), loss.kind).toBeNaN()
  })
})

describe('relations', () => {
  const logits = fc.array(fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 5,
  })
  const settings = { seed: 0, numRuns: 40 }

  test('logits are probabilities after softmax; adding a constant to a row changes nothing', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: -50, max: 50, noNaN: true }), (rows, c) => {
        const x = float64(rows)
        const y = oneHot(int32(rows.map((_, i) => i % 3)), { classes: 3, dtype: 'float64' })
        const loss = crossEntropy({ fromLogits: true })
        expect(value(loss(x, y))).toBeCloseTo(value(crossEntropy(softmax(x), y)), 3)
        expect(value(loss(sub(x, c), y))).toBeCloseTo(value(loss(x, y)), 9)
      }),
      settings,
    )
  })

  test('sparseCrossEntropy is crossEntropy of one-hot rows, with every option', () => {
    fc.assert(
      fc.property(
        logits,
        fc.constantFrom('mean', 'sum', 'none'),
        fc.constantFrom(0, 0.2),
        fc.constantFrom(undefined, [1, 2, 3]),
        (rows, reduction, labelSmoothing, classWeights) => {
          const options = {
            fromLogits: true,
            reduction,
            labelSmoothing,
            ...(classWeights && { classWeights }),
          } as const
          const indices = int32(rows.map((_, i) => (i * 2) % 3))
          const dense = numbers(crossEntropy(options)(float64(rows), oneHot(indices, { classes: 3, dtype: 'float64' })))
          numbers(sparseCrossEntropy(options)(float64(rows), indices)).forEach((v, i) =>
            expect(v).toBeCloseTo(dense[i]!, 10),
          )
        },
      ),
      settings,
    )
  })

  test('crossEntropy is klDivergence plus the entropy of the target', () => {
    const entropy = -0.2 * Math.log(0.2) - 0.5 * Math.log(0.5) - 0.3 * Math.log(0.3)
    expect(value(crossEntropy(float64([P[2]!]), float64([Y[2]!])))).toBeCloseTo(
      value(klDivergence(float64([P[2]!]), float64([Y[2]!]))) + entropy,
      12,
    )
    expect(value(klDivergence(float64(Y), float64(Y)))).toBeCloseTo(0, 12)
  })

  test('binaryCrossEntropy is crossEntropy of two classes', () => {
    expect(value(binaryCrossEntropy({ fromLogits: true })(float64([1.3]), float64([1])))).toBeCloseTo(
      value(crossEntropy({ fromLogits: true })(float64([1.3, 0]), float64([1, 0]))),
      12,
    )
  })

  test('huber with a large delta is mse / 2, and goes over to delta |r| without a step', () => {
    expect(value(huber({ delta: 100 })(float64(SCORES), float64(SIGNS)))).toBeCloseTo(
      value(mse(float64(SCORES), float64(SIGNS))) / 2,
      12,
    )
    const [below, above] = numbers(
      huber({ delta: 2, reduction: 'none' })(float64([2 - 1e-9, 2 + 1e-9]), float64([0, 0])),
    )
    expect(above! - below!).toBeCloseTo(4e-9, 12)
  })

  test('focalCrossEntropy with gamma 0 is crossEntropy, and gamma 2 weighs by (1 - p)^2', () => {
    expect(value(focalCrossEntropy({ gamma: 0 })(float64(P), float64(Y)))).toBeCloseTo(
      value(crossEntropy(float64(P), float64(Y))),
      12,
    )
    expect(value(focalCrossEntropy(float64([[0.8, 0.2]]), float64([[1, 0]])))).toBeCloseTo(-0.04 * Math.log(0.8), 12)
  })

  test("class weights: PyTorch's weighted mean over class indices", () => {
    // torch.nn.functional.cross_entropy(x, [0, 2], weight=[1, 2, 3]) = (1 l0 + 3 l1) / (1 + 3)
    const none = numbers(
      sparseCrossEntropy({ fromLogits: true, reduction: 'none' })(float64(LOGITS.slice(0, 2)), int32([0, 2])),
    )
    const loss = sparseCrossEntropy({ fromLogits: true, classWeights: [1, 2, 3] })
    expect(value(loss(float64(LOGITS.slice(0, 2)), int32([0, 2])))).toBeCloseTo((none[0]! + 3 * none[1]!) / 4, 12)
    const weighted = loss(float64(LOGITS.slice(0, 2)), int32([0, 2]), { weights: float64([3, 1]) })
    expect(value(weighted)).toBeCloseTo((3 * none[0]! + 3 * none[1]!) / 6, 12)
  })

  test("class weights with label smoothing: PyTorch's formula", () => {
    // (1 - s) sum_i w_yi l_i + s / K sum_i sum_k w_k l_ik, by sum_i w_yi, as in cross_entropy_loss_label_smoothing of PyTorch's LossNLL.cpp.
    const x = float64([...LOGITS.slice(0, 3), [0.5, -0.5, 2]])
    const options = { fromLogits: true, classWeights: [1, 2, 3], labelSmoothing: 0.1 } as const
    expect(value(sparseCrossEntropy(options)(x, int32([0, 2, 1, 0])))).toBeCloseTo(2.2633387168534282, 12)
    numbers(sparseCrossEntropy({ ...options, reduction: 'none' })(x, int32([0, 2, 1, 0]))).forEach((loss, row) => {
      expect(loss).toBeCloseTo([0.61544243, 11.17103266, 2.19722458, 1.85967136][row]!, 7)
    })
    // Soft targets: -sum_k w_k y_k log p_k, y smoothed (PyTorch); 'mean' divides by the weights of the targets as they came.
    const soft = float64([
      [0.2, 0.5, 0.3],
      [0, 1, 0],
      [1, 0, 0],
      [0.1, 0.1, 0.8],
    ])
    expect(value(crossEntropy({ ...options, reduction: 'sum' })(x, soft))).toBeCloseTo(9.32384399681842, 12)
    expect(value(crossEntropy(options)(x, soft))).toBeCloseTo(9.32384399681842 / 7.8, 12)
    // Weights of rows multiply those of classes.
    const weights = float64([2, 0, 1, 1])
    const none = numbers(crossEntropy({ ...options, reduction: 'none' })(x, soft))
    expect(value(crossEntropy(options)(x, soft, { weights }))).toBeCloseTo(
      (2 * none[0]! + none[2]! + none[3]!) / (2 * 2.1 + 1 + 2.7),
      12,
    )
  })

  test('an index that is no class makes the loss NaN, never that of another class', () => {
    const loss = sparseCrossEntropy({ fromLogits: true })
    const x = LOGITS.slice(0, 2)
    for (const index of [-1, 3]) expect(value(loss(float64(x), int32([0, index])))).toBeNaN()
    for (const dtype of ['float32', 'float64'] as const)
      for (const index of [0.5, NaN, 1.5, 2 ** 32 + 1, -1, -0.5, Infinity, 1e30])
        expect(value(loss(float64(x), tensor([0, index], { dtype })))).toBeNaN()
  })

  test('a loss has second derivatives', async () => {
    const y = float64([1, 0, 0.3])
    for (const loss of [
      mse,
      logCosh,
      binaryCrossEntropy({ fromLogits: true }),
      crossEntropy({ fromLogits: true }),
    ] as Loss[]) {
      const first = (x: Tensor): Tensor => grad((q: Tensor) => loss(q, y))(x)
      expect(
        (await checkGradients((x) => mul(first(x), float64([1, 2, 3])), [float64([0.4, -0.3, 1.2])])).maxError,
        loss.kind,
      ).toBeLessThan(1e-7)
    }
  })
})

test('wrong option values are named', () => {
  expect(() => huber({ delta: 0 })).toThrow(/huber: delta must be a finite number > 0, got 0/)
  expect(() => crossEntropy({ labelSmoothing: 1 })).toThrow(/crossEntropy: labelSmoothing must be a number in \[0, 1\)/)
  expect(() => crossEntropy({ fromLogits: 1 as never })).toThrow(/fromLogits must be true or false/)
  expect(() => crossEntropy({ classWeights: [1, -1] })).toThrow(
    /classWeights\[1\] must be a finite number >= 0, got -1/,
  )
  expect(() => crossEntropy({ classWeights: [1, 2] })(float64(P), float64(Y))).toThrow(
    /classWeights has 2 numbers, the target 3 classes/,
  )
  expect(() => focalCrossEntropy({ gamma: -1 })).toThrow(/focalCrossEntropy: gamma/)
  expect(() => sparseCrossEntropy({ labelSmoothing: -0.1 })).toThrow(/sparseCrossEntropy: labelSmoothing/)
})
