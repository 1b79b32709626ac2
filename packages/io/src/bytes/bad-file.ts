import { NeuriteError } from '@neurite/core'

/** @returns the error to throw for bytes that break their format: `BAD_FILE` */
export function badFile(where: string, why: string, cause?: unknown): NeuriteError {
  return new NeuriteError('BAD_FILE', `${where}: ${why}.`, {}, cause)
}

/** Runs what interprets a file's content: whatever it throws is the file's fault. */
export function blameFile<T>(where: string, what: string, interpret: () => T): T {
  try {
    return interpret()
  } catch (error) {
    throw blamed(where, what, error)
  }
}

/** @returns the `BAD_FILE` that stands for an error of the code that was given the file's content */
export function blamed(where: string, what: string, error: unknown): NeuriteError {
  if (NeuriteError.isInstance(error) && error.code === 'BAD_FILE') return error
  const reason = error instanceof Error ? error.message.replace(/\.?( \[[A-Z_]+\])?$/, '') : String(error)
  return badFile(where, `${what}: ${reason}`, error)
}
