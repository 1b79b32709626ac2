import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3 } from '@aws-sdk/client-s3'
import { freePort } from './postgres.js'
import { answers } from './redis.js'

const require = createRequire(import.meta.url)

/** An S3 server of the tests' own, on a port of loopback, with the buckets `one` and `two`. */
export interface S3Server {
  /** What a client of it takes; plain data. */
  readonly config: {
    readonly region: string
    readonly endpoint: string
    readonly forcePathStyle: true
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
  /** The keys in a bucket, in their order. */
  keys(bucket: string): Promise<string[]>
  close(): Promise<void>
}

/** The only user that the server knows. It takes whatever that one signs: signatures of version 4 are not checked. */
const USER = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

export async function startS3(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'neurite-s3-'))
  const port = await freePort()
  const program = require.resolve('s3rver/bin/s3rver.js')
  const buckets = ['one', 'two'].flatMap((name) => ['--configure-bucket', name])
  const server = spawn(
    process.execPath,
    [program, '--directory', folder, '--address', '127.0.0.1', '--port', `${port}`, ...buckets],
    { stdio: 'ignore' },
  )
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 50))
  const endpoint = `http://127.0.0.1:${port}`
  const config = { region: 'eu-central-1', endpoint, forcePathStyle: true, credentials: USER } as const
  const s3 = new S3(config)
  return {
    config,
    async keys(bucket) {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket })
      return Contents.map(({ Key }) => Key!)
    },
    async close() {
      s3.destroy()
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
