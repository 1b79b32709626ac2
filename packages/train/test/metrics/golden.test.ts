import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { accuracy } from '../../src/metrics/accuracy.js'
import { confusionMatrix } from '../../src/metrics/confusion.js'
import { f1, precision, recall } from '../../src/metrics/precision-recall.js'
import { averagePrecision, rocAuc } from '../../src/metrics/ranking.js'
import { logLoss } from '../../src/metrics/log-loss.js'
import { meanAbsoluteError, meanSquaredError, r2 } from '../../src/metrics/regression.js'

interface Golden {
  yTrue: number[]
  yPred: number[]
  confusion: number[][]
  binaryTrue: number[]
  binaryScore: number[]
  probabilities: { shape: number[]; data: number[] }
  regression: { yTrue: number[]; yPred: number[]; r2: number; mse: number; mae: number }
  [score: string]: unknown
}

const golden = JSON.parse(readFileSync(new URL('../golden/metrics.json', import.meta.url), 'utf8')) as Golden
const { yTrue, yPred, binaryTrue, binaryScore, regression } = golden

describe("scikit-learn's values", () => {
  test('accuracy', () => expect(accuracy(yPred, yTrue)).toBeCloseTo(golden.accuracy as number, 12))
  test('confusion matrix', () => expect(confusionMatrix(yPred, yTrue)).toEqual(golden.confusion))

  const scores = { precision, recall, f1 }
  for (const [name, metric] of Object.entries(scores)) {
    for (const average of ['macro', 'micro', 'weighted'] as const) {
      test(`${name}, ${average}`, () => {
        expect(metric({ average })(yPred, yTrue)).toBeCloseTo(golden[`${name}_score_${average}`] as number, 12)
      })
    }
  }

  test('ROC-AUC', () => expect(rocAuc(binaryScore, binaryTrue)).toBeCloseTo(golden.rocAuc as number, 12))
  test('average precision', () =>
    expect(averagePrecision(binaryScore, binaryTrue)).toBeCloseTo(golden.averagePrecision as number, 12))
  test('log loss', () => {
    const { shape, data } = golden.probabilities
    expect(logLoss({ shape, data: Float64Array.from(data) }, yTrue)).toBeCloseTo(golden.logLoss as number, 8)
  })
  test('R2', () => expect(r2(regression.yPred, regression.yTrue)).toBeCloseTo(regression.r2, 8))
  test('MSE', () => expect(meanSquaredError(regression.yPred, regression.yTrue)).toBeCloseTo(regression.mse, 8))
  test('MAE', () => expect(meanAbsoluteError(regression.yPred, regression.yTrue)).toBeCloseTo(regression.mae, 8))
})
