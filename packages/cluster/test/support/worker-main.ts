import { fileBlobs, s3Blobs, startWorker } from '../../src/index.js'

// The process of a worker, as the tests start and end it: its settings come as JSON, what happens goes to its parent.
interface Settings {
  readonly skew?: number
  readonly blobFolder?: string
  readonly blobBucket?: Parameters<typeof s3Blobs>
}
const settings = JSON.parse(process.argv[2]!) as Settings & Record<string, unknown>
const { skew = 0, blobFolder, blobBucket, ...rest } = settings
if (skew !== 0) {
  const now = Date.now
  Date.now = () => now() + skew
}
const tell = (message: object): void => void process.send?.(message)
const worker = await startWorker({
  ...rest,
  ...(blobFolder !== undefined && { blobs: fileBlobs(blobFolder) }),
  ...(blobBucket !== undefined && { blobs: s3Blobs(...blobBucket) }),
  objectives: new URL('./objectives.js', import.meta.url),
  onEvent: (event) => tell(event.kind === 'error' ? { kind: 'error', message: String(event.error) } : event),
})
tell({ kind: 'ready' })
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)))
process.once('disconnect', () => process.exit(1))
