import { disposeTree, setDefaultBackend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { diagnose, evaluate, fit, predict, predictor, r2 } from '../../src/index.js'

const backend = cpu()
setDefaultBackend(backend)

/** A clock on which a second passes whenever somebody looks: a turn of the event loop is always due. */
beforeEach(() => {
  let seconds = 0
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++)
})
afterEach(() => void vi.restoreAllMocks())

const BATCHES = 40
const rows = { shape: [BATCHES, 2], data: Float32Array.from({ length: 2 * BATCHES }, (_, i) => Math.sin(i)) }
const data = { x: rows, y: Float32Array.from({ length: BATCHES }, (_, i) => Math.cos(i)) }
const wide = { ...data, x: { shape: [1, 80], data: rows.data }, y: [1] }
const source = { batches: () => Array.from({ length: BATCHES }, () => ({ x: [[1, 2]], y: [1] })) }
const model = sequential([dense(3), dense(1)])
const { params } = model.init({ inputShape: [2] })

const works: Readonly<Record<string, (signal?: AbortSignal) => Promise<unknown>>> = {
  predict: (signal) => predict(model, params, rows, { batchSize: 1, ...(signal && { signal }) }),
  evaluate: (signal) =>
    evaluate(model, params, data, { loss: mse, metrics: { r2 }, batchSize: 1, ...(signal && { signal }) }),
  'evaluate of a source': (signal) =>
    evaluate(model, params, source, { loss: mse, batchSize: 1, ...(signal && { signal }) }),
  diagnose: (signal) => diagnose(model, wide, { loss: mse, ...(signal && { signal }) }),
}

/** Turns of the event loop while work is under way. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let done = false
  const count = (): void => {
    turns++
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  disposeTree(await work())
  done = true
  return turns
}

describe.each(Object.entries(works))('%s', (_, work) => {
  test('gives the event loop its turns', async () => {
    expect(await turnsOf(() => work())).toBeGreaterThan(BATCHES / 2)
  })
  test('ends at the next turn after an abort, with its reason, and leaves nothing', async () => {
    const before = backend.memory()
    const abort = new AbortController()
    const reason = new Error('enough')
    let turns = 0
    const count = (): void => {
      if (++turns === 3) abort.abort(reason)
      else setImmediate(count)
    }
    setImmediate(count)
    await expect(work(abort.signal)).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
    expect(turns).toBe(3)
    expect(backend.memory()).toEqual(before)
  })
  test('does not begin once the signal is aborted', async () => {
    await expect(work(AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
  })
  test('refuses what is no signal', async () => {
    await expect(work({} as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

test('predictor gives the event loop its turns', async () => {
  const answers = predictor(model, params, { batchSize: 1 })
  expect(await turnsOf(() => answers.predict(rows))).toBeGreaterThan(BATCHES / 2)
  expect(await answers.predict(rows)).toEqual(predictor(model, params).predictSync(rows))
})

describe('an abort during validation in fit', () => {
  /** Of more rows than go through the model at once. */
  const many = { x: { shape: [5120, 1], data: new Float32Array(5120) }, y: new Float32Array(5120) }
  test('is heard at the next turn, and the epoch can go on from a checkpoint', async () => {
    const abort = new AbortController()
    let turns = 0
    const count = (): void => {
      // The steps take 2 turns; then come 20 batches of validation rows.
      if (++turns === 6) abort.abort()
      else setImmediate(count)
    }
    const result = await fit(
      sequential([dense(1)]),
      { x: [[0], [1]], y: [0, 1] },
      {
        loss: mse,
        optimizer: sgd(),
        epochs: 3,
        batchSize: 1,
        validation: many,
        signal: abort.signal,
        onIteration: ({ iteration }) => void (iteration === 0 && setImmediate(count)),
      },
    )
    expect(result).toMatchObject({ stoppedBy: 'signal', iterations: 2, epochs: 0 })
    expect(turns).toBe(6)
  })
})
