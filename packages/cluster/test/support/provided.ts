import { afterAll, beforeAll } from 'vitest'
import { buildPrograms } from './build.js'
import { startPostgres, type Postgres } from './postgres.js'
import { startRedis, type Redis } from './redis.js'

/** What tests on services need: there from the first test of the file to its last. */
export interface Provided {
  postgres: Postgres
  redis: Redis
  programs: Awaited<ReturnType<typeof buildPrograms>>
}

/** Starts the services and builds the programs of the workers; to be called once, at the top of a file. */
export function provided(): Provided {
  const the = {} as Provided
  beforeAll(async () => {
    ;[the.postgres, the.redis, the.programs] = await Promise.all([startPostgres(), startRedis(), buildPrograms()])
  })
  afterAll(async () => {
    await Promise.all([the.postgres.close(), the.redis.close()])
    the.programs.remove()
  })
  return the
}
