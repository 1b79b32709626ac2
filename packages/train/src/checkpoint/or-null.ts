import type { Reader } from '@neurite/core/arguments'

/** JSON has null where TypeScript has undefined. */
export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (where, name, value) => (value === null ? null : reader(where, name, value))
}
