import { anObject, asGiven, optional, show, type Reader } from '@neurite/core/arguments'
import { checkArgument } from '@neurite/core'

/** A database: what [node-postgres](https://node-postgres.com/apis/pool) takes, TLS settings among it, passed through. */
export interface Database {
  readonly connectionString?: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** true, or what `tls.connect` takes: `{ ca, cert, key, rejectUnauthorized }`. */
  readonly ssl?: boolean | object
}

/** Where the services are. */
export interface ConnectionOptions {
  /** PostgreSQL, by URL or by parts. Default: the environment's `NEURITE_DATABASE_URL`. */
  readonly connection?: string | Database
  /** Redis, if it is to hand out the work: a URL. Default: the environment's `NEURITE_REDIS_URL`; if there is none, PostgreSQL does. */
  readonly redis?: string
  /** Who takes work from where: workers of one queue have the same objectives. Default 'trials'; `studies` leaves each study in its own. */
  readonly queue?: string
}

/** Connection options, read. */
export interface Services {
  readonly database: Database
  readonly redis: string | undefined
  readonly queue: string
}

/** For `readOptions`, which refuses what has none; {@link readServices} reads them. */
export const connectionReaders = {
  connection: optional(asGiven<string | Database>),
  redis: optional(asGiven<string>),
  queue: optional(asGiven<string>),
} satisfies { readonly [Name in keyof ConnectionOptions]: Reader<ConnectionOptions[Name]> }

/**
 * No part of an address stands in a message: it may hold a password.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export function readServices(where: string, given: ConnectionOptions): Services {
  const { env } = process
  const connection: unknown = given.connection ?? env['NEURITE_DATABASE_URL']
  checkArgument(
    connection !== undefined && connection !== '',
    () => `${where}: no database: give connection, postgres://user@host/database say, or set NEURITE_DATABASE_URL.`,
  )
  const redis: unknown = given.redis ?? (env['NEURITE_REDIS_URL'] || undefined)
  checkArgument(
    redis === undefined || (typeof redis === 'string' && /^rediss?:\/\//.test(redis)),
    () => `${where}: redis must be a URL that begins with redis:// or rediss://.`,
  )
  return { database: readDatabase(where, connection), redis, queue: readQueue(where, given.queue) }
}

function readDatabase(where: string, connection: unknown): Database {
  if (typeof connection !== 'string') return anObject(where, 'connection', connection)
  checkArgument(
    /^postgres(ql)?:\/\//.test(connection),
    () => `${where}: connection must be a URL that begins with postgres:// or postgresql://, or an object of parts.`,
  )
  return { connectionString: connection }
}

function readQueue(where: string, queue: unknown = 'trials'): string {
  // BullMQ joins names with colons.
  checkArgument(
    typeof queue === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(queue),
    () => `${where}: queue must be a name of letters, digits, '.', '-' and '_', got ${show(queue)}.`,
  )
  return queue
}
