import { disposeTree, setDefaultBackend, type Backend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential, type ParamsOf } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeEach, describe, expect, test } from 'vitest'
import { fit, fitEvents, predict, type FitResult } from '../../src/index.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const line = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }
const options = { loss: mse, optimizer: sgd({ learningRate: 0.01 }), epochs: 3, batchSize: 2 }
const model = sequential([dense(1)])

describe('fitEvents', () => {
  test('gives every event in order, then the result of fit', async () => {
    const kinds: string[] = []
    const losses: number[] = []
    let history: readonly number[] = []
    for await (const event of fitEvents(model, line, { ...options, iterations: true })) {
      kinds.push(event.kind)
      if (event.kind === 'epoch') losses.push(event.values.loss!)
      if (event.kind === 'end') history = event.result.history.loss
    }
    expect(kinds).toEqual([...Array.from({ length: 3 }, () => ['iteration', 'iteration', 'epoch']).flat(), 'end'])
    expect(losses).toEqual((await fit(model, line, options)).history.loss)
    expect(history).toEqual(losses)
  })
  test("the result is the caller's, whether the loop goes to its end or leaves at the last event", async () => {
    const expected = await fit(model, line, options)
    const weight = await expected.params[0].weight.toArray()
    disposeTree(expected)
    const before = backend.memory()
    for (const leaves of [false, true]) {
      let result: FitResult<ParamsOf<typeof model>> | undefined
      for await (const event of fitEvents(model, line, options)) {
        if (event.kind !== 'end') continue
        result = event.result
        if (leaves) break
      }
      expect(await result!.params[0].weight.toArray()).toEqual(weight)
      expect(await (await predict(model, result!.params, [[1]])).toArray()).toEqual([[expect.any(Number)]])
      disposeTree(result)
    }
    expect(backend.memory().buffers).toBe(before.buffers + 2)
  })
  test('training rests while the loop is busy', async () => {
    let steps = 0
    for await (const event of fitEvents(model, line, { ...options, onIteration: () => void steps++ })) {
      if (event.kind !== 'epoch') continue
      const before = steps
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(steps).toBe(before)
      expect(steps).toBe(2 * (event.epoch + 1))
    }
  })
  test('leaving the loop ends training and gives everything back', async () => {
    const before = backend.memory()
    let steps = 0
    for await (const event of fitEvents(model, line, { ...options, epochs: 1e6, onIteration: () => void steps++ }))
      if (event.kind === 'epoch') break
    expect(steps).toBe(2)
    expect(backend.memory()).toEqual(before)
  })
  test('a failure of fit comes out of the loop', async () => {
    const run = async (epochs: number): Promise<void> => {
      for await (const event of fitEvents(model, line, { ...options, epochs }))
        if (event.kind === 'end') disposeTree(event.result)
    }
    await expect(run(0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(run(1)).resolves.toBeUndefined()
  })
})
