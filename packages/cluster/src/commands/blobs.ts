import { checkArgument } from '@neurite/core'
import { fileBlobs, type BlobStore } from '../store/blobs.js'
import { loadS3, s3Blobs } from '../store/s3-blobs.js'

/**
 * The store that an option names: a folder, or `s3://bucket/prefix`.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`; `PACKAGE_MISSING` now rather than at the first checkpoint
 */
export async function blobsAt(where: string, place: string): Promise<BlobStore> {
  const [, scheme, path = ''] = /^([A-Za-z][A-Za-z\d+.-]*):\/\/(.*)$/.exec(place) ?? []
  if (scheme === undefined) return fileBlobs(place)
  checkArgument(
    scheme === 's3',
    () => `${where}: blobs must be a folder, or s3://bucket/prefix; ${scheme}:// is not known.`,
  )
  const [bucket, ...prefix] = path.split('/')
  const store = s3Blobs(bucket!, { prefix: prefix.join('/'), config: { forcePathStyle: hasEndpoint() } })
  await loadS3(where)
  return store
}

/** A service of one's own rarely has a host for each bucket, and the SDK has no variable for that. */
function hasEndpoint(): boolean {
  const { env } = process
  return Boolean(env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'])
}
