import { Client } from 'pg'
import { migrate, type ConnectionOptions } from '../../src/index.js'
import type { Postgres } from './postgres.js'

/** A database with the tables, and a way to look at them. */
export async function freshDatabase(postgres: Postgres): Promise<{
  readonly services: ConnectionOptions & { readonly connection: string }
  readonly rows: <R extends object>(text: string, values?: readonly unknown[]) => Promise<R[]>
}> {
  const connection = await postgres.database()
  await migrate({ connection })
  return {
    services: { connection },
    async rows(text, values = []) {
      const client = new Client({ connectionString: connection })
      client.on('error', () => undefined)
      await client.connect()
      try {
        return (await client.query(text, values as unknown[])).rows
      } finally {
        await client.end()
      }
    },
  }
}
