import { disposeTree, ERROR_CODES, NeuriteError, type ErrorCode } from '@neurite/core'
import type { TrialContext } from '../trials.js'

/** What a pool sends its worker: one trial, and the next when it has the answer. */
export interface Question {
  readonly neurite: 'question'
  readonly point: unknown
  readonly context: Omit<TrialContext, 'signal' | 'checkpoints'>
}

/** What comes back. */
export interface Reply {
  readonly neurite: 'reply'
  readonly answer: Answer
}

/** Whether a message is of this kind: a worker's module may send others. */
export function isMessage<M extends Question | Reply>(kind: M['neurite'], data: unknown): data is M {
  return typeof data === 'object' && data !== null && (data as { readonly neurite?: unknown }).neurite === kind
}

/** What a trial came to, as it crosses from a worker: structured cloning keeps an error's text, but not its code. */
export type Answer = { readonly value: number } | { readonly failure: Failure }

interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

/** An error as plain data. Tensors in its details stay behind, and are given back. */
export function failureOf(error: unknown): Failure {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  if (!NeuriteError.isInstance(error)) return { name, message, stack, code: undefined, details: {} }
  disposeTree(error.details)
  const details = Object.entries(error.details).filter(([, value]) => isPlain(value))
  return { name, message, stack, code: error.code, details: Object.fromEntries(details) }
}

/** The error again, with its code. */
export function errorOf({ name, message, stack, code, details }: Failure): Error {
  const original = Object.assign(new Error(message), { name, ...(stack === undefined ? {} : { stack }) })
  if (code === undefined || !isCode(code)) return original
  // The constructor puts the code behind the message, where it is already.
  return new NeuriteError(code, message.replace(` [${code}]`, ''), details, original)
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

function isPlain(value: unknown): boolean {
  if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return true
  return Array.isArray(value) && value.every(isPlain)
}
