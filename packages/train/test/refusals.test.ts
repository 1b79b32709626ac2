import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, tensor } from '@neurite/core'
import { kFold } from '@neurite/data'
import { binaryCrossEntropy, crossEntropy, hinge, mse, sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { expect, test } from 'vitest'
import {
  accuracy,
  averagePrecision,
  checkpoint,
  classificationReport,
  confusionMatrix,
  diagnose,
  earlyStopping,
  evaluate,
  f1,
  fastest,
  fit,
  logLoss,
  meanAbsoluteError,
  precision,
  predict,
  predictor,
  r2,
  recall,
  reduceOnPlateau,
  rocAuc,
  topKAccuracy,
  tuneThreshold,
  type FitOptions,
} from '../src/index.js'

// What is refused, and in which words: code, message and details of each, kept in golden/refusals.txt.
setDefaultBackend(cpu())

const line = sequential([dense(1)])
const three = sequential([dense(3, { activation: 'softmax' })])
const rows = { x: [[0], [1], [2], [3]], y: [0, 1, 2, 3] }
const labelled = { x: [[0], [1], [2], [3]], y: [0, 1, 2, 0] }
const params = line.init({ inputShape: [1], seed: 1 }).params
const never = { loss: mse, optimizer: sgd(), epochs: 1 }
type Loose = Partial<Record<keyof FitOptions, unknown>>
const fitted = (options: Loose, data: unknown = rows, model = line) =>
  fit(model, data as typeof rows, { ...never, ...options } as FitOptions)
const streamed = (batches: () => unknown, options: Loose = {}) => fitted(options, { batches })
const scores = [[0.2, 0.3, 0.5], [0.5, 0.3, 0.2]] // prettier-ignore
const aborted = AbortSignal.abort(new Error('enough'))

const CALLS: Readonly<Record<string, () => unknown>> = {
  // fit: data
  'no x': () => fitted({}, { y: [1] }),
  'no y': () => fitted({}, { x: [[1]] }),
  'no data': () => fitted({}, 7),
  'one number as x': () => fitted({}, { x: tensor(1), y: [1] }),
  'no rows': () => fitted({}, { x: [], y: [] }),
  'more rows than targets': () => fitted({}, { x: [[1], [2]], y: [1] }),
  'no targets': () => fitted({}, { x: [[1], [2]], y: [] }),
  'ragged rows': () => fitted({}, { x: [[1], [2, 3]], y: [1, 2] }),
  'NaN in x': () => fitted({}, { x: [[1], [NaN]], y: [1, 2] }),
  'beyond float32': () => fitted({}, { x: [[1], [1e39]], y: [1, 2] }),
  'Infinity in y': () => fitted({}, { x: [[1], [2]], y: [1, -Infinity] }),
  'columns that the model has not': () => fitted({ params }, { x: [[1, 2]], y: [1] }),
  'targets of another width': () => fitted({}, { x: [[1], [2]], y: [[1, 2], [3, 4]] }), // prettier-ignore
  // fit: weights
  'too few weights': () => fitted({}, { ...rows, sampleWeights: [1, 2] }),
  'a negative weight': () => fitted({}, { ...rows, sampleWeights: [1, 2, -3, 1] }),
  'weights all 0': () => fitted({}, { ...rows, sampleWeights: [0, 0, 0, 0] }),
  'weights of the training rows all 0': () =>
    fitted({ validation: { trainIndices: [0, 1], testIndices: [2, 3] } }, { ...rows, sampleWeights: [0, 0, 1, 1] }),
  'weights of the validation rows all 0': () =>
    fitted({ validation: { trainIndices: [0, 1], testIndices: [2, 3] } }, { ...rows, sampleWeights: [1, 1, 0, 0] }),
  'weights that float32 takes for 0': () => fitted({}, { ...rows, sampleWeights: [1e-50, 1e-60, 0, 0] }),
  'class weights all 0': () => fitted({ loss: sparseCrossEntropy, classWeights: [0, 0, 0] }, labelled, three),
  'weights of the classes that come all 0': () =>
    fitted({ loss: sparseCrossEntropy, classWeights: [0, 0, 1] }, { x: [[0], [1]], y: [0, 1] }, three),
  'batches that all weigh 0': () => streamed(() => [{ x: [[1]], y: [1], sampleWeights: [0] }]),
  'validation batches that all weigh 0': () =>
    fitted({ validation: { batches: () => [{ x: [[1]], y: [1], sampleWeights: [0] }] } }),
  'weights all 0 in evaluate': () => evaluate(line, params, { ...rows, sampleWeights: [0, 0, 0, 0] }, { loss: mse }),
  'batches that all weigh 0 in evaluate': () =>
    evaluate(line, params, { batches: () => [{ x: [[1]], y: [1], sampleWeights: [0] }] }, { loss: mse }),
  'names of classes': () => fitted({ loss: sparseCrossEntropy }, { x: labelled.x, y: ['a', 'b', 'c', 'a'] }, three),
  'names of classes, one a row': () => fitted({}, { x: labelled.x, y: [['a'], ['b'], ['c'], ['a']] }),
  'features of text': () => fitted({}, { x: [['red'], ['blue']], y: [1, 2] }),
  'a validation share of all rows': () => fitted({ validation: 0.99 }),
  'a validation share of too few of a class': () => fitted({ validation: 0.5, stratify: [0, 0, 0, 1] }),
  'a weight that is NaN': () => fitted({}, { ...rows, sampleWeights: [1, NaN, 1, 1] }),
  'weights of a loss that has none': () => fitted({ loss: () => tensor(1) }, { ...rows, sampleWeights: [1, 1, 1, 1] }),
  'class weights of numbers': () => fitted({ classWeights: 'balanced' }, { x: rows.x, y: [0.5, 1, 2, 3] }),
  'class weights of half a class': () =>
    fitted({ loss: crossEntropy, classWeights: 'balanced' }, { x: [[0], [1]], y: [[1, 0, 0], [0.5, 0.5, 0]] }, three), // prettier-ignore
  'class weights, one missing': () =>
    fitted({ loss: sparseCrossEntropy, classWeights: { 0: 1, 1: 2 } }, labelled, three),
  'class weights of a loss that has none': () => fitted({ loss: () => tensor(1), classWeights: 'balanced' }),
  // fit: labels
  'a class too many': () => fitted({ loss: sparseCrossEntropy }, { ...rows, y: [1, 2, 3, 1] }, three),
  'half a class': () => fitted({ loss: sparseCrossEntropy }, { ...rows, y: [1, 2, 0.5, 1] }, three),
  'one output for classes': () => fitted({ loss: crossEntropy }, rows),
  'rows that do not sum to 1': () => fitted({ loss: crossEntropy }, { x: [[1]], y: [[0.5, 0.1, 0]] }, three),
  'two kinds that are not 0 and 1': () => fitted({ loss: binaryCrossEntropy }, { ...rows, y: [1, 2, 1, 2] }),
  'hinge of 0 and 1': () => fitted({ loss: hinge }, { ...rows, y: [0, 1, 0, 1] }),
  'softmax of one': () =>
    fitted({ loss: crossEntropy }, { x: [[1]], y: [[1]] }, sequential([dense(1, { activation: 'softmax' })])),
  // fit: options
  'epochs of 0': () => fitted({ epochs: 0 }),
  'batchSize of 0.5': () => fitted({ batchSize: 0.5 }),
  'no loss': () => fitted({ loss: 7 }),
  'no optimizer': () => fitted({ optimizer: {} }),
  'a loss of no reduction': () => fitted({ loss: mse({ reduction: 'none' }) }),
  'a share of 1': () => fitted({ validation: 1 }),
  'a share of one row': () => fitted({ validation: 0.5 }, { x: [[1]], y: [1] }),
  'stratify without a share': () => fitted({ stratify: [0, 1, 0, 1] }),
  'groups without a share': () => fitted({ groups: [0, 1, 0, 1] }),
  'optimizerState without params': () => fitted({ optimizerState: [] }),
  'another dtype than params': () => fitted({ params, dtype: 'float64' }),
  'a fold of other rows': () => fitted({ validation: { trainIndices: [0, 1], testIndices: [2, 4] } }),
  'a fold of no rows': () => fitted({ validation: { trainIndices: [0, 1], testIndices: [] } }),
  'a fold with a row in both': () => fitted({ validation: { trainIndices: [0, 1, 2], testIndices: [3, 1] } }),
  'a fold of more data': () => fitted({ validation: [...kFold(8, { folds: 2 })][0] }),
  'params of another model': () => fitted({ params: [{}] }),
  'a metric with a name of results': () => fitted({ metrics: { loss: meanAbsoluteError } }),
  'a metric that is none': () => fitted({ metrics: { mae: 7 } }),
  'a metric that gives no number': () => fitted({ metrics: { odd: () => 'much' }, validation: 0.5 }),
  'two callbacks of one name': () => fitted({ callbacks: [{ name: 'a' }, { name: 'a' }] }),
  'a callback that is none': () => fitted({ callbacks: [7] }),
  'monitor of nothing': () => fitted({ callbacks: [earlyStopping({ monitor: 'valLoss' })] }),
  'monitor without a direction': () =>
    fitted({ callbacks: [earlyStopping({ monitor: 'mine' })], metrics: { mine: () => 1 } }),
  'a fixed learning rate': () =>
    fitted({ epochs: 3, callbacks: [reduceOnPlateau({ monitor: 'loss', patience: 1, minDelta: 1e9 })] }),
  'patience of -1': () => earlyStopping({ patience: -1 }),
  'a factor of 1': () => reduceOnPlateau({ factor: 1 }),
  'a place that is none': () => checkpoint(7 as never),
  'an end before it began': () => fitted({ signal: aborted }),
  'what explodes': () => fitted({ optimizer: sgd({ learningRate: 1e30 }), epochs: 9 }),
  // fit: sources
  'an iterable': () => fitted({}, (function* () {})()),
  'batches that are none': () => streamed(() => 7),
  'a source without rows': () => streamed(() => []),
  'a batch without y': () => streamed(() => [{ x: [[1]] }]),
  'a batch of other columns': () =>
    streamed(() => [
      { x: [[1]], y: [1] },
      { x: [[1, 2]], y: [1] },
    ]),
  'a batch with weights, later none': () =>
    streamed(() => [
      { x: [[1]], y: [1], sampleWeights: [1] },
      { x: [[1]], y: [1] },
    ]),
  'a batch without weights, later some': () =>
    streamed(() => [
      { x: [[1]], y: [1] },
      { x: [[1]], y: [1], sampleWeights: [1] },
    ]),
  'a source in full': () => streamed(() => [rows], { batchSize: 'full' }),
  'a source in order': () => streamed(() => [rows], { order: 'random' }),
  'a share of a source': () => streamed(() => [rows], { validation: 0.5 }),
  'class weights of a source': () => streamed(() => [rows], { classWeights: 'balanced' }),
  'NaN in a batch': () => streamed(() => [rows, { x: [[NaN]], y: [1] }]),
  // evaluate, predict, predictor, fastest
  'nothing to measure': () => evaluate(line, params, rows, {}),
  'evaluate without rows': () => evaluate(line, params, { x: [], y: [] }, { loss: mse }),
  'evaluate with params of NaN': () =>
    evaluate(line, [{ weight: tensor([[NaN]]), bias: tensor([0]) }], rows, { loss: mse }),
  'predict one number': () => predict(line, params, tensor(1)),
  'predict of other columns': () => predict(line, params, [[1, 2]]),
  'predict NaN': () => predict(line, params, [[NaN]]),
  'predict of a result': () => predict(line, { params }, [[1]]),
  'a predictor of rows without end': () => predictor(line, params).predict(7),
  'a disposed predictor': () => {
    const made = predictor(line, params)
    made.dispose()
    return made.predict([[1]])
  },
  'a predictor of other columns': () => predictor(line, params).predict([[1, 2, 3]]),
  'a predictor of one number': () => predictor(line, params).predict(tensor(1) as never),
  'fastest of nothing': () => fastest([], { model: line, inputShape: [1] }),
  'fastest of what does not run': () =>
    fastest(
      [
        () => {
          throw new Error('no device')
        },
      ] as never,
      { model: line, inputShape: [1], duration: 0.01 },
    ),
  'diagnose without rows': () => diagnose(line, { x: [], y: [] }, { loss: mse }),
  // metrics
  'one text': () => accuracy(['a', 'b'], [0, 1]),
  'an unknown text': () => accuracy(['a', 'b'], ['a', 'c'], { labels: ['a', 'b'] }),
  'nothing to compare': () => accuracy([], []),
  'a prediction alone': () => (accuracy as (x: unknown) => unknown)([1, 2]),
  'rows of other lengths': () => accuracy([1, 0], [1]),
  'weights that are none': () => meanAbsoluteError([1, 2], [1, 2], { weights: [0, 0] }),
  'weights of too few rows': () => meanAbsoluteError([1, 2], [1, 2], { weights: [1] }),
  'a negative weight of a metric': () => meanAbsoluteError([1, 2], [1, 2], { weights: [1, -1] }),
  'other numbers a row': () => meanAbsoluteError([[1, 2]], [[1]]),
  'r2 of one row': () => r2([1], [1]),
  'too few classes': () => topKAccuracy({ k: 1 })(scores, [2, 3]),
  'k of 0': () => topKAccuracy({ k: 0 }),
  'a threshold of classes': () => accuracy({ threshold: 0.5 })(scores, [2, 0]),
  'binary of three classes': () => f1(scores, [2, 0]),
  'binary of labels': () => precision([[0.2, 0.8]], [[1, 1]]),
  'a positive label of macro': () => recall({ average: 'macro', positiveLabel: 'a' })(['a'], ['a']),
  'no positive label': () => f1(['a', 'b'], ['a', 'b']),
  'a positive label that is none': () => f1({ positiveLabel: 'c' })(['a', 'b'], ['a', 'b']),
  'fewer labels than classes': () => classificationReport([0, 2], [0, 1], { labels: ['a', 'b'] }),
  'fewer classes than there are': () => confusionMatrix([0, 2], [0, 1], { classes: 2 }),
  'half a class in a metric': () => accuracy([0, 1], [0, 0.5]),
  'a class in targets alone': () => logLoss(scores, [2, 3]),
  'no probability': () => logLoss([1.5], [1]),
  'logits that leave no class': () => logLoss([[-Infinity, -Infinity]], [1], { fromLogits: true }),
  'text instead of probabilities': () => logLoss(['a'], ['a']),
  'scores of too few classes': () => rocAuc(scores, [2, 3]),
  'only one class': () => rocAuc([0.5, 0.2], [1, 1]),
  'no row of one': () => averagePrecision([0.5, 0.2], [0, 0]),
  'a threshold of two numbers': () => tuneThreshold([[0.5, 0.2]], [1], { metric: accuracy }),
  'a threshold of class 2': () => tuneThreshold([0.5, 0.2], [1, 2], { metric: accuracy }),
}

const textOf = async (call: () => unknown): Promise<string> => {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof NeuriteError)) return `no NeuriteError: ${String(error)}`
    const { details, cause } = error
    const why = cause instanceof Error ? `\n  because ${cause.message}` : ''
    return `${error.message}\n  ${JSON.stringify(details)}${why}`
  }
  return 'is taken'
}

test('what is refused says what came, what was expected, and the way out', async () => {
  const texts: string[] = []
  for (const [name, call] of Object.entries(CALLS)) texts.push(`${name}\n  ${await textOf(call)}`)
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/refusals.txt')
})
