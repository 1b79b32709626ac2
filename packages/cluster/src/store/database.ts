import type { Pool, PoolClient, QueryResultRow } from 'pg'
import type { Database } from '../connection.js'
import { listeningPool } from './listening-pool.js'
import { isPassing, patiently } from './patiently.js'

/** A database that may go away and come back. */
export class Connection {
  readonly #pool: Pool
  readonly #closing = new AbortController()

  constructor(database: Database, max: number) {
    this.#pool = listeningPool({
      ...(database as object),
      max,
      connectionTimeoutMillis: 10_000,
      application_name: 'neurite',
    })
  }

  /**
   * Runs one statement, again if the connection was lost. Whether a statement that was cut off had been carried out is unknown,
   * so each is written to mean the same when it comes twice.
   *
   * @throws NeuriteError `UNREACHABLE` if the database stays away
   */
  async query<R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.#reliably((client) => client.query<R>(text, values as unknown[]))).rows
  }

  /** Several statements as one. */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#reliably(async (client) => {
      await client.query('begin')
      try {
        const result = await work(client)
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => undefined)
        throw error
      }
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#pool.end()
  }

  async #reliably<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return patiently(() => this.#once(work), this.#closing.signal)
  }

  async #once<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken = false
    try {
      return await work(client)
    } catch (error) {
      broken = isPassing(error)
      throw error
    } finally {
      client.release(broken)
    }
  }
}
