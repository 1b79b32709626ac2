import { expect, test } from 'vitest'
import {
  accuracy,
  averagePrecision,
  callbackFromConfig,
  earlyStopping,
  f1,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  metricFromConfig,
  precision,
  r2,
  recall,
  reduceOnPlateau,
  rocAuc,
  topKAccuracy,
} from '../src/index.js'

const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as object

test('every metric of the package comes back from its config', () => {
  for (const { kind, options, mode } of [
    ...[accuracy, averagePrecision, f1, logLoss, meanAbsoluteError, meanSquaredError, precision, r2, recall, rocAuc],
    ...[topKAccuracy, topKAccuracy({ k: 2 }), accuracy({ threshold: 0.3 })],
    ...[f1({ average: 'macro' }), recall({ positiveLabel: 'spam' })],
  ]) {
    const config = { kind, ...options }
    expect({ ...metricFromConfig(config) }).toMatchObject({ kind, options, mode })
    expect({ ...metricFromConfig(JSON.parse(JSON.stringify(config)) as typeof config) }).toMatchObject({ kind, mode })
  }
  expect(accuracy({ threshold: 0.3 }).options).toEqual({ threshold: 0.3 })
  expect(metricFromConfig({ kind: 'accuracy', threshold: 0.8 })([0.7, 0.9], [0, 1])).toBe(1)
  expect(metricFromConfig({ kind: 'accuracy' })([0.7, 0.9], [0, 1])).toBe(0.5)
})

test('callbacks whose options are all of them come back from theirs', () => {
  for (const callback of [
    earlyStopping(),
    earlyStopping({ monitor: 'loss', patience: 3, minDelta: 0.1, mode: 'max', restoreBest: false }),
    reduceOnPlateau({ factor: 0.5, minLearningRate: 0.1 }),
  ])
    expect(callbackFromConfig(callback.config!)).toMatchObject({ name: callback.name, config: callback.config })
  expect(earlyStopping({ patience: 3 }).config).toMatchObject({ kind: 'earlyStopping', patience: 3 })
})

test('others are refused', () => {
  expect(() => metricFromConfig({ kind: 'confusionMatrix' })).toThrow(invalid)
  expect(() => metricFromConfig({ kind: 'valueOf' })).toThrow(invalid)
  expect(() => callbackFromConfig({ kind: 'checkpoint' })).toThrow(/known: earlyStopping, reduceOnPlateau/)
  expect(() => callbackFromConfig({ kind: 'earlyStopping', patience: 0 })).toThrow(invalid)
})
