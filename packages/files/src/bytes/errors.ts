import { NeuriteError, type ErrorCode } from '@neurite/core'

/** @returns the error to throw for a file that cannot be read or written, or breaks its format: `BAD_FILE` */
export function badFile(where: string, why: string, cause?: unknown): NeuriteError {
  return new NeuriteError('BAD_FILE', `${where}: ${why}.`, {}, cause)
}

/**
 * Runs what interprets a file's content: whatever it throws is the file's fault.
 *
 * @param place - the caller and the part of the file: `loadModel: the model`
 * @param code - default: `BAD_FILE`
 */
export function blameFile<T>(place: string, interpret: () => T, code?: ErrorCode): T {
  try {
    return interpret()
  } catch (error) {
    throw blamed(place, error, code)
  }
}

/** @returns the error that stands for one of the code that was given the file's content */
export function blamed(place: string, error: unknown, code: ErrorCode = 'BAD_FILE'): NeuriteError {
  if (NeuriteError.isInstance(error)) return error.code === code ? error : error.within(place, code)
  return new NeuriteError(code, `${place}: ${error instanceof Error ? error.message : String(error)}.`, {}, error)
}
