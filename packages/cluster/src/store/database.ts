import { NeuriteError } from '@neurite/core'
import { Pool, type PoolClient, type QueryResultRow } from 'pg'
import type { Database } from '../connection.js'

/** For how long a statement is tried while the database does not answer. Restarts take seconds; a failover may take a minute. */
const PATIENCE = 120_000

/** A database that may go away and come back. */
export class Connection {
  readonly #pool: Pool
  readonly #closing = new AbortController()

  constructor(database: Database, max: number) {
    this.#pool = new Pool({
      ...(database as object),
      max,
      connectionTimeoutMillis: 10_000,
      application_name: 'neurite',
    })
    // A connection that is cut says so to the statement under way, or here; without a listener the process would end. It has to hear from its
    // first moment on: its greeting and its end may come in one piece.
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
    this.#pool.on('error', () => undefined)
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
    const begun = performance.now()
    for (let wait = 50; ; wait = Math.min(2 * wait, 2000)) {
      try {
        return await this.#once(work)
      } catch (error) {
        if (!isPassing(error) || this.#closing.signal.aborted) throw error
        if (performance.now() - begun > PATIENCE) throw unreachable(error)
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
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

/**
 * Faults of the connection, which another one may not have: classes 08 (connection), 57P (the server stops or starts), 53300 (too
 * many connections), 40001 and 40P01 (a transaction that has to be tried again) of
 * https://www.postgresql.org/docs/current/errcodes-appendix.html, and those of the socket.
 */
function isPassing(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (
    typeof code === 'string' &&
    /^(08|57P|53300|40001|40P01|E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN))/.test(code)
  )
    return true
  return (
    typeof message === 'string' &&
    /terminated|not queryable|timeout exceeded when trying to connect|Connection ended/i.test(message)
  )
}

function unreachable(cause: unknown): NeuriteError {
  const message = `cluster: the database did not answer for ${PATIENCE / 1000} s; what was written before is kept. Start it, and submit the search again: it goes on.`
  return new NeuriteError('UNREACHABLE', message, {}, cause)
}
