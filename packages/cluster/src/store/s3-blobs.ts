import { NeuriteError } from '@neurite/core'
import { anObject, must, or, readOptions } from '@neurite/core/arguments'
import type { S3, S3ClientConfig } from '@aws-sdk/client-s3'
import type { BlobStore } from './blobs.js'
import { said } from './reach.js'

/** Options of {@link s3Blobs}. */
export interface S3BlobsOptions {
  /** The folder in the bucket: 'checkpoints/' say, with or without the '/' at its end. Default '': the bucket itself. */
  readonly prefix?: string
  /**
   * What the SDK's [S3Client](https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/s3/) takes, passed through: `region`, `endpoint`, `forcePathStyle`,
   * `credentials` and so on. What is not given is looked for where the SDK looks: environment variables, shared files, the machine's role.
   */
  readonly config?: object
}

/** ms for a connection, and ms of silence on it, after which a request is given up; the SDK then tries again, three times in all. It has no limits itself. */
const PATIENCE = { connectionTimeout: 10_000, socketTimeout: 60_000 }

/**
 * A bucket as a store for large checkpoints: of Amazon S3, or of another service with its API, by the client of Amazon, which is loaded at the first use:
 * `npm install @aws-sdk/client-s3`. It needs to be allowed `s3:PutObject`, `s3:GetObject` and `s3:DeleteObject` on what has the prefix. One checkpoint may have 5 GB.
 *
 * A service that does not know the checksums of Amazon takes `requestChecksumCalculation: 'WHEN_REQUIRED'` in `config`.
 *
 * @param bucket - its name, by [the rules of S3](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from its methods `PACKAGE_MISSING` without the client, and `UNREACHABLE` if the service does not
 * answer, or refuses
 * @example
 * ```ts no-run
 * import { s3Blobs, startWorker } from '@neurite/cluster'
 * const blobs = s3Blobs('my-bucket', { prefix: 'checkpoints/', config: { region: 'eu-central-1' } })
 * await startWorker({ objectives: new URL('./objectives.js', import.meta.url), blobs })
 * ```
 */
export function s3Blobs(bucket: string, options: S3BlobsOptions = {}): BlobStore {
  const where = 's3Blobs'
  aBucket(where, 'bucket', bucket)
  const { prefix, config } = readOptions(where, options, { prefix: or('', aPrefix), config: or({}, anObject) })
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  let client: Promise<S3> | undefined
  const connect = async (): Promise<S3> =>
    new (await loadS3(where)).S3({ requestHandler: PATIENCE, ...(config as S3ClientConfig) })

  /** @returns what the work gives; undefined where there is nothing under the key */
  const reach = async <T>(
    does: string,
    key: string,
    work: (s3: S3, place: { readonly Bucket: string; readonly Key: string }) => Promise<T>,
  ): Promise<T | undefined> => {
    const place = { Bucket: bucket, Key: folder + key }
    const s3 = await (client ??= connect())
    try {
      return await work(s3, place)
    } catch (error) {
      if ((error as { readonly name?: unknown }).name === 'NoSuchKey') return undefined
      const message = `${where}: s3://${bucket}/${place.Key} could not be ${does}: ${wordsOf(error)}. See that the bucket is there, that region and endpoint lead to it, and that the credentials allow it.`
      throw new NeuriteError('UNREACHABLE', message, { bucket, key: place.Key }, error)
    }
  }
  return {
    async put(key, bytes) {
      await reach('written', key, (s3, place) => s3.putObject({ ...place, Body: bytes }))
    },
    get: (key) =>
      reach('read', key, async (s3, place) => {
        const { Body } = await s3.getObject(place)
        // Memory of its own: small answers lie in a buffer that others use, too.
        return new Uint8Array(await Body!.transformToByteArray())
      }),
    async delete(key) {
      await reach('removed', key, (s3, place) => s3.deleteObject(place))
    },
  }
}

/** @throws NeuriteError `PACKAGE_MISSING` */
export async function loadS3(where: string): Promise<{ readonly S3: typeof S3 }> {
  const name = '@aws-sdk/client-s3'
  return import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw new NeuriteError('PACKAGE_MISSING', `${where}: for a bucket, install ${name}.`, { package: name }, cause)
  })
}

const aBucket = must(
  "the name of a bucket: 3 to 63 lowercase letters, digits, '.' and '-', the first and the last a letter or a digit",
  (value): value is string => typeof value === 'string' && /^[a-z\d](?!.*\.\.)[a-z\d.-]{1,61}[a-z\d]$/.test(value),
)

/** Of the 1,024 bytes that a key may have, ours take less than 256. */
const PREFIX = 768

const aPrefix = must(
  `a path in the bucket, 'checkpoints/' say, of at most ${PREFIX} bytes`,
  (value): value is string =>
    typeof value === 'string' &&
    Buffer.byteLength(value) <= PREFIX &&
    !/\p{Cc}/u.test(value) &&
    (value === '' ||
      value
        .replace(/\/$/, '')
        .split('/')
        .every((part) => !/^\.{0,2}$/.test(part))),
)

/** What the service says has a name, what happens on the way to it has none. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error && '$fault' in error ? `${error.name}: ${error.message}` : said(error)
  return words.replace(/\.$/, '')
}
