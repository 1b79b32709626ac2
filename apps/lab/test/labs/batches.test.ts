import { cpu } from '@neurite/backend-cpu'
import { wasm } from '@neurite/backend-wasm'
import { childSeed, tensor } from '@neurite/core'
import { batchIndices, takeRows } from '@neurite/data'
import { binaryCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { fit } from '@neurite/train'
import { expect, test } from 'vitest'
import { costOf, rowsOf, traceBatches } from '../../src/labs/batches/compute.js'
import { blocksOf, gridOf, type Box } from '../../src/labs/batches/layout.js'
import { epochsOf, iterationsOf, lastOf, type Batching } from '../../src/labs/batches/training.js'

const batching = (changes: Partial<Batching> = {}): Batching => ({
  ...{ rows: 60, size: 16, order: 'shuffled-cyclic', rate: 0.3, seed: 1 },
  ...changes,
})

test('an epoch has D / M iterations, and one more for the rows left over', () => {
  expect([iterationsOf({ rows: 200, size: 20 }), lastOf({ rows: 200, size: 20 })]).toEqual([10, 20])
  expect([iterationsOf({ rows: 200, size: 33 }), lastOf({ rows: 200, size: 33 })]).toEqual([7, 2])
  expect([iterationsOf({ rows: 10, size: 10 }), lastOf({ rows: 10, size: 10 })]).toEqual([1, 10])
})

test('the losses are those of fit, batch by batch, and the epochs are their means', async () => {
  const asked = batching()
  const { losses, epochs, labels } = await traceBatches(asked)
  const each = iterationsOf(asked)
  expect(losses).toHaveLength(each * epochsOf(asked))
  expect([...labels]).toEqual([...labels].sort((a, b) => a - b))
  const seen: number[] = []
  await fit(
    sequential([
      dense(16, { activation: 'tanh' }),
      dense(16, { activation: 'tanh' }),
      dense(1, { activation: 'sigmoid' }),
    ]),
    rowsOf(asked.rows),
    {
      loss: binaryCrossEntropy(),
      optimizer: sgd({ learningRate: asked.rate }),
      epochs: 2,
      batchSize: asked.size,
      seed: asked.seed,
      backend: await wasm(),
      callbacks: [{ name: 'see', onIteration: ({ loss }) => void seen.push(loss) }],
    },
  )
  expect([...losses.slice(0, 2 * each)]).toEqual(seen.map(Math.fround))
  const first = losses.slice(0, each)
  const mean = first.reduce((a, b) => a + b, 0) / each
  expect(epochs[0]!.mean).toBeCloseTo(mean, 5)
  const spread = Math.sqrt(first.reduce((a, b) => a + (b - mean) * (b - mean), 0) / each)
  expect(epochs[0]!.deviation).toBeCloseTo(spread, 5)
})

test('the rows that are lit are those of the batch: its loss is the one that the trace shows', async () => {
  const asked = batching()
  const { losses } = await traceBatches(asked)
  const backend = cpu()
  const model = sequential([
    dense(16, { activation: 'tanh' }),
    dense(16, { activation: 'tanh' }),
    dense(1, { activation: 'sigmoid' }),
  ])
  const { x, y } = rowsOf(asked.rows)
  // As fit begins: with weights of the seed's key.
  const { params } = await fit(
    model,
    { x, y },
    {
      loss: binaryCrossEntropy(),
      optimizer: sgd({ learningRate: 0 }),
      epochs: 1,
      seed: asked.seed,
      backend,
    },
  )
  const [rows] = batchIndices(asked.rows, {
    batchSize: asked.size,
    order: asked.order,
    seed: childSeed(asked.seed, 'shuffle'),
    epoch: 0,
  })
  const taken = takeRows(x, rows!)
  const prediction = model.apply(params, tensor(taken.data, { shape: taken.shape, backend }))
  const target = tensor(Float32Array.from(takeRows(y, rows!).data), { shape: [rows!.length, 1], backend })
  expect(Number(await binaryCrossEntropy()(prediction, target).item())).toBeCloseTo(losses[0]!, 5)
})

test('jitter falls with M and is 0 for all rows; memory grows with M', async () => {
  const costs = []
  for (const size of [1, 4, 16, 60]) costs.push(await costOf(batching({ size })))
  const jitters = costs.map(({ jitter }) => jitter)
  expect(jitters).toEqual(jitters.toSorted((a, b) => b - a))
  expect(jitters.at(-1)).toBeLessThan(1e-6)
  // As 1 / sqrt(M), but that rows are drawn without putting them back.
  expect(jitters[1]! / jitters[0]!).toBeGreaterThan(0.35)
  expect(jitters[1]! / jitters[0]!).toBeLessThan(0.6)
  const held = costs.map(({ bytes }) => bytes)
  const row = (held[3]! - held[0]!) / 59
  expect(row).toBeGreaterThan(4 * (2 + 16 + 16 + 1))
  expect(held[2]! - held[0]!).toBeCloseTo(15 * row, 6)
  for (const { milliseconds } of costs) expect(milliseconds).toBeGreaterThan(0)
})

test('cells lie within their box, whatever D and M', () => {
  const box: Box = { x: 10, y: 20, width: 150, height: 160 }
  const inside = (places: readonly (readonly [number, number])[]): boolean =>
    places.every(([x, y]) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height + 1)
  for (const rows of [10, 73, 200, 400]) {
    const grid = gridOf(rows, box)
    expect(grid.places).toHaveLength(rows)
    expect(inside(grid.places)).toBe(true)
    for (const size of [1, 3, 20, 33, rows]) {
      const each = iterationsOf({ rows, size: Math.min(size, rows) })
      const last = lastOf({ rows, size: Math.min(size, rows) })
      const sizes = Array.from({ length: each }, (_, b) => (b === each - 1 ? last : Math.min(size, rows)))
      const { blocks } = blocksOf(sizes, box)
      expect(blocks.map(({ places }) => places.length)).toEqual(sizes)
      expect(inside(blocks.flatMap(({ places }) => places))).toBe(true)
    }
  }
})
