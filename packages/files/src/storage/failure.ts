import { NeuriteError } from '@neurite/core'

/** What the systems' codes, and browsers' names of errors, mean. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  NotFoundError: 'there is no such file any more',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'it is not permitted',
  EPERM: 'it is not permitted',
  NotAllowedError: 'the user has not permitted it',
  EROFS: 'the disk can only be read',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  QuotaExceededError: 'the space that the browser gives is used up',
  EFBIG: 'it would be too large for the disk',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
}

/**
 * @param what - what could not be done: `cannot read 'a.csv'`
 * @returns the error to throw: `BAD_FILE`, with the system's own code in its details
 */
export function failure(where: string, what: string, cause: unknown): NeuriteError {
  const { code, name, message } = (typeof cause === 'object' ? cause : {}) as Partial<Error & { code: unknown }>
  const known = [code, name].find((key): key is string => typeof key === 'string' && Object.hasOwn(MEANINGS, key))
  const why = known === undefined ? (message ?? String(cause)) : MEANINGS[known]
  return new NeuriteError('BAD_FILE', `${where}: ${what}: ${why}.`, { reason: known ?? why }, cause)
}
