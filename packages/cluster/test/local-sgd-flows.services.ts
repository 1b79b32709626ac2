import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullmq } from '../src/queue/bullmq.js'
import type { Dispatch, Handled } from '../src/queue/dispatch.js'
import { sleep } from './support/fleet.js'
import { startPostgres, type Postgres } from './support/postgres.js'
import { startRedis, type Redis } from './support/redis.js'
import { freshDatabase } from './support/services.js'

let postgres: Postgres
let redis: Redis
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(async () => {
  await Promise.all([postgres.close(), redis.close()])
})

const round = { study: '7', round: 2 }
const trials = [0, 1, 2].map((id) => ({ ...round, id, fence: '0' }))
const options = { concurrency: 2, lease: 1000, name: 'test', onError: () => undefined }

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await holds()); i++) {
    if (i === 400) throw new Error('it did not come')
    await sleep(25)
  }
}

describe.each(['PostgreSQL', 'Redis'])('a round as a flow, BullMQ on %s', (engine) => {
  let dispatch: Dispatch
  let queues = 0
  const open = async (): Promise<void> => {
    const { services } = await freshDatabase(postgres)
    const database = { connectionString: services.connection }
    dispatch = bullmq({ database, redis: engine === 'Redis' ? redis.url : undefined, queue: `flows${queues++}` })
  }
  const isEmpty = async (): Promise<boolean> => Object.values(await dispatch.counts()).every((count) => count === 0)

  /** What was handed out, in order, until `enough`. */
  const take = async (
    enough: (seen: readonly string[]) => boolean | Promise<boolean>,
    answer: (job: string) => Handled = () => 'done',
  ) => {
    const seen: string[] = []
    const handled = async (job: string): Promise<Handled> => {
      seen.push(job)
      return answer(job)
    }
    const taker = dispatch.take({ trial: ({ id }) => handled(`trial ${id}`), close: () => handled('close') }, options)
    try {
      await until(() => enough(seen))
    } finally {
      await taker.close()
    }
    return seen
  }

  test('is closed after its trials, however often it is told', async () => {
    await open()
    for (let i = 0; i < 3; i++) await dispatch.addRound(round, trials, null)
    const seen = await take((jobs) => jobs.includes('close'))
    expect(seen.slice(0, 3).sort()).toEqual(['trial 0', 'trial 1', 'trial 2'])
    expect(seen.slice(3)).toEqual(['close'])
    await until(isEmpty)
    await dispatch.close()
  })

  test('told again when some of its trials are over, it is closed in the end', async () => {
    await open()
    await dispatch.addRound(round, trials, null)
    await take((jobs) => jobs.length > 0)
    await dispatch.addRound(round, trials, null)
    // What was handed out before may be so again; nothing is left waiting for what is over.
    const seen = await take(async (jobs) => jobs.includes('close') && (await isEmpty()))
    expect(seen.filter((job) => job !== 'close').length).toBeLessThanOrEqual(3)
    await dispatch.close()
  })

  test('is to be closed at the deadline, too, unless that is taken back', async () => {
    await open()
    await dispatch.addRound(round, [], 100)
    await dispatch.addRound({ ...round, round: 3 }, [], 100_000)
    await dispatch.forgetDeadline({ ...round, round: 3 })
    // Without trials, each is handed out at once; and one of them at its deadline.
    expect(await take((jobs) => jobs.length === 3)).toEqual(['close', 'close', 'close'])
    await until(isEmpty)
    await dispatch.close()
  })

  test('that cannot be closed yet is looked at later', async () => {
    await open()
    await dispatch.askToClose(round)
    await dispatch.askToClose(round)
    const begun = performance.now()
    let looked = 0
    await take(
      () => looked === 3,
      () => (++looked < 3 ? { later: 100 } : 'done'),
    )
    expect(looked).toBe(3)
    expect(performance.now() - begun).toBeGreaterThan(190)
    await until(isEmpty)
    await dispatch.close()
  })
})
