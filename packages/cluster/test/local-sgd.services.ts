import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disposeTree } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import {
  fileBlobs,
  localSgd,
  studies,
  type ConnectionOptions,
  type LocalSgdOptions,
  type LocalSgdResult,
} from '../src/index.js'
import { closeRound } from '../src/local-sgd/close.js'
import { Parts } from '../src/local-sgd/parts.js'
import { Rounds } from '../src/local-sgd/rounds.js'
import { Connection } from '../src/store/database.js'
import { Studies } from '../src/store/studies.js'
import { Trials, type Started } from '../src/store/trials.js'
import { Fleet, sleep } from './support/fleet.js'
import { diLoCo, fedAvg, numbersOf, reference } from './support/local-sgd-reference.js'
import { startProcess, type Process } from './support/processes.js'
import { freshDatabase } from './support/services.js'
import { trainings } from './support/trainings.js'
import { provided } from './support/provided.js'

const the = provided()

/** Of databases with studies of one number, one Redis. */
let queues = 0

/** Workers for a test, ended after it. */
async function withWorkers<T>(
  settings: object,
  use: (workers: readonly Process[]) => Promise<T>,
  count = 2,
): Promise<T> {
  const workers = Array.from({ length: count }, () =>
    startProcess(the.programs.path('worker'), { concurrency: 2, lease: 2000, ...settings }),
  )
  try {
    await Promise.all(workers.map(({ ready }) => ready))
    return await use(workers)
  } finally {
    workers.forEach(({ signal }) => signal('SIGTERM'))
    await Promise.all(workers.map(({ ended }) => ended))
  }
}

/** All that must be the same to the bit. */
async function bitsOf({ params, state, history }: LocalSgdResult) {
  const numbers = { params: await numbersOf(params), state: await numbersOf(state) }
  disposeTree([params, state])
  return { ...numbers, history: history.map(({ round, loss, losses, missing }) => ({ round, loss, losses, missing })) }
}

const small = { shards: 3, rounds: 3, steps: 7, seed: 11, quiet: 3000 } as const

describe.each(['PostgreSQL', 'Redis'])('BullMQ on %s', (queue) => {
  const fresh = async () => {
    const database = await freshDatabase(the.postgres)
    const services: ConnectionOptions = {
      ...database.services,
      ...(queue === 'Redis' && { redis: the.redis.url, queue: `q${queues++}` }),
    }
    return { ...database, services }
  }

  test('local SGD equals the plain loop to the bit, as FedAvg and as DiLoCo, and is done once', async () => {
    const { services, rows } = await fresh()
    await withWorkers(services, async () => {
      for (const setting of [
        { ...fedAvg, weights: 'rows' },
        { ...diLoCo, weights: 'equal' },
      ] as const) {
        const wanted = await reference({ ...small, ...setting })
        const heard: number[] = []
        const options = { ...services, ...small, ...setting }
        const first = await localSgd('plain', { ...options, onRound: ({ round }) => void heard.push(round) })
        expect(first.aborted).toBe(false)
        const got = await bitsOf(first)
        expect(got.params).toEqual(wanted.numbers)
        expect(got.history).toEqual(wanted.history.map((ended, i) => ({ round: i + 1, missing: [], ...ended })))
        expect(heard).toEqual([1, 2, 3])
        // Submitted again, it is the same training.
        expect(await bitsOf(await localSgd('plain', options))).toEqual(got)
      }
      const counted = await rows<{ study: string; results: string; starts: string }>(
        `select t.study, count(r.*) as results, sum(t.fence) as starts
         from neurite.trial t left join neurite.result r using (study, round, id) group by t.study order by t.study`,
      )
      expect(counted.map(({ results, starts }) => [results, starts])).toEqual([
        ['10', '10'],
        ['10', '10'],
      ])
      // Of a training that is over, the params of the last two rounds are left.
      const parts = await rows('select round, name from neurite.part where study = 1 order by round')
      expect(parts).toEqual([2, 3].map((round) => ({ round, name: 'model' })))
    })
  })

  test('ends with the same bits when workers die and connections are cut in every round', async () => {
    const { services, rows } = await fresh()
    const options = { ...services, ...small, ...diLoCo, weights: 'equal' } as const
    const calm = await withWorkers(services, async () => bitsOf(await localSgd('slow', { ...options, name: 'calm' })))
    const lease = 1000
    const fleet = new Fleet(the.programs.path('worker'), 3, () => ({ ...services, lease, attempts: 50 }))
    try {
      await fleet.ready()
      let turn = 0
      const kill = async (): Promise<void> => {
        const worker = await fleet.at(turn++ % 3)
        // While it is at a shard, if it gets one.
        for (let i = 0; i < 100 && worker.events.at(-1)?.kind !== 'started'; i++) await sleep(20)
        await sleep(60)
        worker.signal('SIGKILL')
      }
      const faults: Promise<void>[] = []
      const faultsSoon = (): void => void faults.push(kill(), sleep(300).then(the.postgres.cut))
      faultsSoon()
      const rough = await localSgd('slow', { ...options, name: 'rough', onRound: faultsSoon })
      await Promise.all(faults)
      expect(await bitsOf(rough)).toEqual(calm)
      expect(faults.length).toBe(8)
    } finally {
      await fleet.close()
    }
    const [starts] = await rows<{ more: number }>(
      "select sum(t.fence - 1)::int as more from neurite.trial t join neurite.study s on s.id = t.study where s.spec ->> 'name' = 'rough'",
    )
    // Kills came while shards were under way.
    expect(starts!.more).toBeGreaterThan(0)
  })

  test('closes a round at the deadline without who is missing, and says so', async () => {
    const { services } = await fresh()
    await withWorkers({ ...services, lease: 1000, concurrency: 3 }, async () => {
      const { history, params, state } = await localSgd('late', { ...services, ...small, rounds: 2, deadline: 1500 })
      for (const { missing, losses } of history) {
        expect(missing).toContainEqual({ shard: 2, why: 'it was late' })
        // A busy machine may be late with others, too.
        const there = [0, 1, 2].filter((shard) => !missing.some((one) => one.shard === shard))
        expect(there.length).toBeGreaterThan(0)
        expect(losses.map((loss) => loss !== null)).toEqual([0, 1, 2].map((shard) => there.includes(shard)))
      }
      expect(history.length).toBe(2)
      disposeTree([params, state])
    })
  })
})

/** A training whose rounds the test itself goes through. */
async function byHand(settings: Partial<LocalSgdOptions> = {}) {
  const { services, rows } = await freshDatabase(the.postgres)
  const connection = new Connection({ connectionString: services.connection }, 3)
  const spec = {
    ...{ search: 'localSgd', name: null, objective: 'plain', seed: 1, mode: 'min' },
    settings: { shards: 2, rounds: 2, steps: 2, ...fedAvg, weights: 'rows', deadline: null, ...settings },
  } as const
  const { id: study } = await new Studies(connection).open(spec as never, 'trials')
  const rounds = new Rounds(connection)
  await rounds.begin(study)
  const trials = new Trials(connection, 'by hand', 60_000, 'trials')
  const parts = new Parts(connection, undefined, 1e9)
  const start = async (round: number, id: number): Promise<Started> => {
    const started = await trials.start({ study, round, id }, 5)
    if ('over' in started) throw new Error('it was not started')
    return started
  }
  const quiet = { signal: new AbortController().signal, save: () => Promise.resolve() }
  /** What a shard comes to. */
  const work = async (round: number, shard: number): Promise<Uint8Array<ArrayBuffer>> => {
    const model = await parts.load({ study, round: round - 1, name: 'model' })
    const input = { shard, shards: 2, seed: 1, steps: round === 0 ? 0 : 2, keepOptimizer: false, model }
    return (await trainings.plain.run({ ...input, own: undefined, checkpoint: undefined }, quiet))!.bytes
  }
  const contribute = async (held: Started, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    const key = { study, round: held.round, name: `shard-${held.id}` }
    return rounds.contribute(held, 'by hand', 1, 1, await parts.store(key, bytes, held.fence))
  }
  const close = (round: number) => closeRound(connection, parts, { study, round })
  // The round that makes the params.
  await contribute(await start(0, 0), await work(0, 0))
  expect(await close(0)).toEqual({ kind: 'closed', missing: [] })
  return { rows, connection, study, rounds, trials, start, work, contribute, close }
}

describe('a round', () => {
  test('is closed once, when all are there; what is repeated has no effect', async () => {
    const { rows, connection, start, work, contribute, close } = await byHand()
    const [first, second] = [await start(1, 0), await start(1, 1)]
    const bytes = await work(1, 0)
    expect(await close(1)).toEqual({ kind: 'open', wait: undefined })
    expect(await contribute(first, bytes)).toBe(true)
    // The same once more, as after an answer that was lost.
    expect(await contribute(first, bytes)).toBe(true)
    // And from who had the shard before.
    expect(await contribute({ ...first, fence: '0' }, await work(1, 1))).toBe(false)
    expect(await close(1)).toEqual({ kind: 'open', wait: undefined })
    await contribute(second, await work(1, 1))
    const closings = await Promise.all([close(1), close(1), close(1)])
    expect(closings.map(({ kind }) => kind).sort()).toEqual(['closed', 'over', 'over'])
    expect(await rows('select round, id, refused from neurite.trial where round = 1 order by id')).toEqual([
      { round: 1, id: 0, refused: 1 },
      { round: 1, id: 1, refused: 0 },
    ])
    expect(await rows('select count(*)::int as trials from neurite.trial where round = 2')).toEqual([{ trials: 2 }])
    await connection.close()
  })

  test('that is closed takes nothing more, and counts who tries', async () => {
    const { rows, connection, trials, start, work, contribute, close } = await byHand({ deadline: 1 })
    const [first, late] = [await start(1, 0), await start(1, 1)]
    expect(await close(1)).toEqual({ kind: 'open', wait: 1 })
    await contribute(first, await work(1, 0))
    await sleep(5)
    expect(await close(1)).toEqual({ kind: 'closed', missing: [{ shard: 1, why: 'it was late' }] })
    const model = "select hash from neurite.part where round = 1 and name = 'model'"
    const before = await rows(model)
    expect(await contribute(late, await work(1, 1))).toBe(false)
    expect(await trials.touch([late])).toEqual([])
    expect(await trials.start(late, 5)).toEqual({ over: true })
    expect(await rows(model)).toEqual(before)
    expect(await rows("select name from neurite.part where round = 1 and name like 'shard%'")).toEqual([
      { name: 'shard-0' },
    ])
    expect(await rows('select refused from neurite.trial where round = 1 and id = 1')).toEqual([{ refused: 1 }])
    await connection.close()
  })

  test('leaves out what was damaged on the way, by name; what the shard came to before still counts', async () => {
    const { rows, connection, start, work, contribute, close } = await byHand({ deadline: 60_000, rounds: 3 })
    for (const round of [1, 2]) {
      for (const id of [0, 1]) await contribute(await start(round, id), await work(round, id))
      if (round === 1) expect(await close(1)).toEqual({ kind: 'closed', missing: [] })
    }
    await rows(
      "update neurite.part set data = set_byte(data, 300, 255 - get_byte(data, 300)) where round = 2 and name = 'shard-1'",
    )
    expect(await close(2)).toEqual({
      kind: 'closed',
      missing: [{ shard: 1, why: expect.stringMatching(/'shard-1' of round 2.* is damaged/) }],
    })
    expect(await rows("select round, name from neurite.part where name like 'shard%' order by name")).toEqual([
      { round: 2, name: 'shard-0' },
      { round: 1, name: 'shard-1' },
    ])
    await connection.close()
  })
})

test('a shard that diverges ends the training by name, or is missing where there is a deadline', async () => {
  const { services } = await freshDatabase(the.postgres)
  await withWorkers(services, async () => {
    const options = { ...services, ...small, rounds: 1 }
    const why = /shard 1 failed in round 1: .*loss/
    await expect(localSgd('diverges', options)).rejects.toMatchObject({
      code: 'TASK_FAILED',
      message: expect.stringMatching(why),
    })
    // Submitted again, it tries again.
    await expect(localSgd('diverges', options)).rejects.toMatchObject({ message: expect.stringMatching(why) })
    const { history, params, state } = await localSgd('diverges', { ...options, deadline: 60_000 })
    expect(history[0]!.missing).toEqual([{ shard: 1, why: expect.stringMatching(/loss/) }])
    disposeTree([params, state])
  })
})

test('large params go through the store of the user, which is left with what counts', async () => {
  const { services } = await freshDatabase(the.postgres)
  const folder = mkdtempSync(join(tmpdir(), 'neurite-blobs-'))
  try {
    const wanted = await reference({ ...small, ...diLoCo, weights: 'rows' })
    await withWorkers({ ...services, blobFolder: folder, blobsFrom: 100 }, async () => {
      const result = await localSgd('plain', { ...services, ...small, ...diLoCo, blobs: fileBlobs(folder) })
      expect((await bitsOf(result)).params).toEqual(wanted.numbers)
      await expect(localSgd('plain', { ...services, ...small, ...diLoCo })).rejects.toMatchObject({ code: 'BAD_FILE' })
    })
    const left = readdirSync(folder).map((name) => name.replace(/-0-[0-9a-f]{64}$/, ''))
    expect(left.sort()).toEqual(['1-2-model', '1-3-model'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('moves to the queue where somebody is, by hand or when it is submitted again', async () => {
  const { services, rows } = await freshDatabase(the.postgres)
  const options = { ...services, ...small, ...fedAvg }
  const wanted = await reference({ ...options, weights: 'rows' })
  // Nobody takes from that queue.
  const first = localSgd('plain', { ...options, queue: 'nobody' })
  const queueIs = async (queue: string): Promise<void> => {
    while (!(await rows('select from neurite.study where queue = $1', [queue])).length) await sleep(20)
  }
  await queueIs('nobody')
  const second = localSgd('plain', { ...options, queue: 'nobody-either' })
  await queueIs('nobody-either')
  await using all = studies({ ...services, queue: 'somebody' })
  await all.resume('1')
  await withWorkers({ ...services, queue: 'somebody' }, async () => {
    for (const result of await Promise.all([first, second]))
      expect((await bitsOf(result)).params).toEqual(wanted.numbers)
  })
  // A training under way, in whose queue the workers are stopped, goes on where it is submitted next.
  const leaving = new AbortController()
  const named = { ...options, name: 'again', rounds: 6 }
  const left = await withWorkers({ ...services, queue: 'one' }, () =>
    localSgd('plain', { ...named, queue: 'one', signal: leaving.signal, onRound: () => leaving.abort() }),
  )
  expect(left.aborted).toBe(true)
  disposeTree([left.params, left.state])
  await withWorkers({ ...services, queue: 'two' }, async () => {
    const { params } = await bitsOf(await localSgd('plain', { ...named, quiet: 60_000, queue: 'two' }))
    expect(params).toEqual((await reference({ ...named, weights: 'rows' })).numbers)
  })
})

test('goes on when it is submitted again, also after all of its jobs were lost', async () => {
  const { services, rows } = await freshDatabase(the.postgres)
  const options = { ...services, ...small, ...fedAvg, rounds: 12 }
  const wanted = await reference({ ...options, weights: 'rows' })
  const leaving = new AbortController()
  const first = await withWorkers(services, () =>
    localSgd('plain', { ...options, signal: leaving.signal, onRound: () => leaving.abort() }),
  )
  expect(first.aborted).toBe(true)
  disposeTree([first.params, first.state])
  expect(await rows('select from bullmq.job')).not.toEqual([])
  await rows('truncate bullmq.job cascade')
  await withWorkers(services, async () => {
    const heard: number[] = []
    const result = await localSgd('plain', { ...options, quiet: 300, onRound: ({ round }) => void heard.push(round) })
    expect((await bitsOf(result)).params).toEqual(wanted.numbers)
    expect(heard).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  })
})

test('that was cancelled does nothing until it is resumed', async () => {
  const { services, rows } = await freshDatabase(the.postgres)
  const options = { ...services, ...small, ...fedAvg, rounds: 6 }
  const wanted = await reference({ ...options, weights: 'rows' })
  await using all = studies(services)
  await withWorkers(services, async () => {
    const running = localSgd('plain', { ...options, quiet: 300, onRound: () => all.cancel('1') })
    await expect(running).rejects.toMatchObject({ code: 'ABORTED', message: expect.stringMatching(/resume 1/) })
    const open = "select round from neurite.round where state = 'open'"
    const [before] = await rows<{ round: number }>(open)
    await expect(localSgd('plain', options)).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await rows(open)).toEqual([before])
    await all.resume('1')
    expect((await bitsOf(await localSgd('plain', options))).params).toEqual(wanted.numbers)
    const { trials, state } = await all.show('1')
    expect([state, trials]).toEqual(['done', { done: 19, failed: 0, parked: 0, running: 0, waiting: 0 }])
  })
})

test('gives the params of each round to who asks while they are there', async () => {
  const { services } = await freshDatabase(the.postgres)
  await withWorkers(services, async () => {
    const seen: number[][][] = []
    const { params, state } = await localSgd('plain', {
      ...services,
      ...small,
      async onRound({ model }) {
        const now = await model().catch(() => undefined)
        if (now !== undefined) seen.push(await numbersOf(now.params))
        disposeTree(now ?? [])
      },
    })
    expect(seen.at(-1)).toEqual(await numbersOf(params))
    disposeTree([params, state])
  })
})
