import { disposeTree, ERROR_CODES, NeuriteError, type ErrorCode } from '@neurite/core'
import { isSendable } from './sendable.js'

/** What was thrown, as plain data: structured cloning keeps an error's text, but not its code. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  readonly details: Readonly<Record<string, unknown>>
  readonly cause: Failure | undefined
}

/** Causes of causes: more than anybody reads, and an end for those that go in circles. */
const MOST_CAUSES = 8

/** Details that cannot be sent stay behind, and tensors among them are given back. */
export function failureOf(thrown: unknown, most = MOST_CAUSES): Failure {
  const error = isErrorLike(thrown) ? thrown : new Error(String(thrown))
  const cause = error.cause === undefined || most === 0 ? undefined : failureOf(error.cause, most - 1)
  const plain = { name: String(error.name), message: String(error.message), stack: error.stack, cause }
  if (!NeuriteError.isInstance(error)) return { ...plain, code: undefined, details: {} }
  const details = Object.fromEntries(Object.entries(error.details).filter(([, value]) => isSendable(value)))
  disposeTree(error.details)
  return { ...plain, code: error.code, details }
}

/** The error again: a NeuriteError with its code and details, if it was one. Its stack is that of where it was thrown. */
export function errorOf(failure: object, most = MOST_CAUSES): Error {
  // It came as a message, which anybody may have sent.
  const { name, message, stack, code, details, cause } = failure as Partial<Record<keyof Failure, unknown>>
  const inner = isObject(cause) && most > 0 ? errorOf(cause, most - 1) : undefined
  const error = isCode(code)
    ? new NeuriteError(code, String(message).replace(` [${code}]`, ''), isObject(details) ? details : {}, inner)
    : Object.assign(new Error(String(message), inner && { cause: inner }), { name: String(name) })
  return Object.assign(error, typeof stack === 'string' && { stack })
}

/** An object that has a name and a message: errors of other realms, and DOMException where it is no Error. */
function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'name' in value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value)
}
