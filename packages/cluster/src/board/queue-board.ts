import type { RequestListener } from 'node:http'
import { createPostgresBackend, createRedisBackend, Queue, withBackend } from 'bullmq'
import type { Services } from '../connection.js'
import { QUEUE_SCHEMA } from '../queue/bullmq.js'

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
  const queue = queueOf(services)
  const serverAdapter = new ExpressAdapter()
  serverAdapter.setBasePath(path)
  createBullBoard({ queues: [new BullMQAdapter(queue, { readOnlyMode: true })], serverAdapter })
  return { handle: serverAdapter.getRouter() as RequestListener, close: () => queue.close() }
}

function queueOf({ database, redis, queue: name }: Services): Queue {
  const queue: unknown =
    redis === undefined
      ? new (withBackend(createPostgresBackend).Queue)(name, {
          connection: { ...(database as object), schema: QUEUE_SCHEMA, max: 2 },
        })
      : new (withBackend(createRedisBackend).Queue)(name, { connection: { url: redis } })
  if (!(queue instanceof Queue)) throw new TypeError('no queue of BullMQ')
  // Its pages say when it does not answer.
  queue.on('error', () => undefined)
  return queue
}

function absent(error: unknown): undefined {
  if ((error as { readonly code?: string }).code === 'ERR_MODULE_NOT_FOUND') return undefined
  throw error
}
