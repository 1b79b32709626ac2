import { moons } from '@neurite/datasets'
import { binaryCrossEntropy } from '@neurite/losses'
import { configOf, dense, dropout, layerFromConfig, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { fit } from '@neurite/train'
import { describe, expect, test } from 'vitest'
import { LiveTraining } from '../src/training/live-training.js'
import { backendNamed } from '../src/training/named.js'
import type { Edit, Frame, TrainingSpec } from '../src/training/spec.js'

/** Backends that run in this process as in every page. */
const EVERYWHERE = ['cpu', 'wasm'] as const

const points = moons({ points: 50, noise: 0.1, seed: 3 })
const spec: TrainingSpec = {
  model: configOf(sequential([dense(8, { activation: 'tanh' }), dropout(0.2), dense(1)])),
  loss: { kind: 'binaryCrossEntropy', fromLogits: true },
  optimizer: { kind: 'adam', learningRate: 0.02 },
  data: points,
  batchSize: 8,
  seed: 5,
  classes: true,
}

const weights = async (training: LiveTraining): Promise<readonly number[]> =>
  (await training.frame({ params: true, measure: false })).params!.flatMap(({ data }) => [...data])

test.each(EVERYWHERE)('on %s, a training that is driven step by step is fit itself, to the bit', async (name) => {
  const training = await LiveTraining.open({ ...spec, backend: name })
  expect(training.iterationsPerEpoch).toBe(7)
  for (let i = 0; i < 7; i++) await training.advance(3)
  const driven = await weights(training)
  await training.close()

  const backend = await backendNamed(name)
  const { params } = await fit(layerFromConfig(spec.model), points, {
    loss: binaryCrossEntropy({ fromLogits: true }),
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 3,
    batchSize: 8,
    seed: 5,
    backend,
  })
  const leaves = (params as readonly Record<string, { data(): Promise<ArrayLike<number>> }>[]).flatMap((layer) =>
    Object.values(layer),
  )
  const whole = (await Promise.all(leaves.map((leaf) => leaf.data()))).flatMap((data) => [...Array.from(data)])
  expect(driven).toEqual(whole)
})

test.each(EVERYWHERE)('on %s, any iteration is found again with the same bits, from however far', async (backend) => {
  const training = await LiveTraining.open({ ...spec, backend })
  const seen = new Map<number, readonly number[]>()
  for (const steps of [5, 1, 20, 13, 61, 300]) {
    await training.advance(steps)
    seen.set(training.iteration, await weights(training))
  }
  for (const iteration of [39, 5, 400, 26, 6, 100]) {
    await training.goTo(iteration)
    expect(training.iteration).toBe(iteration)
    expect(await weights(training)).toEqual(seen.get(iteration))
  }
  await training.goTo(0)
  expect(training.iteration).toBe(0)
  await training.close()
})

test('losses are handed over once each, in order', async () => {
  const training = await LiveTraining.open(spec)
  await training.advance(4)
  const first = await training.frame({})
  await training.advance(2)
  const second = await training.frame({})
  expect([first.from, first.losses.length, second.from, second.losses.length]).toEqual([0, 4, 4, 2])
  expect(second.trainAccuracy).toBeGreaterThan(0)
  expect((await training.frame({})).losses).toEqual([])
  // Gone back, those on the way from the nearest checkpoint come again, and are the same.
  await training.goTo(3)
  const again = await training.frame({})
  expect([again.from, again.losses]).toEqual([0, first.losses.slice(0, 3)])
  await training.close()
})

test('a look changes nothing and leaves nothing behind', async () => {
  const training = await LiveTraining.open(spec)
  await training.advance(3)
  const grid = { shape: [4, 2], data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) }
  const all = { points: grid, units: true, params: true, flow: true, measure: true }
  const shapes = ({ outputs, units, params, flow }: Frame): unknown => [
    outputs?.length,
    units?.map(({ length }) => length),
    params?.map(({ path, shape }) => [path, shape]),
    flow?.map(({ layer }) => layer),
  ]
  const frame = await training.frame(all)
  expect(shapes(frame)).toEqual([
    4,
    [32, 32, 4],
    [
      ['0.weight', [2, 8]],
      ['0.bias', [8]],
      ['2.weight', [8, 1]],
      ['2.bias', [1]],
    ],
    ['dense', 'dropout', 'dense'],
  ])
  const { buffers } = training.backend.memory()
  await training.frame(all)
  expect(training.backend.memory().buffers).toBe(buffers)
  await training.close()
})

test('a loss that is not finite ends it with its reason, and the start is still there', async () => {
  const training = await LiveTraining.open({
    ...spec,
    loss: { kind: 'mse' },
    optimizer: { kind: 'sgd', learningRate: 1e20 },
  })
  await training.advance(50)
  expect((await training.frame({})).stopped).toMatch(/NON_FINITE/)
  await training.goTo(0)
  expect((await training.frame({})).stopped).toBeUndefined()
  await training.close()
})

describe('numbers that are set by hand', () => {
  const setAt = (iteration: number, value: number, place = 0): Edit => ({ iteration, path: '0.weight', place, value })

  test('are there, are learned on from, and are found again from before and after', async () => {
    const [plain, edited] = [await LiveTraining.open(spec), await LiveTraining.open(spec)]
    for (const training of [plain, edited]) await training.advance(40)
    await edited.edit([setAt(40, 3)])
    expect(edited.iteration).toBe(40)
    const [before, after] = [await weights(plain), await weights(edited)]
    expect(after).toEqual([3, ...before.slice(1)])
    await edited.advance(30)
    const learned = await weights(edited)
    await plain.advance(30)
    expect(learned).not.toEqual(await weights(plain))
    for (const iteration of [5, 70, 39, 40, 70]) {
      await edited.goTo(iteration)
      if (iteration === 70) expect(await weights(edited)).toEqual(learned)
      if (iteration === 40) expect(await weights(edited)).toEqual(after)
    }
    // Taken back, it is as if it had not been.
    await edited.edit([])
    expect(edited.iteration).toBe(70)
    expect(await weights(edited)).toEqual(await weights(plain))
    // And a training that is opened with them comes to the same.
    const opened = await LiveTraining.open({ ...spec, edits: [setAt(40, 3)] })
    await opened.advance(70)
    expect(await weights(opened)).toEqual(learned)
    for (const training of [plain, edited, opened]) await training.close()
  })

  test('of the start are those that training begins with; what is nowhere changes nothing', async () => {
    const training = await LiveTraining.open({ ...spec, edits: [setAt(0, -2, 5), setAt(0, 9, 999), setAt(0, 9, -1)] })
    expect((await weights(training))[5]).toBe(-2)
    const buffers = training.backend.memory().buffers
    await training.edit([setAt(0, -1, 5), { iteration: 0, path: '7.weight', place: 0, value: 1 }])
    expect((await weights(training))[5]).toBe(-1)
    expect(training.backend.memory().buffers).toBe(buffers)
    await training.close()
  })
})
