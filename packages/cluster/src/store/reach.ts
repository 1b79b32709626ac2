import { NeuriteError } from '@neurite/core'
import { Client } from 'pg'
import type { Database } from '../connection.js'

/** ms that a first connection may take. */
const PATIENCE = 10_000

/**
 * A connection to a database that should be there: who has mistyped its address is told so at once. No part of the address is in the message but what
 * the driver itself says, which is never the password.
 *
 * @throws NeuriteError `UNREACHABLE`
 */
export async function connectTo(where: string, database: Database): Promise<Client> {
  const client = new Client({ ...(database as object), connectionTimeoutMillis: PATIENCE, application_name: 'neurite' })
  // One that is cut while it is idle says so here, and the next statement fails.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    const message = `${where}: the database does not answer, or refuses: ${said(error)}. See that it runs, and that NEURITE_DATABASE_URL, or connection, leads to it.`
    throw new NeuriteError('UNREACHABLE', message, {}, error)
  }
}

/** Whether the database answers, once; afterwards it may go away and come back. */
export async function reachDatabase(where: string, database: Database): Promise<void> {
  const client = await connectTo(where, database)
  await client.end()
}

/**
 * Whether Redis answers, once.
 *
 * @throws NeuriteError `UNREACHABLE`, `PACKAGE_MISSING` without ioredis
 */
export async function reachRedis(where: string, url: string): Promise<void> {
  const { Redis } = await import('ioredis').catch((cause: unknown) => {
    throw new NeuriteError('PACKAGE_MISSING', `${where}: for Redis, install ioredis.`, { package: 'ioredis' }, cause)
  })
  const client = new Redis(url, { lazyConnect: true, connectTimeout: PATIENCE, retryStrategy: () => null })
  // `connect` says only that the connection was closed; what happened is told here.
  let last: unknown
  client.on('error', (error) => (last = error))
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    const message = `${where}: Redis does not answer, or refuses: ${said(last ?? error)}. See that it runs, and that NEURITE_REDIS_URL, or redis, leads to it.`
    throw new NeuriteError('UNREACHABLE', message, {}, last ?? error)
  } finally {
    client.disconnect()
  }
}

/** What an error says. One who tried several addresses says nothing itself. */
export function said(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(said).join('; ')
  return error instanceof Error ? error.message : String(error)
}
