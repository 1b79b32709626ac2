import { spawn, type ChildProcess } from 'node:child_process'
import { createServer as createHttpServer, request } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { disposeTree } from '@neurite/core'
import { gridSearch } from '@neurite/search'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { cluster, localSgd, s3Blobs, type Cluster, type ConnectionOptions } from '../src/index.js'
import { sleep } from './support/fleet.js'
import { diLoCo, numbersOf, reference } from './support/local-sgd-reference.js'
import { objectives } from './support/objectives.js'
import { startProcess, type Process } from './support/processes.js'
import { provided } from './support/provided.js'
import { startS3, type S3Server } from './support/s3.js'
import { freshDatabase } from './support/services.js'

// Checkpoints in a bucket of a real server.

const the = provided()

let s3: S3Server
beforeAll(async () => {
  s3 = await startS3()
})
afterAll(async () => s3.close())
afterEach(() => vi.unstubAllEnvs())

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values)

describe('a bucket as a store', () => {
  test('keeps bytes under a key, gives them, and lets them go', async () => {
    const blobs = s3Blobs('one', { prefix: 'kept/here', config: s3.config })
    expect(await blobs.get('1-0-2-ab')).toBeUndefined()
    const large = Uint8Array.from({ length: 5_000_000 }, (_, i) => i * i)
    for (const value of [bytes(1, 2, 255), bytes(), large]) {
      await blobs.put('1-0-2-ab', value)
      const got = await blobs.get('1-0-2-ab')
      expect(Buffer.compare(got!, value)).toBe(0)
      // It can be handed to a thread with its memory.
      expect(got!.buffer.byteLength).toBe(value.length)
    }
    expect(await s3.keys('one')).toEqual(['kept/here/1-0-2-ab'])
    await blobs.delete('1-0-2-ab')
    await blobs.delete('1-0-2-ab')
    expect(await blobs.get('1-0-2-ab')).toBeUndefined()
    expect(await s3.keys('one')).toEqual([])
  })

  test('is one folder, whether its prefix ends in a slash or not, and apart from others', async () => {
    const [a, b, ...others] = [
      s3Blobs('one', { prefix: 'a', config: s3.config }),
      s3Blobs('one', { prefix: 'a/', config: s3.config }),
      s3Blobs('one', { prefix: 'a/b', config: s3.config }),
      s3Blobs('one', { prefix: '하나 more', config: s3.config }),
      s3Blobs('one', { config: s3.config }),
      s3Blobs('two', { prefix: 'a', config: s3.config }),
    ] as const
    await a.put('key', bytes(1))
    expect(await b.get('key')).toEqual(bytes(1))
    for (const other of others) {
      expect(await other.get('key')).toBeUndefined()
      await other.put('key', bytes(2))
      await other.delete('key')
    }
    expect(await a.get('key')).toEqual(bytes(1))
    await b.delete('key')
    expect([...(await s3.keys('one')), ...(await s3.keys('two'))]).toEqual([])
  })

  test('that is not there, or not allowed, or does not answer, is an error that names it and shows no secret', async () => {
    const stranger = { accessKeyId: 'nobody', secretAccessKey: 'hidden-word' }
    // It takes connections and says nothing.
    const silent = await listening()
    const { port } = silent.address() as AddressInfo
    const handler = { requestHandler: { socketTimeout: 200 }, maxAttempts: 1 }
    const wrong: [bucket: string, config: object, said: RegExp][] = [
      ['three', s3.config, /NoSuchBucket: The specified bucket does not exist/],
      ['one', { ...s3.config, credentials: stranger }, /InvalidAccessKeyId: [^.]+\. See that/],
      ['one', { ...s3.config, endpoint: 'http://127.0.0.1:1', maxAttempts: 2 }, /connect ECONNREFUSED/],
      ['one', { ...s3.config, endpoint: `http://127.0.0.1:${port}`, ...handler }, /time/i],
    ]
    for (const [bucket, config, said] of wrong) {
      const blobs = s3Blobs(bucket, { prefix: 'p', config })
      const ways = {
        written: () => blobs.put('k', bytes(1)),
        read: () => blobs.get('k'),
        removed: () => blobs.delete('k'),
      }
      for (const [does, way] of Object.entries(ways)) {
        const error = await way().then(
          () => new Error('it was taken'),
          (reason: unknown) => reason as Error & { readonly code?: string },
        )
        expect(error).toMatchObject({ code: 'UNREACHABLE', details: { bucket, key: 'p/k' } })
        expect(error.message).toContain(`s3Blobs: s3://${bucket}/p/k could not be ${does}: `)
        expect(error.message).toMatch(said)
        expect(error.cause).toBeInstanceOf(Error)
        expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('hidden-word')
      }
    }
    silent.close()
  })

  test('is found by the variables of the SDK', async () => {
    for (const [name, value] of Object.entries(variables())) vi.stubEnv(name, value)
    const blobs = s3Blobs('two')
    await blobs.put('key', bytes(3))
    expect(await s3.keys('two')).toEqual(['key'])
    await blobs.delete('key')
  })
})

const variables = (): Record<string, string> => ({
  AWS_ENDPOINT_URL_S3: s3.config.endpoint,
  AWS_REGION: s3.config.region,
  AWS_ACCESS_KEY_ID: s3.config.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.config.credentials.secretAccessKey,
})

/** What stands before the server, and refuses to remove. */
async function unremoving(): Promise<Server> {
  const { hostname, port } = new URL(s3.config.endpoint)
  const server = createHttpServer((asked, answer) => {
    const { method, url: path, headers } = asked
    if (method === 'DELETE')
      return void answer.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>')
    const passed = request({ hostname, port, method, path, headers }, (said) => {
      answer.writeHead(said.statusCode!, said.headers)
      said.pipe(answer)
    })
    asked.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.unref()
}

async function listening(): Promise<Server> {
  const server = createServer((socket) => void socket.on('error', () => undefined).unref())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.unref()
}

describe('work that moves through a bucket', () => {
  let services: ConnectionOptions & { readonly connection: string }
  let rows: Awaited<ReturnType<typeof freshDatabase>>['rows']
  let engine: Cluster
  let workers: Process[]
  const commands: ChildProcess[] = []
  beforeEach(async () => {
    ;({ services, rows } = await freshDatabase(the.postgres))
    engine = cluster({ ...services, quiet: 4000 })
    workers = []
  })
  afterEach(async () => {
    commands.splice(0).forEach((child) => child.kill('SIGKILL'))
    workers.forEach(({ signal }) => signal('SIGTERM'))
    await Promise.all(workers.map(({ ended }) => ended))
    await engine.close()
  })
  const until = async (fits: () => Promise<boolean>): Promise<void> => {
    while (!(await fits())) await sleep(20)
  }
  const inBucket = async (): Promise<boolean> =>
    (await rows('select from neurite.checkpoint where data is null')).length > 0
  const start = async (settings: object): Promise<Process> => {
    const worker = startProcess(the.programs.path('worker'), { ...services, lease: 1000, ...settings })
    workers.push(worker)
    await worker.ready
    return worker
  }

  test('a training ends with the bits of one that was left alone, and leaves nothing there', async () => {
    const settings = { blobBucket: ['one', { prefix: 'moves', config: s3.config }], blobsFrom: 0 }
    const first = await start(settings)
    const space = { x: [0.05] as readonly number[], wait: [60] as readonly number[] }
    const searching = gridSearch(space, 'train', { engine })
    await until(inBucket)
    first.signal('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(await s3.keys('one')).toHaveLength(1)
    const second = await start(settings)
    const calm = await gridSearch({ x: [0.05] as readonly number[] }, objectives.train)
    expect((await searching).best!.value).toBe(calm.best!.value)
    expect(second.events.map(({ kind }) => kind)).toEqual(['started', 'finished'])
    await until(async () => (await s3.keys('one')).length === 0)
  })

  test('a bucket that is not there: the trial is parked with what the service said', async () => {
    await start({ blobBucket: ['three', { config: s3.config }], blobsFrom: 0, attempts: 2 })
    const found = await gridSearch({ x: [0.1] as readonly number[] }, 'counts', { engine })
    expect(found.leaderboard[0]!.error).toMatch(/parked after 2 attempts: .*s3:\/\/three\/1-0-0-.*NoSuchBucket/)
  })

  test('a bucket from which nothing may be removed: the work goes on, and what is left there is told', async () => {
    const server = await unremoving()
    const { port } = server.address() as AddressInfo
    const config = { ...s3.config, endpoint: `http://127.0.0.1:${port}` }
    const worker = await start({ blobBucket: ['one', { prefix: 'left', config }], blobsFrom: 0, attempts: 1 })
    const found = await gridSearch({ x: [0.1] as readonly number[] }, 'counts', { engine })
    expect(found.best!.value).toBe(1020)
    const [started, ...rest] = worker.events.map((event) => ('message' in event ? event.message : event.kind))
    expect([started, rest.pop()]).toEqual(['started', 'finished'])
    expect(rest).toHaveLength(20)
    for (const said of rest) expect(said).toMatch(/s3:\/\/one\/left\/1-0-0-\w+ could not be removed: AccessDenied/)
    expect(await s3.keys('one')).toHaveLength(20)
    const direct = s3Blobs('one', { prefix: 'left', config: s3.config })
    for (const key of await s3.keys('one')) await direct.delete(key.replace('left/', ''))
    server.close()
  })

  test('large params of local SGD', async () => {
    const options = { ...services, shards: 2, rounds: 2, steps: 3, seed: 11, ...diLoCo, weights: 'rows' } as const
    const place = ['two', { prefix: 'params/', config: s3.config }] as const
    await start({ blobBucket: place, blobsFrom: 100, concurrency: 2 })
    const { params, state } = await localSgd('plain', { ...options, blobs: s3Blobs(...place) })
    expect(await numbersOf(params)).toEqual((await reference(options)).numbers)
    disposeTree([params, state])
    const left = (await s3.keys('two')).map((key) => key.replace(/-0-[\da-f]{64}$/, ''))
    expect(left).toEqual(['params/1-1-model', 'params/1-2-model'])
  })

  test('the worker’s command takes s3://bucket/prefix, and the rest from the environment', async () => {
    const command = (...args: string[]) => run({ NEURITE_DATABASE_URL: services.connection, ...variables() }, ...args)
    const worker = command('worker', '--objectives', the.programs.path('objectives'), '--blobs', 's3://one/of/commands')
    const searching = gridSearch({ x: [0.1] as readonly number[] }, 'heavy', { engine })
    await until(inBucket)
    expect(await s3.keys('one')).toEqual([expect.stringMatching(/^of\/commands\/1-0-0-[\da-f]{64}$/)])
    worker.child.kill('SIGTERM')
    expect(await worker.code).toBe(0)
    const again = command('worker', '--objectives', the.programs.path('objectives'), '--blobs', 's3://one/of/commands/')
    expect((await searching).best!.value).toBe(5_000_000)
    again.child.kill('SIGTERM')
    expect(await again.code).toBe(0)
    expect(await s3.keys('one')).toEqual([])
  })

  function run(
    env: object,
    ...args: string[]
  ): { readonly child: ChildProcess; readonly code: Promise<number | null> } {
    const child = spawn(process.execPath, [the.programs.path('command'), ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: 'ignore',
    })
    commands.push(child)
    return { child, code: new Promise((resolve) => child.once('exit', resolve)) }
  }
})
