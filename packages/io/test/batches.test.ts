import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, type ArrayData } from '@neurite/core'
import { columnTransformer, imputer, labelEncoder, oneHotEncoder, pipeline, standardScaler, Table } from '@neurite/data'
import { addNodes, batchNorm, call, dense, embedding, flatten, graph, input, sequential } from '@neurite/nn'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { decodeModel, encodeModel, type RunOptions, type SavedModel } from '../src/index.js'

// Of each test its own: what another one left is collected at any time, and would not be counted twice.
let backend = cpu()
beforeEach(() => setDefaultBackend((backend = cpu())))

const ROWS = 40
const CITIES = ['Seoul', 'Busan', 'Jeju']
const people = Array.from({ length: ROWS }, (_, i) => ({
  age: i % 7 === 0 ? null : 20 + Math.sin(i),
  city: CITIES[i % 3]!,
  owner: i % 2 === 0 ? 'no' : 'yes',
}))

/** Raw rows of a table, a pipeline that learned from all of them, labels. */
async function classifier(): Promise<SavedModel> {
  const table = Table.fromRows(people).withTarget('owner')
  const preprocessing = columnTransformer([
    { columns: 'age', use: pipeline([imputer(), standardScaler()]) },
    { columns: 'city', use: oneHotEncoder() },
  ]).fit(table)
  const model = sequential([dense(8, { activation: 'tanh' }), batchNorm(), dense(2)])
  const { params, state } = model.init({ inputShape: [4], seed: 1 })
  const target = labelEncoder().fit(table.column('owner'))
  return decodeModel(await encodeModel({ model, params, state, preprocessing, target, examples: table.rows([0, 1]) }))
}

/** A graph of values with several outputs a row, whose target was scaled. */
async function values(): Promise<SavedModel> {
  const x = input([3])
  const hidden = call(dense(3, { activation: 'relu' }), x)
  const model = graph({ inputs: x, outputs: call(dense(2), addNodes([hidden, x])) })
  const { params } = model.init({ inputShape: [3], seed: 2 })
  const target = standardScaler().fit([
    [1000, 1],
    [3000, 5],
  ])
  return decodeModel(await encodeModel({ model, params, target, examples: matrix.slice(0, 2) }))
}
const matrix = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(i), i / ROWS])

/** Indices of words. */
async function words(): Promise<SavedModel> {
  const model = sequential([embedding(5, 3), flatten(), dense(1)])
  const { params } = model.init({ inputShape: [2], seed: 3 })
  return decodeModel(await encodeModel({ model, params, examples: indices(2) }))
}
const indices = (rows: number): ArrayData => ({
  shape: [rows, 2],
  data: Int32Array.from({ length: 2 * rows }, (_, i) => i % 5),
})

const plain = ({ shape, data }: ArrayData) => ({ shape, data: Array.from(data) })

describe.each([
  ['a classifier of raw rows', classifier, people],
  ['a graph of values in their unit', values, matrix],
  ['a model of indices', words, indices(ROWS)],
] as const)('%s', (_, make, rows) => {
  test('says the same in batches of any size as in one go', async () => {
    const loaded = await make()
    const [outputs, predictions] = [await loaded.outputs(rows), await loaded.predict(rows)]
    expect(predictions).toHaveLength(ROWS)
    for (const batchSize of [1, 7, 20, 39, 40, 1000]) {
      expect(plain(await loaded.outputs(rows, { batchSize }))).toEqual(plain(outputs))
      expect(await loaded.predict(rows, { batchSize })).toEqual(predictions)
    }
  })
})

test('probabilities come in batches, too, and a single row alone', async () => {
  const loaded = await classifier()
  const probabilities = await loaded.predictProbabilities(people)
  expect(await loaded.predictProbabilities(people, { batchSize: 3 })).toEqual(probabilities)
  expect(await loaded.predictProbabilities(people[1]!, { batchSize: 3 })).toEqual(probabilities[1])
  expect(await loaded.predict([], { batchSize: 3 })).toEqual([])
})

test('an error in a later batch names the row as the caller counts', async () => {
  const loaded = await classifier()
  const wrong = people.map((row, i) => (i === 33 ? { ...row, city: 'Mars' } : row))
  for (const batchSize of [8, ROWS])
    await expect(loaded.predict(wrong, { batchSize })).rejects.toMatchObject({
      code: 'UNKNOWN_CATEGORY',
      message: expect.stringContaining('row 33') as string,
    })
  const missing = matrix.map((row, i) => (i === 21 ? [NaN, 0, 0] : row))
  await expect((await values()).outputs(missing, { batchSize: 8 })).rejects.toMatchObject({
    code: 'NON_FINITE',
    message: expect.stringContaining('row 21') as string,
  })
})

describe('while the clock says that a turn of the event loop is due', () => {
  beforeEach(() => {
    let seconds = 0
    vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++)
  })
  afterEach(() => void vi.restoreAllMocks())

  const works = {
    predict: (loaded: SavedModel, options: RunOptions) => loaded.predict(people, options),
    predictProbabilities: (loaded: SavedModel, options: RunOptions) => loaded.predictProbabilities(people, options),
    outputs: (loaded: SavedModel, options: RunOptions) => loaded.outputs(people, options),
  }

  /** Calls back at each turn of the event loop until that says no more. */
  function atEachTurn(more: () => boolean): void {
    const next = (): void => void (more() && setImmediate(next))
    setImmediate(next)
  }

  describe.each(Object.entries(works))('%s', (_, work) => {
    test('gives it between batches, and not within one', async () => {
      const loaded = await classifier()
      const turnsOf = async (batchSize: number): Promise<number> => {
        let [turns, done] = [0, false]
        atEachTurn(() => {
          turns++
          return !done
        })
        await work(loaded, { batchSize })
        done = true
        return turns
      }
      expect(await turnsOf(1)).toBeGreaterThan(ROWS / 2)
      expect(await turnsOf(ROWS)).toBeLessThan(3)
    })

    test('ends at the next turn after an abort, with its reason, and leaves nothing', async () => {
      const loaded = await classifier()
      const before = backend.memory()
      const abort = new AbortController()
      const reason = new Error('enough')
      let turns = 0
      atEachTurn(() => {
        if (++turns === 3) abort.abort(reason)
        return turns < 3
      })
      await expect(work(loaded, { batchSize: 1, signal: abort.signal })).rejects.toMatchObject({
        code: 'ABORTED',
        cause: reason,
      })
      expect(turns).toBe(3)
      expect(backend.memory()).toEqual(before)
    })

    test('does not begin once the signal is aborted, and refuses other options', async () => {
      const loaded = await classifier()
      await expect(work(loaded, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
      await expect(work(loaded, { signal: {} as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(work(loaded, { batchSize: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(work(loaded, { batchsize: 1 } as RunOptions)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' })
    })
  })
})
