import { checkOptions, isRecord } from '../errors/check.js'
import type { Reader } from './readers.js'

/** A reader for each option of a type, and none besides: TypeScript refuses a table that forgets one. */
export type Readers<O extends object> = { readonly [Name in keyof O]-?: Reader<O[Name]> }

/** What a table of readers gives. */
export type ReadBy<R extends object> = {
  readonly [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never
}

/**
 * Options with their defaults. They may come from plain JavaScript or from a file: their types are checked, too.
 *
 * @param where - the function's name, for messages
 * @param options - as the caller gave them
 * @param readers - one for each option: `or(default, reader)` for what may be absent
 * @throws NeuriteError `UNKNOWN_OPTION` for an option that has no reader, naming the one that was probably meant;
 * `INVALID_ARGUMENT` for a value that its reader refuses
 * @example
 * ```ts
 * import { aBoolean, number, or, readOptions } from '@neurite/core/arguments'
 * interface Options { readonly rate: number; readonly scaled?: boolean }
 * const read = (options: Options) =>
 *   readOptions('dropout', options, { rate: number('[0, 1)'), scaled: or(true, aBoolean) })
 * read({ rate: 0.5 }) // => { rate: 0.5, scaled: true }
 * read({ rate: 1 }) // => throws INVALID_ARGUMENT
 * read({ rate: 0.5, scale: true } as Options) // => throws UNKNOWN_OPTION
 * ```
 */
export function readOptions<O extends object, const R extends Readers<O>>(
  where: string,
  options: O,
  readers: R & { readonly [Name in Exclude<keyof R, keyof O>]: never },
): ReadBy<R> {
  checkOptions(where, options, Object.keys(readers))
  const given = options as Readonly<Record<string, unknown>>
  const read: Record<string, unknown> = {}
  for (const name of Object.keys(readers)) {
    // An own property: an option must not come from a prototype.
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    read[name] = (readers as Readonly<Record<string, Reader<unknown>>>)[name]!(where, name, value)
  }
  // Built name by name from the table, whose type says what each reader gives.
  return read as ReadBy<R>
}

/**
 * Refuses options where a function takes none, so that none passes silently. Other surplus arguments do no harm:
 * `[8, 16].map(scale)` brings an index.
 *
 * @param rest - the arguments after those that the function has, `...none: readonly []` in its signature
 * @throws NeuriteError `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { takesNoOptions } from '@neurite/core/arguments'
 * const double = (x: number, ...none: readonly []) => {
 *   takesNoOptions('double', none)
 *   return 2 * x
 * }
 * const untyped: (...args: unknown[]) => number = double as never
 * untyped(3, { scale: 3 }) // => throws UNKNOWN_OPTION
 * ```
 */
export function takesNoOptions(where: string, rest: readonly unknown[]): void {
  for (const given of rest) if (isRecord(given)) checkOptions(where, given, [])
}
