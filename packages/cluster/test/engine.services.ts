import { afterAll, beforeAll, describe } from 'vitest'
import { cluster, migrate, type Cluster, type ConnectionOptions } from '../src/index.js'
import { buildPrograms } from './support/build.js'
import { engineSuite } from './support/engine-suite.js'
import { startPostgres, type Postgres } from './support/postgres.js'
import { startProcess, type Process } from './support/processes.js'
import { startRedis, type Redis } from './support/redis.js'

let postgres: Postgres
let redis: Redis
let programs: Awaited<ReturnType<typeof buildPrograms>>
beforeAll(async () => {
  ;[postgres, redis, programs] = await Promise.all([startPostgres(), startRedis(), buildPrograms()])
})
afterAll(async () => {
  await Promise.all([postgres.close(), redis.close()])
  programs.remove()
})

describe.each(['PostgreSQL', 'Redis'])('BullMQ on %s', (queue) => {
  let services: ConnectionOptions
  let workers: Process[] = []
  const engines: Cluster[] = []
  beforeAll(async () => {
    const connection = await postgres.database()
    services = { connection, ...(queue === 'Redis' && { redis: redis.url }) }
    await migrate(services)
    workers = [1, 2].map(() => startProcess(programs.path('worker'), { ...services, concurrency: 2 }))
    await Promise.all(workers.map(({ ready }) => ready))
  })
  afterAll(async () => {
    workers.forEach(({ signal }) => signal('SIGTERM'))
    await Promise.all([...workers.map(({ ended }) => ended), ...engines.map((engine) => engine.close())])
  })

  engineSuite((name) => {
    const engine = cluster({ ...services, name })
    engines.push(engine)
    return engine
  }, 10)
})
