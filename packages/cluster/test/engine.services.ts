import { randomSearch, uniformBetween } from '@neurite/search'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cluster, migrate } from '../src/index.js'
import { buildPrograms } from './support/build.js'
import { startPostgres, type Postgres } from './support/postgres.js'
import { startProcess } from './support/processes.js'

let postgres: Postgres
let programs: Awaited<ReturnType<typeof buildPrograms>>
beforeAll(async () => {
  ;[postgres, programs] = await Promise.all([startPostgres(), buildPrograms()])
})
afterAll(async () => {
  await postgres.close()
  programs.remove()
})

test('first light', async () => {
  const connection = await postgres.database()
  expect(await migrate({ connection })).toEqual([1])
  const workers = [1, 2].map(() => startProcess(programs.path('worker'), { connection, lease: 2000 }))
  await Promise.all(workers.map(({ ready }) => ready))
  const engine = cluster({ connection })
  const begun = performance.now()
  const result = await randomSearch({ x: uniformBetween(0, 1) }, 'hash', { trials: 100, seed: 1, engine })
  console.log(performance.now() - begun, result.best)
  await engine.close()
  workers.forEach(({ signal }) => signal('SIGTERM'))
  console.log(
    await Promise.all(workers.map(({ ended }) => ended)),
    workers.map(({ events }) => events.slice(0, 3)),
  )
})
