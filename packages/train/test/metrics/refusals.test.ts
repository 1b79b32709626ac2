import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend } from '@neurite/core'
import { expect, test } from 'vitest'
import {
  accuracy,
  confusionMatrix,
  f1,
  logLoss,
  meanSquaredError,
  precision,
  recall,
  topKAccuracy,
} from '../../src/index.js'

setDefaultBackend(cpu())

const three = [[0.2, 0.3, 0.5], [0.5, 0.3, 0.2]] // prettier-ignore
const shapes = { prediction: [2, 3], target: [2, 2] }

const REFUSED: readonly (readonly [call: () => unknown, details: Readonly<Record<string, unknown>>])[] = [
  ...[accuracy, f1, precision, recall].map((make): (typeof REFUSED)[number] => [
    () => make({ threshold: 0.75 })(three, [2, 0]),
    { threshold: 0.75 },
  ]),
  ...[f1, precision, recall].map((metric): (typeof REFUSED)[number] => [() => metric(three, [2, 0]), { classes: 3 }]),
  [() => accuracy(three, [[0, 1], [1, 0]]), shapes], // prettier-ignore
  [() => topKAccuracy({ k: 1 })(three, [2, 3]), { shape: [2, 3] }],
  [() => confusionMatrix([0, 2], [0, 1], { classes: 2 }), { classes: 2 }],
  [() => logLoss(three, [2, 3]), { prediction: [2, 3] }],
  [() => meanSquaredError([1, 2, 3], [1, 2]), { prediction: [3], target: [2] }],
  [() => accuracy([0, 1], [0]), { prediction: [2], target: [1] }],
]

test('the details of a refusal hold what the metric was given, by the names in the message', () => {
  for (const [call, details] of REFUSED) expect(refusalOf(call).details, String(call)).toEqual(details)
})

function refusalOf(call: () => unknown): NeuriteError {
  try {
    call()
  } catch (error) {
    if (NeuriteError.isInstance(error)) return error
  }
  throw new Error(`not refused: ${String(call)}`)
}
