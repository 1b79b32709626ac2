import { cpu } from '@neurite/backend-cpu'
import { grad, reshape, setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { beforeAll, expect, test } from 'vitest'
import { crossEntropy, sparseCrossEntropy } from '../src/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

// A class at each step of each sequence: [batch, time, classes] is [batch * time, classes].
test.each([true, false])('cross-entropy over time, fromLogits %s', async (fromLogits) => {
  const scores = Float64Array.from({ length: 24 }, (_, i) => Math.sin(7 * i) + 1.5)
  const rows = fromLogits ? scores : scores.map((value, i) => value / sumOfRow(scores, i))
  const prediction = tensor(rows, { shape: [2, 3, 4], dtype: 'float64' })
  const classes = [[0, 3, 1], [2, 2, 0]] // prettier-ignore
  const target = tensor(classes, { dtype: 'int32' })
  const flat = (x: Tensor): Tensor => reshape(x, [6, 4])
  const sparse = sparseCrossEntropy({ fromLogits })
  const dense = crossEntropy({ fromLogits })
  const oneHot = tensor(
    classes.map((row) => row.map((one) => [0, 1, 2, 3].map((k) => Number(k === one)))),
    { dtype: 'float64' },
  )

  const expected = classes.flat().reduce((total, one, i) => {
    const row = Array.from(rows.subarray(4 * i, 4 * i + 4))
    const share = fromLogits ? Math.exp(row[one]!) / row.reduce((sum, value) => sum + Math.exp(value), 0) : row[one]!
    return total - Math.log(share) / 6
  }, 0)
  expect(await sparse(prediction, target).item()).toBeCloseTo(expected, 12)
  expect(await dense(prediction, oneHot).item()).toBeCloseTo(expected, 12)

  const gradient = await flat(grad((p: Tensor) => sparse(p, target))(prediction)).toArray()
  expect(await grad((p: Tensor) => sparse(p, reshape(target, [6])))(flat(prediction)).toArray()).toEqual(gradient)
})

function sumOfRow(scores: Float64Array, i: number): number {
  const start = 4 * Math.floor(i / 4)
  return scores.subarray(start, start + 4).reduce((sum, value) => sum + value, 0)
}
