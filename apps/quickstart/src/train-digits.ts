import type { Backend } from '@neurite/core'
import { minMaxScaler, trainTestSplit } from '@neurite/data'
import { digits } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { accuracy, confusionMatrix, evaluate, fit, predict, type Callback } from '@neurite/train'

/** How the digits are learned. */
export interface Training {
  readonly backend: Backend
  readonly epochs: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly callbacks: readonly Callback[]
}

/** What a training showed. */
export interface Report {
  readonly epochs: number
  readonly aborted: boolean
  /** On images that training never saw. */
  readonly testAccuracy: number
  readonly confusion: readonly (readonly number[])[]
  readonly images: { readonly train: number; readonly test: number }
}

/** Learns to read handwritten digits, and is tested on a fifth of them. */
export async function trainDigits({ backend, epochs, seed, signal, callbacks }: Training): Promise<Report> {
  const { train, test } = trainTestSplit(digits(), { test: 0.2, stratify: 'y', seed })
  const scaler = minMaxScaler().fit(train.x)
  const [x, testX] = [scaler.transform(train.x), scaler.transform(test.x)]

  const model = sequential([dense(64, { activation: 'relu' }), dense(10)])
  const loss = sparseCrossEntropy({ fromLogits: true })
  const {
    params,
    epochs: done,
    stoppedBy,
  } = await fit(
    model,
    { x, y: train.y },
    {
      loss,
      optimizer: adam({ learningRate: 0.005 }),
      epochs,
      batchSize: 32,
      validation: 0.1,
      metrics: { accuracy },
      backend,
      seed,
      signal,
      callbacks,
    },
  )
  const measured = await evaluate(model, params, { x: testX, y: test.y }, { loss, metrics: { accuracy } })
  const prediction = await predict(model, params, testX)
  return {
    epochs: done,
    aborted: stoppedBy === 'signal',
    testAccuracy: measured.accuracy,
    confusion: confusionMatrix({ shape: prediction.shape, data: await prediction.data() }, test.y, {
      classes: 10,
    }),
    images: { train: train.y.shape[0] ?? 0, test: test.y.shape[0] ?? 0 },
  }
}
