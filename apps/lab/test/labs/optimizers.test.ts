import { cpu } from '@neurite/backend-cpu'
import { add, grad, mul, slice, square, sum, tensor, type Tensor } from '@neurite/core'
import { adam, applyUpdates } from '@neurite/optimizers'
import { expect, test } from 'vitest'
import { landscape, race, reachedBy, type RaceRequest } from '../../src/labs/optimizers/compute.js'
import { STEPS } from '../../src/labs/optimizers/network.js'
import { RACERS, WITHOUT_DATA } from '../../src/labs/optimizers/racers.js'
import { surfaces } from '../../src/labs/optimizers/surfaces.js'

const asked = (changes: Partial<RaceRequest>): RaceRequest => ({
  where: 'ravine',
  start: [-2, 1],
  racers: [{ id: 'adam', rate: 0.1 }],
  beta: 0.9,
  batchSize: 6,
  seed: 1,
  ...changes,
})

test('a path is that of the package, step by step', async () => {
  const [run] = await race(asked({}))
  const backend = cpu()
  const optimizer = adam({ learningRate: 0.1 })
  const at = (w: Tensor, k: number): Tensor => slice(w, { begin: [k], size: [1] })
  const slope = grad((w: Tensor) => sum(mul(add(square(at(w, 0)), mul(square(at(w, 1)), 60)), 0.5)))
  let w = tensor([-2, 1], { backend })
  let state = optimizer.init(w)
  const path = [-2, 1]
  for (let k = 0; k < surfaces.ravine.steps; k++) {
    const [updates, next] = optimizer.update(slope(w), state, w)
    ;[w, state] = [applyUpdates(w, updates), next]
    path.push(...((await w.toArray()) as number[]))
  }
  expect(run!.way!.path).toHaveLength(path.length)
  path.forEach((value, i) => expect(run!.way!.path[i]).toBeCloseTo(value, 5))
})

test('losses stay below the goal from the step that counts', () => {
  expect(reachedBy(Float32Array.of(3, 0.5, 2, 0.9, 0.1), 1)).toBe(3)
  expect(reachedBy(Float32Array.of(3, 0.5, 2), 1)).toBeUndefined()
  expect(reachedBy(Float32Array.of(0.5, 0.4), 1)).toBe(0)
})

test('a rate too large ends where the numbers do', async () => {
  const [run] = await race(asked({ racers: [{ id: 'gd', rate: 0.1 }] }))
  expect(run).toMatchObject({ lost: true, reached: undefined })
  expect(run!.way!.path.every(Number.isFinite)).toBe(true)
  expect(run!.losses.length).toBeLessThan(surfaces.ravine.steps)
  expect(run!.way!.path).toHaveLength(2 * run!.losses.length)
})

test('only gradient descent over all rows comes to rest on data; every order takes its own way', async () => {
  const runs = await race(
    asked({ where: 'data', start: surfaces.data.start, racers: RACERS.map((id) => ({ id, rate: 0.1 })) }),
  )
  const [gd, sgd, cyclic, shuffled] = runs
  expect(gd!.way!.distance).toBeLessThan(1e-3)
  expect(gd!.rowsAStep).toBe(60)
  for (const run of [sgd, cyclic, shuffled]) {
    expect(run!.rowsAStep).toBe(6)
    expect(run!.way!.distance).toBeGreaterThan(1e-3)
  }
  const ends = runs.map(({ way }) => [...way!.path.slice(-2)].join())
  expect(new Set(ends).size).toBe(RACERS.length)
})

test('with batches of all rows the variants of gradient descent are one', async () => {
  const ids = ['gd', 'sgd', 'cyclic', 'shuffled'] as const
  const runs = await race(
    asked({
      where: 'data',
      start: surfaces.data.start,
      batchSize: 60,
      racers: ids.map((id) => ({ id, rate: 0.1 })),
    }),
  )
  for (const { way } of runs) way!.path.forEach((value, i) => expect(value).toBeCloseTo(runs[0]!.way!.path[i]!, 4))
})

test('the landscape has its lowest level around the minimum', async () => {
  for (const surface of ['ravine', 'saddle', 'beale', 'rosenbrock', 'data'] as const) {
    const found = await landscape({ surface, window: surfaces[surface].box })
    const values = found.levels.map(({ value }) => value)
    expect(values).toEqual(values.toSorted((a, b) => a - b))
    expect(found.minima.length).toBeGreaterThan(0)
    const [at] = await race(asked({ where: surface, start: found.minima[0]!, racers: [{ id: 'gd', rate: 1e-5 }] }))
    expect(at!.losses[0]).toBeLessThan(1e-6)
  }
})

test('the usual rates of each surface send nobody away for good', async () => {
  for (const where of ['ravine', 'saddle', 'beale', 'rosenbrock'] as const) {
    const { rates, start } = surfaces[where]
    const runs = await race(asked({ where, start, racers: WITHOUT_DATA.map((id) => ({ id, rate: rates[id] })) }))
    expect(runs.map(({ lost }) => lost)).toEqual([false, false, false, false])
  }
})

test('on the network everyone begins with the same weights and learns', async () => {
  const runs = await race(
    asked({
      where: 'network',
      racers: [
        { id: 'gd', rate: 0.3 },
        { id: 'adam', rate: 0.02 },
      ],
    }),
  )
  const [gd, adamRun] = runs
  expect(gd!.losses[0]).toBe(adamRun!.losses[0])
  expect(gd!.pictures![0]).toEqual(adamRun!.pictures![0])
  for (const { losses } of runs) {
    expect(losses).toHaveLength(STEPS + 1)
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
  }
})
