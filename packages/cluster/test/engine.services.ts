import { afterAll, beforeAll, describe } from 'vitest'
import { cluster, migrate, type Cluster, type ConnectionOptions } from '../src/index.js'
import { engineSuite } from './support/engine-suite.js'
import { startProcess, type Process } from './support/processes.js'
import { provided } from './support/provided.js'

const the = provided()

describe.each(['PostgreSQL', 'Redis'])('BullMQ on %s', (queue) => {
  let services: ConnectionOptions
  let workers: Process[] = []
  const engines: Cluster[] = []
  beforeAll(async () => {
    const connection = await the.postgres.database()
    services = { connection, ...(queue === 'Redis' && { redis: the.redis.url }) }
    await migrate(services)
    workers = [1, 2].map(() => startProcess(the.programs.path('worker'), { ...services, concurrency: 2 }))
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
