import { DEFAULT_SCHEMA, isPgPool, type PgPool } from 'bullmq'
import type { Database } from '../connection.js'
import { listeningPool } from '../store/listening-pool.js'

/** Where BullMQ keeps its tables, beside those of the user. */
export const QUEUE_SCHEMA = DEFAULT_SCHEMA

/**
 * Connections for BullMQ, made here and not by BullMQ, which listens to the errors of its own only after it has awaited them. Who has a pool of his own
 * ends it, and BullMQ then looks in its default schema alone.
 *
 * @param max - each worker, and each who hears of events, keeps one for itself
 */
export function queuePool(database: Database, max: number): PgPool {
  const { options } = database as { readonly options?: string }
  const pool = listeningPool({
    ...(database as object),
    options: [options, `-c search_path=${QUEUE_SCHEMA}`].filter((part) => part !== undefined).join(' '),
    max,
    keepAlive: true,
  })
  // Their types differ in words alone.
  if (!isPgPool(pool)) throw new TypeError('no pool of node-postgres')
  return pool
}
