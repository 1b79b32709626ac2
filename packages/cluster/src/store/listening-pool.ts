import { Pool, type PoolConfig } from 'pg'

/**
 * A pool whose connections may be cut: that is said to the statement under way, or to nobody, and an EventEmitter that says 'error' to nobody ends the
 * process. Each listens from its first moment on: its greeting and its end may come in one piece.
 */
export function listeningPool(config: PoolConfig): Pool {
  const pool = new Pool(config)
  pool.on('connect', (client) => client.on('error', () => undefined))
  pool.on('error', () => undefined)
  return pool
}
