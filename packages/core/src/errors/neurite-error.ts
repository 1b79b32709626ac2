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

  /**
   * This error as it is known from further out: the place comes before the message, details stay, and this error is the cause.
   *
   * @param place - where it happened: `sequential[2]`, `row 7`
   * @param code - default: this error's; another where further out it means something else, such as `BAD_FILE` for an option
   * that a file gave
   * @example
   * ```ts
   * import { NeuriteError } from '@neurite/core'
   * const inner = new NeuriteError('INVALID_ARGUMENT', 'dense: units must be a whole number >= 1, got 0.')
   * inner.within('sequential[2]').message // => 'sequential[2]: dense: units must be a whole number >= 1, got 0. [INVALID_ARGUMENT]'
   * ```
   */
  within(place: string, code: ErrorCode = this.code): NeuriteError {
    return new NeuriteError(code, `${place}: ${textOf(this)}`, this.details, this)
  }

  /** True for a NeuriteError of any copy of this package. */
  static isInstance(value: unknown): value is NeuriteError {
    return typeof value === 'object' && value !== null && BRAND in value
  }
}

/** What an error says, a NeuriteError without its code; libraries also throw objects that have a message and are no errors. */
export function textOf(error: unknown): string {
  const { message } = (typeof error === 'object' && error !== null ? error : {}) as { readonly message?: unknown }
  if (typeof message !== 'string') return String(error)
  return NeuriteError.isInstance(error) ? message.slice(0, -` [${error.code}]`.length) : message
}
