import type { ErrorCode } from './codes.js'

const BRAND = Symbol.for('neurite.error')

/**
 * The one error class of Neurite. `code` is stable and meant for programs, `message` for people, `details` carries the
 * values the message names. Recognise it with {@link NeuriteError.isInstance}: `instanceof` fails across package copies.
 *
 * @example
 * ```ts
 * import { NeuriteError } from '@neurite/core'
 * const error = new NeuriteError('INVALID_ARGUMENT', 'rate must be in [0, 1), got 2.', { rate: 2 })
 * NeuriteError.isInstance(error) // => true
 * error.code // => 'INVALID_ARGUMENT'
 * ```
 */
export class NeuriteError extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(`${message} [${code}]`, cause === undefined ? undefined : { cause })
    this.name = 'NeuriteError'
    this.code = code
    this.details = details
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** True for a NeuriteError of any copy of this package. */
  static isInstance(value: unknown): value is NeuriteError {
    return typeof value === 'object' && value !== null && BRAND in value
  }
}
