import type { RequestListener } from 'node:http'
import { createPostgresBackend, createRedisBackend, Queue, withBackend } from 'bullmq'
import type { Services } from '../connection.js'
import { queuePool } from '../queue/queue-pool.js'

/** The queue's own board. */
export interface QueueBoard {
  readonly handle: RequestListener
  close(): Promise<void>
}

/**
 * [Bull Board](https://github.com/felixmosh/bull-board), if it is installed. It only shows: what becomes of trials is decided in the database.
 *
 * @param path - where it is mounted
 */
export async function queueBoard(services: Services, path: string): Promise<QueueBoard | undefined> {
  const parts = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]).catch(absent)
  if (parts === undefined) return undefined
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = parts
  const { queue, close } = queueOf(services)
  const serverAdapter = new ExpressAdapter()
  serverAdapter.setBasePath(path)
  createBullBoard({ queues: [new BullMQAdapter(queue, { readOnlyMode: true })], serverAdapter })
  return { handle: serverAdapter.getRouter() as RequestListener, close }
}

function queueOf({ database, redis, queue: name }: Services): { readonly queue: Queue; close(): Promise<void> } {
  const pool = queuePool(database, 2)
  const queue: unknown =
    redis === undefined
      ? new (withBackend(createPostgresBackend).Queue)(name, { connection: pool })
      : new (withBackend(createRedisBackend).Queue)(name, { connection: { url: redis } })
  if (!(queue instanceof Queue)) throw new TypeError('no queue of BullMQ')
  // Its pages say when it does not answer.
  queue.on('error', () => undefined)
  const close = async (): Promise<void> => {
    await queue.close()
    await pool.end()
  }
  return { queue, close }
}

function absent(error: unknown): undefined {
  if ((error as { readonly code?: string }).code === 'ERR_MODULE_NOT_FOUND') return undefined
  throw error
}
