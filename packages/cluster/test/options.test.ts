import { afterEach, expect, test, vi } from 'vitest'
import { cluster, fileBlobs, migrate, startWorker, studies } from '../src/index.js'

const connection = 'postgres://neurite:hidden-word@127.0.0.1:1/neurite'
const objectives = './objectives.js'

/** What takes options here, and what it is given so that it gets as far as them. */
const TAKERS: Readonly<Record<string, (options: object) => unknown>> = {
  cluster: (options) => cluster(options),
  studies: (options) => studies(options),
  migrate: async (options) => migrate(options),
  startWorker: async (options) => startWorker({ objectives, ...options }),
}

const refused = async (
  take: (options: object) => unknown,
  options: object,
): Promise<{ code: string; message: string }> => {
  const given = async (): Promise<unknown> => take(options)
  return given().then(
    () => ({ code: 'taken', message: '' }),
    (error: unknown) => error as { code: string; message: string },
  )
}

afterEach(() => vi.unstubAllEnvs())

test.each(Object.entries(TAKERS))('%s refuses what it does not know, and what is no address', async (name, take) => {
  const misspelt = await refused(take, { connection, conection: connection })
  expect(misspelt).toMatchObject({
    code: 'UNKNOWN_OPTION',
    message: expect.stringContaining("Did you mean 'connection'?") as string,
  })
  const wrong: object[] = [
    { connection: 'mysql://me:hidden-word@h/d' },
    { connection: 'hidden-word' },
    { connection: 3 },
    { connection, redis: 'hidden-word' },
    { connection, redis: 3 },
    ...['', 'a:b', '1', 'x'.repeat(65), 3, null].map((queue) => ({ connection, queue })),
  ]
  for (const options of wrong) {
    const { code, message } = await refused(take, options)
    expect([JSON.stringify(options), code]).toEqual([JSON.stringify(options), 'INVALID_ARGUMENT'])
    expect(message).toMatch(new RegExp(`^${name}: (connection|redis|queue) must be`))
    expect(message).not.toContain('hidden-word')
  }
})

test.each(Object.entries(TAKERS))(
  '%s without a database says how to give one; the environment gives one',
  async (name, take) => {
    vi.stubEnv('NEURITE_DATABASE_URL', '')
    expect(await refused(take, {})).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(new RegExp(`^${name}: no database: .*NEURITE_DATABASE_URL`)) as string,
    })
    vi.stubEnv('NEURITE_DATABASE_URL', 'mysql://me:hidden-word@h')
    expect((await refused(take, {})).message).toMatch(/: connection must be/)
    vi.stubEnv('NEURITE_DATABASE_URL', connection)
    vi.stubEnv('NEURITE_REDIS_URL', 'hidden-word')
    expect((await refused(take, {})).message).toMatch(/: redis must be/)
  },
)

test('a worker and an engine refuse wrong settings by name', async () => {
  const worker: [name: string, ...wrong: unknown[]][] = [
    ['objectives', undefined, '', 3],
    ['concurrency', 0, 1.5, '2'],
    ['lease', 99, NaN, '30000'],
    ['attempts', 0, Infinity],
    ['grace', -1, '1'],
    ['name', 3],
    ['blobs', 'folder', {}],
    ['blobsFrom', -1, 0.5],
    ['onEvent', 'log'],
  ]
  for (const [name, ...wrong] of worker)
    for (const value of wrong) {
      const { code, message } = await refused(TAKERS['startWorker']!, { connection, [name]: value })
      expect([code, message]).toEqual(['INVALID_ARGUMENT', expect.stringContaining(`startWorker: ${name} must be`)])
    }
  for (const options of [{ name: 3 }, { quiet: 99 }, { quiet: '1000' }])
    expect((await refused(TAKERS['cluster']!, { connection, ...options })).code).toBe('INVALID_ARGUMENT')
  expect((await refused(TAKERS['migrate']!, { connection, grant: 3 })).message).toContain('migrate: grant must be')
  expect(() => fileBlobs(3 as never)).toThrow(/fileBlobs: folder must be/)
})

test('studies reads what its methods are given, and is closed once', async () => {
  const all = studies({ connection })
  for (const options of [{ limit: 0 }, { limit: '3' }]) {
    await expect(all.list(options as never)).rejects.toThrow(/studies: limit must be/)
    await expect(all.show('1', options as never)).rejects.toThrow(/studies: limit must be/)
  }
  await expect(all.show(1 as never)).rejects.toThrow(/studies: id must be/)
  await expect(all.cancel(1 as never)).rejects.toThrow(/studies: id must be/)
  await expect(all.resume('1', { parked: 1 } as never)).rejects.toThrow(/studies: parked must be/)
  await expect(all.resume('1', { park: true } as never)).rejects.toThrow(/Did you mean 'parked'/)
  await all.close()
  await all.close()
  await expect(all.list()).rejects.toMatchObject({ code: 'ABORTED' })
})
