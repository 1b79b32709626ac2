import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { memoryStore } from '@neurite/train'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exposeObjective,
  gridSearch,
  integerBetween,
  logUniformBetween,
  randomSearch,
  successiveHalving,
  workerPool,
  type Trial,
  type WorkerPool,
} from '../../src/index.js'
import { objective, type Point } from './objective.js'

let folder: string
const started: { worker: Worker; exited: boolean }[] = []

beforeAll(async () => {
  // Threads run JavaScript: what a user's build would make of the module, from source.
  folder = mkdtempSync(join(tmpdir(), 'neurite-workers-'))
  await build({
    entryPoints: ['worker', 'silent'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@neurite/source'],
  })
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  // Each test closes its pool, or its search has ended the worker.
  expect(started.length).toBeGreaterThan(0)
  expect(started.filter(({ exited }) => !exited)).toEqual([])
})

function start(name = 'worker'): Worker {
  const worker = new Worker(join(folder, `${name}.mjs`), { stdout: true, stderr: true })
  const entry = { worker, exited: false }
  worker.on('exit', () => {
    entry.exited = true
  })
  started.push(entry)
  return worker
}

async function withPool<T>(workers: number, use: (pool: WorkerPool) => Promise<T>, name?: string): Promise<T> {
  const pool = workerPool(() => start(name), { workers })
  try {
    return await use(pool)
  } finally {
    await pool.close()
  }
}

const alive = (): number => started.filter(({ exited }) => !exited).length
const timeless = (trials: readonly Trial<unknown>[]): unknown =>
  trials.map(({ seconds, ...rest }) => ({ ...rest, timed: seconds > 0 }))
const grid = { units: [8, 4, 2], rate: [0.1, 1e30, 0.01], act: ['slow'] } as const
const failing = (act: Point['act']) => ({ units: [1, 2, 3], rate: [0.1], act: [act] })
const failureOf = (search: Promise<unknown>): Promise<{ code?: string; message: string; name: string } & Error> =>
  search.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error as never,
  )

describe('results do not depend on where and when trials run', () => {
  test('a grid on one worker, on three, and in this process', async () => {
    const here = await gridSearch(grid, objective)
    const one = await withPool(1, ({ objective }) => gridSearch(grid, objective))
    const order: number[] = []
    const onTrial = ({ id }: { id: number }) => void order.push(id)
    const three = await withPool(3, ({ objective }) => gridSearch(grid, objective, { concurrency: 3, onTrial }))
    expect(timeless(one.leaderboard)).toEqual(timeless(here.leaderboard))
    expect(timeless(three.leaderboard)).toEqual(timeless(here.leaderboard))
    expect(three.best?.id).toBe(here.best?.id)
    // The test would show little if trials had been done in order, or if all had gone well.
    expect(order).not.toEqual([...order].sort((a, b) => a - b))
    expect(here.leaderboard.filter(({ value }) => value === null)).toHaveLength(3)
    expect(here.leaderboard.at(-1)!.error).toMatch(/NON_FINITE/)
  })
  test('random points and halving, with more trials at once than workers', async () => {
    const space = { units: integerBetween(1, 6), rate: logUniformBetween(1e-3, 0.3) }
    const options = { trials: 9, maxResource: 9, seed: 5 }
    const here = await successiveHalving(space, objective, options)
    await withPool(2, async (pool) => {
      const there = await successiveHalving(space, pool.objective, { ...options, concurrency: 4 })
      expect(timeless(there.leaderboard)).toEqual(timeless(here.leaderboard))
      const drawn = await randomSearch(space, pool.objective, { trials: 4, seed: 5, concurrency: 2 })
      expect(timeless(drawn.leaderboard)).toEqual(
        timeless((await randomSearch(space, objective, { trials: 4, seed: 5 })).leaderboard),
      )
      expect(alive()).toBe(2)
    })
    expect(alive()).toBe(0)
  })
})

describe('a trial that fails', () => {
  test('gives its error with code and details; other trials end, and the pool goes on', async () => {
    await withPool(2, async (pool) => {
      const coded = await failureOf(gridSearch(failing('coded'), pool.objective, { concurrency: 2 }))
      expect(coded).toMatchObject({ code: 'SHAPE_MISMATCH', details: { shape: [2, 3] } })
      expect(coded.message).toBe('objective: made up. [SHAPE_MISMATCH]')
      expect((coded.cause as Error).stack).toMatch(/worker\.mjs/)
      const plain = await failureOf(gridSearch(failing('plain'), pool.objective))
      expect(plain).toMatchObject({ name: 'RangeError', message: 'out of paper' })
      const text = await failureOf(gridSearch(failing('text'), pool.objective))
      expect(text).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/returned string/) as string,
      })
      expect((await gridSearch({ units: [2], rate: [0.1] }, pool.objective)).best?.value).toBeGreaterThan(0)
    })
  })
  test.each([
    ['exit', /trial 0, \{"units":1,"rate":0.1,"act":"exit"\}.*exited with code 3/],
    ['uncaught', /trial 0.*SyntaxError/],
  ] as const)('a worker that dies (%s) names the trial, and is replaced', async (act, message) => {
    await withPool(1, async (pool) => {
      const told: unknown[] = []
      const error = await failureOf(
        gridSearch(failing(act), pool.objective, { onTrial: (trial) => void told.push(trial) }),
      )
      expect(error).toMatchObject({ code: 'WORKER_FAILED', message: expect.stringMatching(message) as string })
      expect(error).toMatchObject({ details: { id: 0, point: { units: 1, rate: 0.1, act } } })
      expect(told).toEqual([])
      expect(alive()).toBe(0)
      expect((await gridSearch({ units: [2], rate: [0.1] }, pool.objective)).best?.value).toBeGreaterThan(0)
      expect(alive()).toBe(1)
    })
  })
  test('ends trials that are under way beside it', async () => {
    await withPool(2, async (pool) => {
      const space = { units: [1], rate: [0.1], act: ['hang', 'exit'] as const }
      expect(await failureOf(gridSearch(space, pool.objective, { concurrency: 2 }))).toMatchObject({
        code: 'WORKER_FAILED',
      })
      expect(alive()).toBe(0)
    })
  })
  test('so does a module that cannot be loaded, or exposes nothing', async () => {
    const search = ({ objective }: WorkerPool) => gridSearch({ units: [1] }, objective)
    expect(await failureOf(withPool(1, search, 'absent'))).toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(/Cannot find module/) as string,
    })
    expect(await failureOf(withPool(1, search, 'silent'))).toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(/call exposeObjective/) as string,
    })
  })
  test('and a point that cannot be sent', async () => {
    await withPool(1, async ({ objective }) => {
      const error = await failureOf(gridSearch({ units: [1], activation: [Math.tanh] }, objective))
      expect(error).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/trial 0.*activation is a function/) as string,
      })
    })
  })
})

describe('an end', () => {
  test('an abort ends the workers at once, and the search goes on from its leaderboard', async () => {
    const kept: Trial<unknown>[] = []
    const controller = new AbortController()
    const space = { units: [2, 3], rate: [0.1], act: [undefined, 'hang'] as const }
    const stopped = await withPool(2, async (pool) => {
      const result = await gridSearch(space, pool.objective, {
        concurrency: 2,
        signal: controller.signal,
        onTrial: (trial) => {
          kept.push(trial)
          controller.abort()
        },
      })
      expect(alive()).toBeLessThanOrEqual(1)
      return result
    })
    expect(stopped.aborted).toBe(true)
    expect(stopped.leaderboard).toHaveLength(1)
    expect(alive()).toBe(0)
    const points = { units: [2, 3], rate: [0.1] }
    const whole = await withPool(1, ({ objective }) => gridSearch(points, objective))
    const first = whole.leaderboard.find(({ id }) => id === 0)!
    let told = 0
    const again = await withPool(2, ({ objective }) =>
      gridSearch(points, objective, { concurrency: 2, leaderboard: [first], onTrial: () => void told++ }),
    )
    expect(told).toBe(1)
    expect(timeless(again.leaderboard)).toEqual(timeless(whole.leaderboard))
  })
  test('closing ends trials under way, those that wait, and refuses others', async () => {
    const pool = workerPool(() => start(), { workers: 1 })
    const context = {
      id: 0,
      seed: 0,
      resource: undefined,
      signal: new AbortController().signal,
      checkpoints: memoryStore(),
    }
    const [running, waiting] = [1, 2].map((units) =>
      failureOf(pool.objective({ units, rate: 1, act: 'hang' }, context)),
    )
    while (alive() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await pool.close()
    expect(alive()).toBe(0)
    expect([await running, await waiting]).toMatchObject([{ code: 'ABORTED' }, { code: 'ABORTED' }])
    expect(await failureOf(pool.objective({ units: 1 }, context))).toMatchObject({ code: 'ABORTED' })
    await pool[Symbol.asyncDispose]()
  })
  test('wrong calls', async () => {
    expect(() => workerPool(() => start(), { workers: 0 })).toThrow(/workers must be a whole number/)
    expect(() => workerPool(() => start(), { workers: 1, threads: 2 } as never)).toThrow(/threads/)
    expect(() => workerPool('objective.js' as never, { workers: 1 })).toThrow(/create.* must be a function/)
    const refused = (message: string) => expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) as string }) as Error // prettier-ignore
    expect(() => exposeObjective(3 as never)).toThrow(refused('objective must be a function'))
    expect(() => exposeObjective(() => 1)).toThrow(refused('exposeObjective: this is no worker; call it in a module'))
  })
})
