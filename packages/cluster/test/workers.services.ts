import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gridSearch, randomSearch, uniformBetween } from '@neurite/search'
import { Queue, createPostgresBackend } from 'bullmq'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cluster, type Cluster, type ConnectionOptions } from '../src/index.js'
import { QUEUE_SCHEMA } from '../src/queue/queue-pool.js'
import { timeless } from './support/engine-suite.js'
import { sleep } from './support/fleet.js'
import { objectives } from './support/objectives.js'
import { startProcess, type Process } from './support/processes.js'
import { freshDatabase } from './support/services.js'
import { provided } from './support/provided.js'

// One worker or two, and what they do with trials of each kind.

const the = provided()

let services: ConnectionOptions & { readonly connection: string }
let rows: Awaited<ReturnType<typeof freshDatabase>>['rows']
let engine: Cluster
let workers: Process[]
beforeEach(async () => {
  ;({ services, rows } = await freshDatabase(the.postgres))
  engine = cluster({ ...services, quiet: 4000 })
  workers = []
})
afterEach(async () => {
  for (const { signal } of workers) {
    signal('SIGCONT')
    signal('SIGTERM')
  }
  await Promise.all(workers.map(({ ended }) => ended))
  await engine.close()
})

async function start(settings: object = {}): Promise<Process> {
  const worker = startProcess(the.programs.path('worker'), { ...services, lease: 1000, ...settings })
  workers.push(worker)
  await worker.ready
  return worker
}

const until = async (fits: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await fits())) await sleep(20)
}

const trialOf = async (): Promise<Record<string, unknown>> =>
  (await rows<Record<string, unknown>>('select state, fence::int, attempts, refused, log from neurite.trial'))[0]!

describe('a training that moves', () => {
  const space = { x: [0.05] as readonly number[], wait: [60] as readonly number[] }
  const calm = () => gridSearch({ x: [0.05] as readonly number[], wait: [0] as readonly number[] }, objectives.train)
  const saved = async (): Promise<boolean> => (await rows('select from neurite.checkpoint')).length > 0

  test.each(['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const)(
    'ends with the bits of one that was left alone, after its worker got %s',
    async (signal) => {
      const first = await start()
      const searching = gridSearch(space, 'train', { engine })
      await until(saved)
      first.signal(signal)
      const second = await start()
      const found = await searching
      expect(found.best!.value).toBe((await calm()).best!.value)
      expect(second.events.map(({ kind }) => kind)).toEqual(['started', 'finished'])
      const trial = await trialOf()
      expect(trial).toMatchObject({ state: 'done', fence: 2 })
      if (signal === 'SIGTERM') {
        expect(await first.ended).toBe(0)
        expect(first.events.map(({ kind }) => kind)).toEqual(['started', 'stopped'])
      }
      if (signal === 'SIGSTOP') {
        // It wakes up with a trial that is over: nothing of what it writes counts.
        first.signal('SIGCONT')
        await until(() => first.events.some(({ kind }) => kind === 'lost' || kind === 'refused'))
        expect(await rows('select from neurite.result')).toHaveLength(1)
      }
      expect(await rows('select from neurite.checkpoint')).toEqual([])
    },
  )

  test('goes on where it was, not from the start', async () => {
    const first = await start()
    const searching = gridSearch(space, 'counts', { engine })
    await until(saved)
    first.signal('SIGTERM')
    await first.ended
    await start()
    // 20 steps in two starts, of which the second began with what the first had saved.
    expect((await searching).best!.value).toBe(2020)
  })
})

describe('checkpoints in a store', () => {
  let blobFolder: string
  beforeEach(() => {
    blobFolder = mkdtempSync(join(tmpdir(), 'neurite-blobs-'))
  })
  afterEach(() => rmSync(blobFolder, { recursive: true, force: true }))

  test('are found by the next worker, and go with their trial', async () => {
    const first = await start({ blobFolder, blobsFrom: 0 })
    const point = { x: [0.1] as readonly number[], wait: [60] as readonly number[] }
    const searching = gridSearch(point, 'counts', { engine })
    await until(async () => (await rows('select from neurite.checkpoint where data is null')).length > 0)
    first.signal('SIGKILL')
    await start({ blobFolder, blobsFrom: 0 })
    expect((await searching).best!.value).toBe(2020)
    await until(() => readdirSync(blobFolder).length <= 1)
    // Whoever is killed between writing one and saying so leaves it behind.
    expect(readdirSync(blobFolder).length).toBeLessThanOrEqual(1)
  })

  test('go with a trial that is parked', async () => {
    await start({ blobFolder, blobsFrom: 0, attempts: 2 })
    const found = await gridSearch({ x: [0.1] as readonly number[] }, 'spoiled', { engine })
    expect(found.leaderboard[0]!.error).toMatch(/nothing comes of 0.1/)
    await until(() => readdirSync(blobFolder).length === 0)
  })
})

describe('a trial that goes wrong', () => {
  test.each([
    ['throws', 'broken', /parked after 2 attempts: TypeError: cannot read the secret of 0.9/],
    ['ends its thread', 'exits', /parked after 2 attempts: .*exited with code 3/],
  ])('that %s again and again is parked with its log, and the search goes on', async (_, objective, log) => {
    await start({ attempts: 2 })
    const found = await gridSearch({ x: [0.1, 0.9, 0.2] as readonly number[] }, objective, { engine })
    expect(found.leaderboard.map(({ id }) => id)).toEqual(
      (await gridSearch({ x: [0.1, 0.2] as readonly number[] }, objectives.hash)).leaderboard
        .map(({ id }) => id * 2)
        .concat(1),
    )
    expect(found.leaderboard.at(-1)).toMatchObject({ id: 1, value: null, error: expect.stringMatching(log) })
    const states = await rows<{ id: number; state: string }>('select id, state from neurite.trial order by id')
    expect(states.map(({ state }) => state)).toEqual(['done', 'parked', 'done'])
  })

  test('one that kills its process at every start is parked by those who find it', async () => {
    const fleet = [await start({ attempts: 2 })]
    const searching = gridSearch({ x: [0.3] as readonly number[], wait: [100_000] as readonly number[] }, 'hash', {
      engine,
    })
    for (let i = 0; i < 2; i++) {
      const last = fleet.at(-1)!
      await until(() => last.events.some(({ kind }) => kind === 'started'))
      last.signal('SIGKILL')
      fleet.push(await start({ attempts: 2 }))
    }
    const found = await searching
    expect(found.leaderboard[0]!.error).toMatch(/parked: it was started 2 times without getting on/)
  })

  test('one that computes for longer than the lease without a pause keeps it', async () => {
    await start({ lease: 300 })
    await start({ lease: 300 })
    const found = await gridSearch({ x: [0.3] as readonly number[], wait: [1500] as readonly number[] }, 'busy', {
      engine,
    })
    expect(found.best!.value).toBe((await gridSearch({ x: [0.3] as readonly number[] }, objectives.hash)).best!.value)
    expect(await trialOf()).toMatchObject({ fence: 1, refused: 0 })
  })

  test('one that hears no signal is ended when the grace of its worker is over', async () => {
    const first = await start({ grace: 100 })
    const searching = gridSearch({ x: [0.3] as readonly number[], wait: [1500] as readonly number[] }, 'busy', {
      engine,
    })
    await until(() => first.events.length > 0)
    first.signal('SIGTERM')
    expect(await first.ended).toBe(0)
    await start()
    expect((await searching).best!.value).not.toBeNull()
  })

  test('an objective that a worker lacks is left to one that has it', async () => {
    const worker = await start()
    const controller = new AbortController()
    const searching = gridSearch({ x: [1] }, 'elsewhere', { engine, signal: controller.signal })
    await until(() => worker.events.length > 0)
    expect(worker.events[0]).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/no objective 'elsewhere' here; this worker has hash/),
    })
    expect(await trialOf()).toMatchObject({ state: 'waiting', attempts: 0 })
    controller.abort()
    expect((await searching).aborted).toBe(true)
  })
})

describe('what comes out of the queue is data', () => {
  test('jobs that are none, or of trials that do not exist, are dropped', async () => {
    const worker = await start()
    const queue = new Queue(
      'trials',
      { connection: { connectionString: services.connection, schema: QUEUE_SCHEMA } },
      createPostgresBackend,
    )
    const junk = [
      null,
      7,
      'x',
      {},
      { study: '1', round: 0, id: 1e300 },
      { study: "1'; drop table neurite.trial", round: 0, id: 0 },
      { study: '99', round: 0, id: 0 },
    ]
    for (const data of junk) await queue.add('trial', data, { removeOnComplete: true, removeOnFail: true })
    await until(async () => Object.values(await queue.getJobCounts()).every((count) => count === 0))
    await queue.close()
    const found = await randomSearch({ x: uniformBetween(0, 1) }, 'hash', { trials: 5, engine })
    expect(timeless(found)).toEqual(
      timeless(await randomSearch({ x: uniformBetween(0, 1) }, objectives.hash, { trials: 5 })),
    )
    expect(worker.events.filter(({ kind }) => kind === 'finished')).toHaveLength(5)
  })

  test('a queue that lost its jobs is told of them again', async () => {
    const queue = new Queue(
      'trials',
      { connection: { connectionString: services.connection, schema: QUEUE_SCHEMA } },
      createPostgresBackend,
    )
    const searching = randomSearch({ x: uniformBetween(0, 1) }, 'hash', { trials: 20, engine })
    await until(async () => (await queue.getWaitingCount()) === 20)
    await queue.obliterate({ force: true })
    await queue.close()
    await start()
    expect((await searching).leaderboard).toHaveLength(20)
  })
})

test('the same search from two places at once is one study', async () => {
  await start()
  const other = cluster(services)
  const search = (by: Cluster) => randomSearch({ x: uniformBetween(0, 1) }, 'hash', { trials: 30, seed: 4, engine: by })
  const [a, b] = await Promise.all([search(engine), search(other)])
  expect(timeless(a)).toEqual(timeless(b))
  expect(await rows('select from neurite.study')).toHaveLength(1)
  const [{ starts }] = (await rows<{ starts: number }>('select sum(fence)::int as starts from neurite.trial')) as [
    { starts: number },
  ]
  expect(starts).toBe(30)
  await other.close()
})
