import { mustBe } from '@neurite/core/arguments'

/**
 * Bytes in memory as one kind of view.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for anything else
 */
export function checkBytes(where: string, bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes)
  throw mustBe(where, 'bytes', 'a Uint8Array or an ArrayBuffer', bytes)
}
