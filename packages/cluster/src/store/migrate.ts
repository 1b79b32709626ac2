import { NeuriteError } from '@neurite/core'
import { aString, optional, readOptions } from '@neurite/core/arguments'
import { quoteSchemaName, runMigrations } from 'bullmq'
import type { Client } from 'pg'
import { QUEUE_SCHEMA } from '../queue/queue-pool.js'
import { connectionReaders, readServices, type ConnectionOptions } from '../connection.js'
import { MIGRATIONS } from './migrations.js'
import { connectTo } from './reach.js'
import type { Connection } from './database.js'

/** Options of {@link migrate}. */
export interface MigrateOptions extends ConnectionOptions {
  /** A role that may do what workers and searches do, and no more: it can change no table. It must exist. */
  readonly grant?: string
}

/** An arbitrary number, the same for all who migrate: one does, the others wait. */
const LOCK = 0x6e657572

/**
 * Makes the tables that a cluster needs, or brings them up to date, those of the queue among them; and does nothing where they are. Run it once
 * before workers start, as a role that may create schemas.
 *
 * @returns the versions that were applied now
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, `UNREACHABLE`
 * @example
 * ```ts no-run
 * import { migrate } from '@neurite/cluster'
 * await migrate({ connection: 'postgres://localhost/neurite' })
 * ```
 */
export async function migrate(options: MigrateOptions = {}): Promise<readonly number[]> {
  const where = 'migrate'
  const { grant } = readOptions(where, options, { ...connectionReaders, grant: optional(aString) })
  const { database } = readServices(where, options)
  const client = await connectTo(where, database)
  try {
    const applied = await applyAll(client)
    // Its own migrations, which it documents for one deployment step.
    await runMigrations(client, QUEUE_SCHEMA)
    if (grant !== undefined) await grantTo(client, grant)
    return applied
  } finally {
    await client.end()
  }
}

async function applyAll(client: Client): Promise<number[]> {
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK])
    await client.query('create schema if not exists neurite')
    await client.query(
      'create table if not exists neurite.migration (version int primary key, applied_at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ version: number }>(
      'select coalesce(max(version), 0) as version from neurite.migration',
    )
    const from = rows[0]!.version
    if (from > MIGRATIONS.length) throw tooNew('migrate', from)
    const applied: number[] = []
    for (let version = from + 1; version <= MIGRATIONS.length; version++) {
      await client.query(MIGRATIONS[version - 1]!)
      await client.query('insert into neurite.migration (version) values ($1)', [version])
      applied.push(version)
    }
    await client.query('commit')
    return applied
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function grantTo(client: Client, role: string): Promise<void> {
  const name = quoteSchemaName(role)
  for (const schema of ['neurite', quoteSchemaName(QUEUE_SCHEMA)]) {
    await client.query(`grant usage on schema ${schema} to ${name}`)
    await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${name}`)
    await client.query(`grant usage on all sequences in schema ${schema} to ${name}`)
    await client.query(`grant execute on all functions in schema ${schema} to ${name}`)
  }
  // BullMQ counts the jobs of each queue in a sequence that it makes when the first one comes.
  await client.query(`grant create on schema ${quoteSchemaName(QUEUE_SCHEMA)} to ${name}`)
}

/** @throws NeuriteError `INVALID_ARGUMENT` if the tables are not those of this version */
export async function checkVersion(where: string, connection: Connection): Promise<void> {
  let version = 0
  try {
    const rows = await connection.query<{ version: number }>(
      'select coalesce(max(version), 0) as version from neurite.migration',
    )
    version = rows[0]!.version
  } catch (error) {
    // No table, or no right to see it.
    if (!['42P01', '3F000', '42501'].includes((error as { readonly code?: string }).code ?? '')) throw error
  }
  if (version > MIGRATIONS.length) throw tooNew(where, version)
  if (version === MIGRATIONS.length) return
  const message = `${where}: the database has version ${version} of the tables, this program needs ${MIGRATIONS.length}; run npx neurite-cluster migrate once.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { version })
}

function tooNew(where: string, version: number): NeuriteError {
  const message = `${where}: the database has version ${version} of the tables, this program knows ${MIGRATIONS.length}; install the newer @neurite/cluster.`
  return new NeuriteError('INVALID_ARGUMENT', message, { version })
}
