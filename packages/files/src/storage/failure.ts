import { NeuriteError } from '@neurite/core'

/** Where the system's own words do not say it. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EPERM: 'permission denied',
}

/**
 * @param what - what could not be done: `cannot read 'a.csv'`
 * @returns the error to throw: `BAD_FILE`, with the system's own code, or the name of a browser's error, as the reason in its details
 */
export function failure(where: string, what: string, cause: unknown): NeuriteError {
  const { code, name, message } = (cause ?? {}) as Partial<Error & { code: unknown }>
  const reason = typeof code === 'string' ? code : name
  // Of `ENOSPC: no space left on device, write`.
  const words = (message ?? String(cause)).replace(/^E[A-Z0-9]+: (.*?), \w+( '.*)?$/s, '$1').replace(/\.$/, '')
  return new NeuriteError('BAD_FILE', `${where}: ${what}: ${MEANINGS[reason ?? ''] ?? words}.`, { reason }, cause)
}
