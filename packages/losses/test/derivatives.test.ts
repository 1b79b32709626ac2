import { cpu } from '@neurite/backend-cpu'
import { add, grad, hessian, matmul, mul, reshape, setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { describe, expect, test } from 'vitest'
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
  type Loss,
} from '../src/index.js'

setDefaultBackend(cpu())

type Numbers = number | readonly number[] | readonly (readonly number[])[]
const f64 = (data: Numbers): Tensor => tensor(data, { dtype: 'float64' })
const number = (x: Tensor): number => x.dataSync()[0]!
type F = (t: Tensor) => Tensor

/** The loss along a line through the prediction, and its first three derivatives, each against differences of the one before. */
function expectDifferences(name: string, loss: Loss, prediction: Numbers, target: Tensor, direction: Numbers): void {
  const orders: F[] = [(t) => loss(add(f64(prediction), mul(f64(direction), t)), target)]
  for (let n = 0; n < 3; n++) orders.push(grad(orders[n]!))
  const h = 1e-3
  for (let n = 1; n < orders.length; n++) {
    const before = (t: number): number => number(orders[n - 1]!(f64(t)))
    const numeric = (8 * (before(h) - before(-h)) - (before(2 * h) - before(-2 * h))) / (12 * h)
    const analytic = number(orders[n]!(f64(0)))
    const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(analytic))
    expect(
      error,
      `${name}: derivative ${n} at ${JSON.stringify(prediction)} is ${analytic}, by differences ${numeric}`,
    ).toBeLessThan(1e-7)
  }
}

describe('the first three derivatives of every loss, by differences', () => {
  const logits = { fromLogits: true } as const
  // Where a residual, a logit or a margin is 0, next to it, and far out.
  const numbers = [0, 0.004, -0.004, 0.9, -1.004, 1.004, 5, 30, -30, 100]
  const residual: readonly (readonly [string, Loss, readonly number[]])[] = [
    ['sse', sse, []],
    ['mse', mse, []],
    ['sumAbsoluteResiduals', sumAbsoluteResiduals, [0]],
    ['mae', mae, [0]],
    ['huber', huber, [1, -1]],
    ['logCosh', logCosh, []],
  ]
  test.each(residual)('%s', (name, loss, kinks) => {
    for (const r of numbers)
      if (kinks.every((kink) => Math.abs(r - kink) > 0.003)) expectDifferences(name, loss, [r + 2], f64([2]), [1])
  })

  test('hinge', () => {
    for (const y of [-1, 1])
      for (const x of numbers) if (Math.abs(x - y) > 0.003) expectDifferences('hinge', hinge, [x], f64([y]), [1])
  })

  test('binaryCrossEntropy', () => {
    for (const y of [0, 1, 0.3]) {
      for (const x of numbers) expectDifferences('of logits', binaryCrossEntropy(logits), [x], f64([y]), [1])
      for (const p of [0.2, 0.5, 0.8]) expectDifferences('of probabilities', binaryCrossEntropy, [p], f64([y]), [1])
    }
  })

  const rows: readonly (readonly number[])[] = [
    [0, 0, 0],
    [3, -2, 0.5],
    [-40, 0, 30],
  ]
  const direction = [[1, -0.5, 0.3]]
  const hot = [[0, 1, 0]]
  const soft = [[0.2, 0.5, 0.3]]
  const ofRows: readonly (readonly [string, Loss, Loss, Tensor])[] = [
    ['crossEntropy', crossEntropy(logits), crossEntropy, f64(hot)],
    ['crossEntropy, soft', crossEntropy(logits), crossEntropy, f64(soft)],
    [
      'crossEntropy, smoothed and weighted',
      crossEntropy({ ...logits, labelSmoothing: 0.1, classWeights: [1, 2, 3] }),
      crossEntropy({ labelSmoothing: 0.1, classWeights: [1, 2, 3] }),
      f64(hot),
    ],
    ['sparseCrossEntropy', sparseCrossEntropy(logits), sparseCrossEntropy, f64([1])],
    ['focalCrossEntropy', focalCrossEntropy(logits), focalCrossEntropy, f64(hot)],
    [
      'focalCrossEntropy, gamma 0',
      focalCrossEntropy({ ...logits, gamma: 0 }),
      focalCrossEntropy({ gamma: 0 }),
      f64(soft),
    ],
    ['klDivergence', klDivergence(logits), klDivergence, f64(soft)],
    ['klDivergence, one-hot', klDivergence(logits), klDivergence, f64(hot)],
  ]
  test.each(ofRows)('%s', (name, ofLogits, ofProbabilities, target) => {
    for (const row of rows) expectDifferences(`${name} of logits`, ofLogits, [row], target, direction)
    for (const row of [
      [0.2, 0.5, 0.3],
      [1 / 3, 1 / 3, 1 / 3],
    ])
      expectDifferences(`${name} of probabilities`, ofProbabilities, [row], target, direction)
  })
})

test('Hessians at 0', () => {
  const x = [
    [1, 2],
    [-1, 0.5],
    [3, -2],
  ]
  // Logistic regression at w = 0: X'X / 4, over the mean of n rows.
  const y = f64([[1], [0], [1]])
  const model = (w: Tensor): Tensor => binaryCrossEntropy({ fromLogits: true, reduction: 'sum' })(matmulRows(x, w), y)
  const expected = [0, 1].map((i) => [0, 1].map((j) => x.reduce((total, row) => total + row[i]! * row[j]!, 0) / 4))
  const found = hessian(model)(f64([0, 0])).toArraySync() as number[][]
  found.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i]!, 12))
  const scalar = (loss: Loss, at: number, target: number): unknown =>
    hessian((p) => loss(p, f64([target])))(f64([at])).toArraySync()
  expect(scalar(logCosh, 0.5, 0.5)).toEqual([[1]])
  expect(scalar(binaryCrossEntropy({ fromLogits: true }), 0, 1)).toEqual([[0.25]])
})

function matmulRows(x: readonly (readonly number[])[], w: Tensor): Tensor {
  return matmul(f64(x), reshape(w, [2, 1]))
}

describe('0 log 0 is 0', () => {
  const masked = [[0, -Infinity, 1]]
  const hot = [[1, 0, 0]]
  const expected = Math.log(1 + Math.E)
  const p = [1 / (1 + Math.E), 0, Math.E / (1 + Math.E)]
  const logits = { fromLogits: true } as const

  for (const dtype of ['float32', 'float64'] as const) {
    const t = (data: Numbers): Tensor => tensor(data, { dtype })
    const digits = dtype === 'float32' ? 6 : 12
    const losses: readonly (readonly [string, Loss, Tensor, number])[] = [
      ['crossEntropy', crossEntropy(logits), t(hot), expected],
      ['sparseCrossEntropy', sparseCrossEntropy(logits), t([0]), expected],
      ['klDivergence', klDivergence(logits), t(hot), expected],
      ['focalCrossEntropy', focalCrossEntropy(logits), t(hot), expected * (1 - p[0]!) ** 2],
      ['crossEntropy, weighted', crossEntropy({ ...logits, classWeights: [3, 1, 1] }), t(hot), expected],
    ]
    test.each(losses)(`%s of a logit of -Infinity, ${dtype}`, (name, loss, target, value) => {
      expect(number(loss(t(masked), target))).toBeCloseTo(value, digits)
      const gradient = grad((x: Tensor) => loss(x, target))(t(masked)).toArraySync() as number[][]
      if (!name.startsWith('focal')) gradient[0]!.forEach((g, i) => expect(g).toBeCloseTo(p[i]! - hot[0]![i]!, digits))
      expect(gradient[0]![1]! + 0).toBe(0)
      const second = hessian((x) => loss(x, target))(t(masked)).dataSync()
      expect([...second].every(Number.isFinite), `${name}: ${[...second].join()}`).toBe(true)
      if (target.rank === 2) {
        // By the target, too: -log p where p is not 0.
        const byTarget = grad((y: Tensor) => loss(t(masked), y))(target).dataSync()
        expect([...byTarget].every(Number.isFinite), `${name}: ${[...byTarget].join()}`).toBe(true)
      }
    })

    test(`binaryCrossEntropy of infinite logits on the right side, ${dtype}`, () => {
      const loss = binaryCrossEntropy({ fromLogits: true, reduction: 'none' })
      const x = t([-Infinity, Infinity, 0])
      const y = t([0, 1, 1])
      const values = loss(x, y).dataSync()
      expect([values[0], values[1]]).toEqual([0, 0])
      const total = binaryCrossEntropy({ fromLogits: true, reduction: 'sum' })
      expect([...grad((q: Tensor) => total(q, y))(x).dataSync()].map((g) => g + 0)).toEqual([0, 0, -0.5])
      expect([...hessian((q) => total(q, y))(x).dataSync()].every(Number.isFinite)).toBe(true)
      // On the wrong side it costs Infinity.
      expect([...loss(t([Infinity, -Infinity]), t([0, 1])).dataSync()]).toEqual([Infinity, Infinity])
    })

    test(`probabilities of 0 whose target is 0, ${dtype}`, () => {
      const target = t([[1, 0, 0]])
      const sure = t([[1, 0, 0]])
      for (const loss of [crossEntropy, klDivergence, focalCrossEntropy, binaryCrossEntropy] as Loss[]) {
        expect(number(loss(sure, target)), loss.kind).toBeCloseTo(0, 6)
        const gradient = grad((q: Tensor) => loss(q, target))(sure).dataSync()
        expect([...gradient].every(Number.isFinite), loss.kind).toBe(true)
        expect([...hessian((q) => loss(q, target))(sure).dataSync()].every(Number.isFinite), loss.kind).toBe(true)
      }
    })
  }

  test('a class that is right and impossible costs Infinity', () => {
    expect(number(crossEntropy(logits)(f64(masked), f64([[0, 1, 0]])))).toBe(Infinity)
  })
})
