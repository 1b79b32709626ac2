import { disposeTree, firstAvailable, moveTo, tensorsIn, type Backend } from '@neurite/core'
import { minMaxScaler } from '@neurite/data'
import { digits } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { fit, type FitOptions } from '@neurite/train'
import { describe, expect, test } from 'vitest'
import { BACKENDS } from '../src/backends.js'

// One program, several backends. Sums are rounded in another order on each, so float32 results drift apart slowly:
// after 135 steps of Adam by less than a thousandth.
const TOLERANCE = 1e-3

const model = sequential([dense(64, { activation: 'relu' }), dense(10)])
const { x: pixels, y } = digits()
const data = { x: minMaxScaler().fitTransform(pixels), y }

function train(backend: Backend, epochs: number, start: Pick<FitOptions, 'params' | 'optimizerState'> = {}) {
  return fit(model, data, {
    loss: sparseCrossEntropy({ fromLogits: true }),
    optimizer: adam({ learningRate: 0.005 }),
    epochs,
    batchSize: 40,
    // The same batches every epoch, so that two trainings of two epochs are one of four.
    order: 'cyclic',
    seed: 7,
    backend,
    ...(start as object),
  })
}

async function numbers(tree: unknown): Promise<number[]> {
  return (await Promise.all(tensorsIn(tree).map((leaf) => leaf.data()))).flatMap((values) => [...values])
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!) / (1 + Math.abs(value))), 0)
}

describe.each(Object.keys(BACKENDS).filter((name) => name !== 'cpu'))('%s beside cpu', (name) => {
  test('the same seed gives the same loss curve', async () => {
    const here = await BACKENDS['cpu']!()
    const there = await BACKENDS[name]!()
    const [expected, found] = [await train(here, 3), await train(there, 3)]
    expect(largestDifference(expected.history.loss, found.history.loss)).toBeLessThan(TOLERANCE)
    disposeTree([found.params, found.state, found.optimizerState])
    expect(there.memory()).toEqual({ buffers: 0, bytes: 0 })
    there.dispose()
  })

  test('a training that began on cpu is moved over, goes on there, and comes back', async () => {
    const here = await BACKENDS['cpu']!()
    const there = await BACKENDS[name]!()
    const whole = await train(here, 4)
    const first = await train(here, 2)
    const { params, optimizerState } = await moveTo(
      { params: first.params, optimizerState: first.optimizerState },
      there,
    )
    const second = await train(there, 2, { params, optimizerState })
    const back = await moveTo(second.params, here)
    expect(largestDifference(await numbers(whole.params), await numbers(back))).toBeLessThan(TOLERANCE)
    expect(largestDifference(whole.history.loss, [...first.history.loss, ...second.history.loss])).toBeLessThan(
      TOLERANCE,
    )
    there.dispose()
  })
})

test('the first that can run is taken, and why others were not is told', async () => {
  const { tfjs } = await import('@neurite/backend-tfjs')
  const { backend, refused } = await firstAvailable([
    () => tfjs('webgpu'),
    () => tfjs('webgl'),
    () => tfjs('wasm'),
    BACKENDS['cpu']!,
  ])
  expect(backend.name).toBe('tfjs:wasm')
  expect(refused.map(({ index }) => index)).toEqual([0, 1])
  for (const { reason } of refused) expect(reason).toContain('cannot run here')
})
