import { NeuriteError } from '@neurite/core'

export function unavailable(engine: string, reason: string, cause?: unknown): NeuriteError {
  return new NeuriteError(
    'BACKEND_UNAVAILABLE',
    `tfjs:${engine} cannot run here: ${reason}.`,
    { engine, reason },
    cause,
  )
}

/** What an error says; tfjs also throws objects that have a message and are no errors. */
export function messageOf(error: unknown): string {
  const { message } = (typeof error === 'object' && error !== null ? error : {}) as { readonly message?: unknown }
  return typeof message === 'string' ? message : String(error)
}
