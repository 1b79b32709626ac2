import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensor } from '@neurite/core'
import { expect, test } from 'vitest'
import * as losses from '../src/index.js'

setDefaultBackend(cpu())

const { lossFromConfig, crossEntropy, focalCrossEntropy, huber, sparseCrossEntropy } = losses

test('every loss of the package comes back from its config, by way of JSON too', () => {
  const { lossFromConfig: _, ...factories } = losses
  for (const { kind, options } of [
    ...Object.values(factories),
    huber({ delta: 0.25, reduction: 'sum' }),
    crossEntropy({ fromLogits: true, classWeights: [1, 2, 3], labelSmoothing: 0.1 }),
    sparseCrossEntropy({ reduction: 'none' }),
    focalCrossEntropy({ gamma: 0.5 }),
  ]) {
    const config = { kind, ...options }
    for (const sent of [config, JSON.parse(JSON.stringify(config)) as typeof config])
      expect({ ...lossFromConfig(sent) }).toMatchObject({ kind, options })
  }
})

test('and computes the same', async () => {
  const loss = huber({ delta: 2 })
  const [prediction, target] = [tensor([1, 10]), tensor([0, 0])]
  const again = lossFromConfig({ kind: 'huber', delta: 2 })
  expect(await again(prediction, target).item()).toBe(await loss(prediction, target).item())
})

test('what is no loss of the package is refused', () => {
  const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as object
  for (const kind of ['constructor', ['mse'], { kind: 'mse' }, undefined])
    expect(() => lossFromConfig({ kind } as never)).toThrow(invalid)
  expect(() => lossFromConfig({ kind: 'lossFromConfig' })).toThrow(/known: binaryCrossEntropy, crossEntropy/)
  expect(() => lossFromConfig(3 as never)).toThrow(invalid)
  expect(() => lossFromConfig({ kind: 'mse', delta: 1 })).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }))
})
