import { expect } from 'vitest'
import { NeuriteError, type ErrorCode } from '../../src/index.js'

/** The call must throw, or reject with, a NeuriteError of this code whose message holds every one of the words. */
export async function expectCode(call: () => unknown, code: ErrorCode, ...words: string[]): Promise<NeuriteError> {
  let thrown: unknown
  try {
    await call()
  } catch (error) {
    thrown = error
  }
  if (!NeuriteError.isInstance(thrown)) throw new Error(`expected ${code}, got ${String(thrown)}`)
  expect(thrown.code, thrown.message).toBe(code)
  for (const word of words) expect(thrown.message).toContain(word)
  if (MISMATCHES.has(code)) {
    expect(thrown.details, thrown.message).not.toEqual({})
    for (const part of JSON.stringify(Object.values(thrown.details)).match(/\w+/g) ?? [])
      expect(thrown.message).toContain(part)
  }
  return thrown
}

/** What does not fit, or is not there, is in the details, for programs: both shapes, the dtypes, the axis, the backends. */
const MISMATCHES: ReadonlySet<ErrorCode> = new Set([
  'SHAPE_MISMATCH',
  'DTYPE_MISMATCH',
  'AXIS_OUT_OF_RANGE',
  'UNKNOWN_OPTION',
  'MIXED_BACKENDS',
  'NOT_SUPPORTED',
])

/** What a caller without types may pass. */
export const wrong = (value: unknown): never => value as never
