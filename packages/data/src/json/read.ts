import { NeuriteError } from '@neurite/core'

/** Readers of untrusted plain data. `where` names the reader, `path` the place, for messages. */

export function readObject(where: string, path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw wrong(where, path, 'an object', value)
}

export function readString(where: string, path: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw wrong(where, path, 'a string', value)
}

export function readArray<T>(
  where: string,
  path: string,
  value: unknown,
  read: (path: string, item: unknown) => T,
): T[] {
  if (!Array.isArray(value)) throw wrong(where, path, 'an array', value)
  return value.map((item: unknown, i) => read(`${path}[${i}]`, item))
}

/** A finite number, or null. */
export function readNumberOrNull(where: string, path: string, value: unknown): number | null {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value
  throw wrong(where, path, 'a finite number or null', value)
}

/** @returns the error to throw */
export function wrong(where: string, path: string, expected: string, value: unknown): NeuriteError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
  return new NeuriteError('INVALID_ARGUMENT', `${where}: ${path} must be ${expected}, got ${got}.`, { path })
}
