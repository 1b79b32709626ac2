import { randomSearch, uniformBetween } from '@neurite/search'
import { describe, expect, test } from 'vitest'
import { Client } from 'pg'
import { cluster, migrate, startWorker } from '../src/index.js'
import { timeless } from './support/engine-suite.js'
import { Fleet, sleep } from './support/fleet.js'
import { objectives } from './support/objectives.js'
import { freePort } from './support/postgres.js'
import { startProxy } from './support/proxy.js'
import { freshDatabase } from './support/services.js'
import { provided } from './support/provided.js'

// Databases that crash, connections that are cut, clocks that differ, roles with few rights.

const the = provided()

const space = { x: uniformBetween(0, 1), wait: [40] as readonly number[] }
const options = { trials: 200, seed: 3 }
const calm = () => randomSearch(space, ({ x }, context) => objectives.hash({ x, wait: 0 }, context), options)

const ONCE = `select count(*)::int as results, (select count(*)::int from neurite.trial where state = 'done') as done from neurite.result`

test('the server crashes three times in the middle, and comes back', async () => {
  const { services, rows } = await freshDatabase(the.postgres)
  const fleet = new Fleet(the.programs.path('worker'), 2, () => ({ ...services, lease: 1000, attempts: 100 }))
  await fleet.ready()
  const engine = cluster({ ...services, quiet: 4000 })
  let done = 0
  const searching = randomSearch(space, 'hash', { ...options, engine, onTrial: () => void done++ })
  for (const after of [20, 70, 120]) {
    while (done < after) await sleep(10)
    await the.postgres.kill()
    await sleep(300)
    await the.postgres.start()
  }
  const found = await searching
  expect(timeless(found)).toEqual(timeless(await calm()))
  expect(done).toBe(200)
  expect(await rows(ONCE)).toEqual([{ results: 200, done: 200 }])
  expect(fleet.replaced).toBe(0)
  await Promise.all([fleet.close(), engine.close()])
})

test('connections are cut again and again, of workers and of the one who searches', async () => {
  const { services, rows } = await freshDatabase(the.postgres)
  const proxy = await startProxy(the.postgres.port)
  const connection = services.connection.replace(`${the.postgres.port}`, `${proxy.port}`)
  const fleet = new Fleet(the.programs.path('worker'), 2, () => ({ connection, lease: 1000, attempts: 100 }))
  await fleet.ready()
  const engine = cluster({ connection, quiet: 4000 })
  let done = 0
  const searching = randomSearch(space, 'hash', { ...options, engine, onTrial: () => void done++ })
  let cuts = 0
  for (let after = 10; after < 190; after += 20) {
    while (done < after) await sleep(5)
    cuts += proxy.cut()
  }
  expect(timeless(await searching)).toEqual(timeless(await calm()))
  expect(done).toBe(200)
  expect(cuts).toBeGreaterThan(50)
  expect(fleet.replaced).toBe(0)
  expect(await rows(ONCE)).toEqual([{ results: 200, done: 200 }])
  await Promise.all([fleet.close(), engine.close()])
  await proxy.close()
})

test('clocks of workers are an hour early and an hour late', async () => {
  const { services, rows } = await freshDatabase(the.postgres)
  const hour = 3_600_000
  const fleet = new Fleet(the.programs.path('worker'), 3, (index) => ({
    ...services,
    lease: 1000,
    skew: (index - 1) * hour,
  }))
  await fleet.ready()
  const engine = cluster({ ...services, quiet: 4000 })
  const found = await randomSearch(space, 'hash', { ...options, engine })
  expect(timeless(found)).toEqual(timeless(await calm()))
  expect(await rows(ONCE)).toEqual([{ results: 200, done: 200 }])
  // Whom a queue takes for dead by its clock lives by the database's, and keeps its trial.
  expect(await rows('select sum(fence)::int as starts from neurite.trial')).toEqual([{ starts: 200 }])
  await Promise.all([fleet.close(), engine.close()])
})

describe('tables', () => {
  test('are made once, by whoever comes first', async () => {
    const connection = await the.postgres.database()
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate({ connection })))
    expect(applied.flat()).toEqual([1])
    expect(await migrate({ connection })).toEqual([])
  })

  test('that are missing, or of a newer version, are told with the way out', async () => {
    const connection = await the.postgres.database()
    const engine = cluster({ connection })
    const search = () => randomSearch(space, 'hash', { ...options, engine })
    await expect(search()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/run npx neurite-cluster migrate/),
    })
    await engine.close()
    await migrate({ connection })
    const client = new Client({ connectionString: connection })
    await client.connect()
    await client.query('insert into neurite.migration values (99)')
    await client.end()
    await expect(migrate({ connection })).rejects.toThrow(
      /version 99 of the tables, this program knows 1; install the newer/,
    )
    await expect(startWorker({ connection, objectives: the.programs.path('objectives') })).rejects.toThrow(/version 99/)
  })

  test('are enough for a role that owns nothing and may make nothing', async () => {
    const { services, rows } = await freshDatabase(the.postgres)
    await rows(`do $$ begin create role "neurite_worker" login; exception when duplicate_object then null; end $$`)
    await migrate({ ...services, grant: 'neurite_worker' })
    const connection = services.connection.replace('neurite@', 'neurite_worker@')
    const fleet = new Fleet(the.programs.path('worker'), 1, () => ({ connection }))
    await fleet.ready()
    const engine = cluster({ connection })
    const found = await randomSearch(space, 'hash', { trials: 10, engine })
    expect(found.leaderboard).toHaveLength(10)
    await Promise.all([fleet.close(), engine.close()])
    const client = new Client({ connectionString: connection })
    await client.connect()
    await expect(client.query('drop table neurite.result')).rejects.toThrow(/must be owner/)
    await expect(client.query('create table neurite.mine ()')).rejects.toThrow(/permission denied/)
    await client.end()
  })
})

test('a database that is not there is told without its password', async () => {
  const connection = `postgres://someone:secret-word@127.0.0.1:${await freePort()}/nowhere`
  const failure = await migrate({ connection }).then(String, (error: unknown) => error as Error)
  expect(failure).toMatchObject({ code: 'UNREACHABLE' })
  expect(`${failure} ${(failure as Error).stack} ${JSON.stringify(failure)}`).not.toContain('secret-word')
})
