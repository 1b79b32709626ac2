import { setDefaultBackend, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { binaryCrossEntropy, crossEntropy, hinge, sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { describe, expect, test } from 'vitest'
import {
  accuracy,
  averagePrecision,
  classificationReport,
  confusionMatrix,
  evaluate,
  f1,
  fit,
  logLoss,
  precision,
  r2,
  recall,
  rocAuc,
  topKAccuracy,
  type Metric,
} from '../../src/index.js'

setDefaultBackend(cpu())

const coded = (code: string): Error => expect.objectContaining({ code }) as Error

// Values of scikit-learn 1.2.1: t, p = [0,1,1,0,1,1,0,1], [0,1,0,1,1,1,0,1]; f1_score(t, p), f1_score(t, p, pos_label=0), ...
describe('of two classes: the positive one', () => {
  const target = [0, 1, 1, 0, 1, 1, 0, 1]
  const prediction = [0, 1, 0, 1, 1, 1, 0, 1]
  test('by default class 1', () => {
    for (const metric of [precision, recall, f1]) {
      expect(metric(prediction, target)).toBeCloseTo(0.8, 12)
      expect(metric({ average: 'binary', positiveLabel: 1 })(prediction, target)).toBeCloseTo(0.8, 12)
    }
    expect(f1({ positiveLabel: 0 })(prediction, target)).toBeCloseTo(2 / 3, 12)
    expect(f1({ average: 'macro' })(prediction, target)).toBeCloseTo(0.7333333333333334, 12)
  })
  test('of probabilities, logits, two outputs and one-hot rows alike', () => {
    const probabilities = prediction.map((c) => (c === 1 ? 0.8 : 0.3))
    const rows = probabilities.map((p) => [1 - p, p])
    const oneHot = target.map((c) => [1 - c, c])
    for (const truth of [target, oneHot])
      for (const given of [probabilities, rows]) expect(f1(given, truth)).toBeCloseTo(0.8, 12)
    expect(f1(prediction.map((c) => c - 0.5), target, { fromLogits: true })).toBeCloseTo(0.8, 12) // prettier-ignore
  })
  test('more classes have none: it is refused, before a training begins too', async () => {
    for (const metric of [precision, recall, f1]) {
      expect(() => metric([0, 1, 2], [0, 1, 2])).toThrow(/average 'binary'.*3 classes; use .*'macro'/)
      expect(() => metric([[0.1, 0.7, 0.2]], [1])).toThrow(coded('INVALID_ARGUMENT'))
    }
    const three = { x: [[0], [1], [2]], y: [0, 1, 2] }
    const options = { loss: sparseCrossEntropy({ fromLogits: true }), optimizer: sgd(), epochs: 1 }
    let steps = 0
    const train = (metric: Metric): Promise<unknown> =>
      fit(sequential([dense(3)]), three, { ...options, metrics: { metric }, onIteration: () => void steps++ })
    await expect(train(f1)).rejects.toThrow(/3 classes/)
    await expect(train(accuracy({ threshold: 0.8 }))).rejects.toThrow(/threshold is for one number a row/)
    expect(steps).toBe(0)
    await train(f1({ average: 'macro' }))
    expect(steps).toBe(1)
  })
  test('which one goes with no other average', () => {
    expect(() => f1({ average: 'macro', positiveLabel: 1 })).toThrow(coded('INVALID_ARGUMENT'))
    for (const positiveLabel of [2, -1, 0.5, NaN, true, {}])
      expect(() => f1({ positiveLabel: positiveLabel as never })).toThrow(/positiveLabel/)
  })
})

describe('average: null', () => {
  test('gives the score of each class, by index', () => {
    expect(precision({ average: null })([0, 1, 2, 2], [0, 1, 1, 2])).toEqual([1, 1, 0.5])
    // Of four outputs, two come.
    const rows = [[1, 0, 0, 0], [0, 0, 1, 0]] // prettier-ignore
    expect(recall({ average: null })(rows, [0, 0])).toEqual([0.5, 0, 0, 0])
  })
  test('and is no metric of fit', async () => {
    const model = sequential([dense(1)])
    const { params } = model.init({ inputShape: [1] })
    const each = f1({ average: null }) as never
    await expect(evaluate(model, params, { x: [[1]], y: [1] }, { metrics: { each } })).rejects.toThrow(
      /'each' must return a number/,
    )
  })
})

// T = ['cat','dog','bird','cat','bird','dog','cat','dog']; P = ['cat','dog','cat','cat','bird','cat','bird','dog']
describe('classes by name', () => {
  const target = ['cat', 'dog', 'bird', 'cat', 'bird', 'dog', 'cat', 'dog']
  const prediction = ['cat', 'dog', 'cat', 'cat', 'bird', 'cat', 'bird', 'dog']
  const labels = ['dog', 'cat', 'bird']
  test("scikit-learn's values, names in their order", () => {
    expect(accuracy(prediction, target)).toBe(0.625)
    expect(f1({ average: 'macro' })(prediction, target)).toBeCloseTo(0.6238095238095239, 12)
    const each = f1({ average: null })(prediction, target)
    for (const [i, value] of [0.5, 0.5714285714285715, 0.8].entries()) expect(each[i]).toBeCloseTo(value, 12)
    expect(confusionMatrix(prediction, target)).toEqual([[1, 1, 0], [1, 2, 0], [0, 1, 2]]) // prettier-ignore
  })
  test('in the order that was told', () => {
    expect(confusionMatrix(prediction, target, { labels })).toEqual([[2, 1, 0], [0, 2, 1], [0, 1, 1]]) // prettier-ignore
    expect(f1({ average: null })(prediction, target, { labels })[0]).toBeCloseTo(0.8, 12)
    expect(confusionMatrix(['cat'], ['cat'], { labels })).toHaveLength(3)
  })
  test('beside outputs of a model, in the order of labels', () => {
    const scores = prediction.map((name) => labels.map((label) => (label === name ? 0.6 : 0.2)))
    const indices = target.map((name) => labels.indexOf(name))
    expect(accuracy(scores, target, { labels })).toBe(0.625)
    for (const metric of [topKAccuracy({ k: 2 }), rocAuc, averagePrecision, logLoss])
      expect(metric(scores, target, { labels })).toBe(metric(scores, indices))
    const told = target.map((name) => (name === 'cat' ? 'yes' : 'no'))
    const sure = prediction.map((name) => (name === 'cat' ? 0.9 : 0.1))
    const yes = told.map((name) => (name === 'yes' ? 1 : 0))
    expect(f1(sure, told, { labels: ['no', 'yes'] })).toBe(f1(sure, yes))
    expect(rocAuc(sure, told, { labels: ['no', 'yes'] })).toBe(rocAuc(sure, yes))
  })
  test('the positive one of two must be told, by itself or by the order', () => {
    const mail = [['spam', 'spam', 'ham', 'ham'], ['spam', 'ham', 'spam', 'spam']] as const // prettier-ignore
    expect(precision({ positiveLabel: 'spam' })(...mail)).toBe(0.5)
    expect(precision(...mail, { labels: ['ham', 'spam'] })).toBe(0.5)
    expect(precision({ positiveLabel: 'ham' })(...mail)).toBe(0)
    expect(() => precision(...mail)).toThrow(/which of 'ham' and 'spam' is the positive class\? Give positiveLabel/)
    expect(() => precision({ positiveLabel: 'eggs' })(...mail)).toThrow(/'eggs', the classes are 'ham' and 'spam'/)
    expect(() => precision({ positiveLabel: 'spam' })([1, 0], [1, 0])).toThrow(/class indices, 0 and 1/)
  })
  test('what does not fit is told', () => {
    expect(() => accuracy(prediction, target, { labels: ['cat', 'dog'] })).toThrow(/row 4 is 'bird'; the classes are/)
    expect(() => accuracy(prediction, [...target.slice(1), 5] as never)).toThrow(coded('UNKNOWN_CATEGORY'))
    expect(() => accuracy(['0', '1'], [0, 1])).toThrow(/the prediction is text, the target numbers; .*labels/)
    expect(() => accuracy([[0.2, 0.8]], ['yes'])).toThrow(/the target is text, the prediction numbers/)
    expect(() => accuracy([[0.2, 0.5, 0.3]], ['yes'], { labels: ['no', 'yes'] })).toThrow(/3 classes.*2 names/)
    expect(() => accuracy([0, 3], [0, 1], { labels: ['no', 'yes', 'maybe'] })).toThrow(/class 3, but 3 labels/)
    expect(() => f1([0, 1], [0, 5], { labels: ['no', 'yes'] })).toThrow(/class 5, but 2 labels/)
    for (const wrong of [['one'], ['a', 'a'], 'ab', [1, 2], null])
      expect(() => accuracy([0], [0], { labels: wrong as never })).toThrow(/labels must be two or more different names/)
    for (const metric of [rocAuc, averagePrecision, logLoss, topKAccuracy])
      expect(() => metric(['a', 'b'], ['a', 'b'])).toThrow(/give the numbers that the model predicts/)
    expect(() => r2(['a'] as never, ['a'] as never)).toThrow(/must be a number/)
  })
})

// Y, S as below; Z = (S > 0.5): precision_score(Y, Z, average=...), roc_auc_score(Y[:, :3], S[:, :3]), ...
describe('several labels a row', () => {
  const target = [[1, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]] // prettier-ignore
  const scores = [[0.9, 0.4, 0.7, 0.1], [0.2, 0.8, 0.3, 0.6], [0.6, 0.3, 0.2, 0.1], [0.55, 0.1, 0.9, 0.2], [0.1, 0.2, 0.6, 0.3]] // prettier-ignore
  const weights = [1, 2, 3, 4, 5]
  const firstThree = (rows: readonly number[][]): number[][] => rows.map((row) => row.slice(0, 3))

  test("scikit-learn's precision, recall and F1", () => {
    const expected = {
      macro: [0.5833333333333333, 0.5416666666666666, 0.5333333333333333],
      micro: [0.625, 0.7142857142857143, 0.6666666666666666],
      weighted: [0.7619047619047619, 0.7142857142857143, 0.7047619047619048],
    } as const
    for (const [average, values] of Object.entries(expected))
      for (const [i, metric] of [precision, recall, f1].entries())
        expect(metric({ average: average as 'macro' })(scores, target)).toBeCloseTo(values[i]!, 12)
    const [first, second, third, none] = f1({ average: null })(scores, target)
    expect([first, second, third].map((value) => value!.toFixed(9))).toEqual(['0.800000000', '0.666666667', '0.666666667']) // prettier-ignore
    expect(none).toBe(0)
    expect(f1({ average: 'macro' })(scores, target, { weights })).toBeCloseTo(0.4565826330532213, 12)
    expect(() => f1(scores, target)).toThrow(/these are 4 labels/)
  })
  test('accuracy: all labels of a row must be right', () => {
    expect(accuracy(scores, target)).toBeCloseTo(0.2, 12)
    expect(accuracy(scores, target, { weights })).toBeCloseTo(0.06666666666666667, 12)
    expect(accuracy({ threshold: 0.75 })([[0.7, 0.8]], [[0, 1]], { multiLabel: true })).toBe(1)
    // The answer is yes above it, not at it: of a label as of one number.
    expect(accuracy({ threshold: 0.75 })([[0.75, 0.8]], [[0, 1]], { multiLabel: true })).toBe(1)
    expect(accuracy({ threshold: 0.75 })([0.75, 0.8], [0, 1])).toBe(1)
  })
  test('ROC-AUC and average precision: the mean over labels', () => {
    expect(rocAuc(firstThree(scores), firstThree(target))).toBeCloseTo(0.888888888888889, 12)
    expect(averagePrecision(firstThree(scores), firstThree(target))).toBeCloseTo(0.9166666666666666, 12)
    expect(rocAuc(firstThree(scores), firstThree(target), { weights })).toBeCloseTo(0.9204761904761906, 12)
    expect(() => rocAuc(scores, target)).toThrow(/no row of label 3/)
  })
  test('what is made for one class says so', () => {
    for (const metric of [logLoss, topKAccuracy, confusionMatrix])
      expect(() => metric(scores, target)).toThrow(/several labels, not one class each; for such rows there are f1/)
    expect(() => accuracy(firstThree(scores), target)).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => accuracy(scores, scores, { multiLabel: true })).toThrow(/a label of 0\.9/)
  })
  test('one-hot rows are labels where the loss decides each number by itself, and classes elsewhere', async () => {
    const model = sequential([dense(2)])
    const { params } = model.init({ inputShape: [1] })
    const zeros = [{ ...params[0], weight: params[0].weight }] as never
    const data = { x: [[0], [0]], y: [[1, 0], [0, 1]] } // prettier-ignore
    const metrics = { accuracy }
    // Both logits are 0: as classes the first wins, as labels neither holds.
    const classes = await evaluate(model, zeros, data, { loss: crossEntropy({ fromLogits: true }), metrics })
    expect(classes.accuracy).toBe(0.5)
    const labels = await evaluate(model, zeros, data, { loss: binaryCrossEntropy({ fromLogits: true }), metrics })
    expect(labels.accuracy).toBe(0)
    const history = await fit(model, { x: [[0], [1]], y: [[1, 1], [0, 0]] }, {
      loss: binaryCrossEntropy({ fromLogits: true }), optimizer: sgd(), epochs: 1, metrics: { f1: f1({ average: 'micro' }) },
    }) // prettier-ignore
    expect(history.history.f1).toHaveLength(1)
  })
})

test('-1 and 1, as hinge losses take them, are two classes, decided at 0', async () => {
  const target = [-1, 1, 1, -1]
  expect(accuracy([-0.3, 0.2, -2, 0.1], target)).toBe(0.5)
  expect(f1([-1, 1, -1, -1], target)).toBeCloseTo(2 / 3, 12)
  expect(rocAuc([-3, 2, 0.5, 0.7], target)).toBe(rocAuc([-3, 2, 0.5, 0.7], [0, 1, 1, 0]))
  // Without a -1 they are probabilities of class 1, decided at 0.5.
  for (const one of [[1, 1], [1, 0]]) expect(accuracy([0.4, 0.6], one)).toBe(one[1] === 1 ? 0.5 : 0) // prettier-ignore
  const model = sequential([dense(1)])
  const params = [{ weight: tensor([[0.2]]), bias: tensor([0]) }] as never
  const report = await evaluate(model, params, { x: [[1], [2]], y: [1, 1] }, { loss: hinge, metrics: { accuracy } })
  expect(report.accuracy).toBe(1)
})

describe('what is no class', () => {
  test('looks like regression only where it does', () => {
    for (const metric of [accuracy, f1({ average: 'macro' }), topKAccuracy, rocAuc, logLoss]) {
      expect(() => metric([0.5, 1], [0.5, 1])).toThrow(/looks like regression/)
      expect(() => metric([0.5, 1], [-1, 2])).toThrow(
        /-1, no class index: expected class indices \(whole numbers from 0\), -1 and 1, names/,
      )
      expect(() => metric([[0.5, 1]], [[0.3, 0.7]])).toThrow(/one-hot/)
      expect(() => metric([[0.5, 1]], [[0.3, 0.7]])).not.toThrow(/regression/)
    }
  })
  test('nor is a number that int32 cannot hold: 2 ** 32 + 1 is not class 1', () => {
    expect(() => accuracy([1, 0], [2 ** 32 + 1, 0])).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => accuracy([2 ** 32 + 1, 0, 2], [1, 0, 2])).toThrow(coded('INVALID_ARGUMENT'))
  })
  test('large indices fill no memory', () => {
    expect(f1({ average: 'macro' })([250_000, 3], [250_000, 4])).toBeCloseTo(1 / 3, 12)
    expect(() => confusionMatrix([250_000, 3], [250_000, 4])).toThrow(/at most 4096/)
  })
})

// print(classification_report(T, P, digits=3)), and of Y, Z
describe('classificationReport', () => {
  const target = ['cat', 'dog', 'bird', 'cat', 'bird', 'dog', 'cat', 'dog']
  const prediction = ['cat', 'dog', 'cat', 'cat', 'bird', 'cat', 'bird', 'dog']
  test('is a table', () => {
    expect(`\n${String(classificationReport(prediction, target))}\n`).toBe(`
          precision     recall         f1    support
    bird      0.500      0.500      0.500          2
     cat      0.500      0.667      0.571          3
     dog      1.000      0.667      0.800          3

accuracy                            0.625          8
   macro      0.667      0.611      0.624          8
weighted      0.688      0.625      0.639          8
`)
  })
  test('and numbers', () => {
    const report = classificationReport(prediction, target)
    expect(report.classes[1]).toEqual({ label: 'cat', precision: 0.5, recall: 2 / 3, f1: 4 / 7, support: 3 })
    expect(report.weighted.precision).toBeCloseTo(0.6875, 12)
    expect(report.weighted.f1).toBeCloseTo(0.6392857142857143, 12)
    expect(report.micro.f1).toBe(report.accuracy)
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ accuracy: 0.625, macro: { support: 8 } })
  })
  test('of several labels has the micro average in place of the accuracy', () => {
    const rows = [[1, 0, 1], [0, 1, 1], [0, 0, 0]] // prettier-ignore
    const scores = [[0.9, 0.1, 0.4], [0.2, 0.8, 0.9], [0.1, 0.2, 0.3]] // prettier-ignore
    const report = classificationReport(scores, rows, { labels: ['red', 'round', 'ripe'] })
    expect(report.accuracy).toBeCloseTo(2 / 3, 12)
    const lines = String(report).split('\n')
    expect(lines[3]).toBe('    ripe      1.000      0.500      0.667          2')
    expect(lines.slice(5).map((line) => line.trim().split(' ')[0])).toEqual(['micro', 'macro', 'weighted'])
  })
  test('fits into 80 columns, whatever the names are, and takes weights', () => {
    const labels = ['a'.repeat(100), 'b']
    const lines = String(classificationReport([0, 1], [0, 1], { labels, weights: [1 / 3, 2] })).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBe(80)
    expect(lines[1]).toMatch(/^a{35}… .*0\.333333$/)
  })
})
