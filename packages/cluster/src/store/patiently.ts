import { NeuriteError } from '@neurite/core'

/** For how many ms something is tried while the database does not answer. Restarts take seconds; a failover may take a minute. */
const PATIENCE = 120_000

/**
 * Does something that needs the database, again if the connection was lost. Whether what was cut off had been done is unknown, so it has to mean the same
 * when it is done twice.
 *
 * @param closing - who closes waits no longer
 * @throws NeuriteError `UNREACHABLE` if the database stays away
 */
export async function patiently<T>(work: () => Promise<T>, closing: AbortSignal): Promise<T> {
  const begun = performance.now()
  for (let wait = 50; ; wait = Math.min(2 * wait, 2000)) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || closing.aborted) throw error
      if (performance.now() - begun > PATIENCE) throw unreachable(error)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/**
 * Faults of the connection, which another one may not have: classes 08 (connection), 57P (the server stops or starts), 53300 (too
 * many connections), 40001 and 40P01 (a transaction that has to be tried again) of
 * https://www.postgresql.org/docs/current/errcodes-appendix.html, and those of the socket.
 */
export function isPassing(error: unknown): boolean {
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
