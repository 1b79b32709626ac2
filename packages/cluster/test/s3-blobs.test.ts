import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { blobsAt } from '../src/commands/blobs.js'
import { s3Blobs } from '../src/index.js'

// What needs no server; how a bucket is spoken with is tried on one.

beforeEach(() => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) vi.stubEnv(name, '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('@aws-sdk/client-s3')
  vi.resetModules()
})

/** A client that keeps what it is given, and has nothing. */
function clientOf() {
  const made: object[] = []
  const asked: object[] = []
  class S3 {
    constructor(config: object) {
      made.push(config)
    }
    async putObject(place: object): Promise<void> {
      asked.push(place)
    }
    async getObject(place: object): Promise<never> {
      asked.push(place)
      throw Object.assign(new Error('none'), { name: 'NoSuchKey' })
    }
  }
  vi.doMock('@aws-sdk/client-s3', () => ({ S3 }))
  return { made, asked }
}

test('refuses what is no bucket, no prefix, no option', () => {
  const buckets = ['', 'ab', 'x'.repeat(64), 'Upper', 'a_b', '-ab', 'ab-', 'a..b', 'a/b', 'a:b@c', 'a\nb', 3, undefined]
  for (const bucket of buckets) {
    expect(() => s3Blobs(bucket as string), String(bucket)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    )
    expect(() => s3Blobs(bucket as string)).toThrow(/s3Blobs: bucket must be the name of a bucket/)
  }
  const prefixes = ['/', '/a', 'a//b', 'a//', '.', '..', 'a/../b', './a', 'a\nb', 'é'.repeat(385), 3, null]
  for (const prefix of prefixes)
    expect(() => s3Blobs('bucket', { prefix: prefix as string }), String(prefix)).toThrow(
      /s3Blobs: prefix must be a path in the bucket/,
    )
  for (const config of [3, 'eu-central-1', null, []])
    expect(() => s3Blobs('bucket', { config: config as object }), String(config)).toThrow(/s3Blobs: config must be/)
  expect(() => s3Blobs('bucket', { region: 'eu-central-1' } as never)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
  )
  for (const bucket of ['abc', 'my.bucket-1', '1'.repeat(63)]) s3Blobs(bucket)
  for (const prefix of ['', 'a', 'a/', 'a b/..c/é=1', 'é'.repeat(384)]) s3Blobs('bucket', { prefix })
})

test('asks for the client by its name where it is missing, when it is first needed', async () => {
  vi.doMock('@aws-sdk/client-s3', () => {
    throw new Error("Cannot find package '@aws-sdk/client-s3'")
  })
  const blobs = s3Blobs('bucket')
  const missing = {
    code: 'PACKAGE_MISSING',
    message: expect.stringMatching(/for a bucket, install @aws-sdk\/client-s3/),
    details: { package: '@aws-sdk/client-s3' },
  }
  await expect(blobs.get('key')).rejects.toMatchObject(missing)
  await expect(blobs.put('key', new Uint8Array(1))).rejects.toMatchObject(missing)
  // A command says so before it takes work.
  await expect(blobsAt('worker', 's3://bucket')).rejects.toMatchObject(missing)
})

test('makes one client, from what it was given; a request does not last for ever', async () => {
  const { made, asked } = clientOf()
  const config = { region: 'eu-central-1', endpoint: 'https://s3.example' }
  const blobs = s3Blobs('bucket', { prefix: 'a/b', config })
  expect(made).toEqual([])
  const bytes = new Uint8Array([1])
  await Promise.all([blobs.put('key', bytes), blobs.get('other')])
  const requestHandler = { connectionTimeout: 10_000, socketTimeout: 60_000 }
  expect(made).toEqual([{ ...config, requestHandler }])
  expect(asked).toEqual([
    { Bucket: 'bucket', Key: 'a/b/key', Body: bytes },
    { Bucket: 'bucket', Key: 'a/b/other' },
  ])
  const own = { requestHandler: { socketTimeout: 1 } }
  await s3Blobs('bucket', { config: own }).get('key')
  expect(made[1]).toEqual(own)
})

test('a command has a folder or s3://bucket/prefix, and hosts for buckets only at Amazon', async () => {
  const { made, asked } = clientOf()
  const at = async (place: string): Promise<unknown> => {
    await (await blobsAt('worker', place)).get('key')
    return asked.pop()
  }
  expect(await at('s3://bucket')).toEqual({ Bucket: 'bucket', Key: 'key' })
  expect(await at('s3://bucket/')).toEqual({ Bucket: 'bucket', Key: 'key' })
  expect(await at('s3://bucket/a/b')).toEqual({ Bucket: 'bucket', Key: 'a/b/key' })
  expect(await at('s3://bucket/a/b/')).toEqual({ Bucket: 'bucket', Key: 'a/b/key' })
  // Folders, of which nothing is asked there.
  for (const folder of ['/nowhere/at-all', 'C:\\nowhere', 'no:where']) expect(await at(folder)).toBeUndefined()
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) {
    vi.stubEnv(name, 'https://s3.example')
    await at('s3://bucket')
    vi.stubEnv(name, '')
  }
  const styles = made.map((config) => (config as { readonly forcePathStyle: boolean }).forcePathStyle)
  expect(styles).toEqual([false, false, false, false, true, true])

  for (const place of ['gs://bucket/a', 'https://s3.example/bucket', 'file:///a', 'S3+x://b'])
    await expect(blobsAt('worker', place)).rejects.toThrow(
      `worker: blobs must be a folder, or s3://bucket/prefix; ${place.split(':')[0]}:// is not known.`,
    )
  for (const place of ['s3://', 's3:///a', 's3://bucket//a', 's3://id@bucket/a', 's3://bucket/../a'])
    await expect(blobsAt('worker', place), place).rejects.toThrow(/s3Blobs: (bucket|prefix) must be/)
})
