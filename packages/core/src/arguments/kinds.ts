import { NeuriteError } from '../errors/index.js'
import type { Json } from '../tensor/tree.js'
import { anObject, show } from './readers.js'

/**
 * What a config `{ kind, ...options }` is of, by a table of kinds, and its options. A config may come from a file or another thread: only the
 * table's own names are known.
 *
 * @param where - the function's name, for messages
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no config, or an unknown kind; `NOT_SUPPORTED` for `'custom'`, which stands for a function
 * @example
 * ```ts
 * import { readKind } from '@neurite/core/arguments'
 * const [double, { x }] = readKind('fromConfig', { kind: 'double', x: 4 }, { double: (x: number) => 2 * x })
 * double(Number(x)) // => 8
 * readKind('fromConfig', { kind: 'triple' }, {}) // => throws INVALID_ARGUMENT
 * readKind('fromConfig', 'custom', {}) // => throws NOT_SUPPORTED
 * ```
 */
export function readKind<T>(
  where: string,
  config: unknown,
  table: Readonly<Record<string, T>>,
): readonly [entry: T, options: Readonly<Record<string, Json>>] {
  if (config === 'custom')
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: it was a function of your own, which a config cannot hold; make it where it is used.`,
    )
  const { kind, ...options } = anObject(where, 'the config', config)
  if (typeof kind === 'string' && Object.hasOwn(table, kind))
    return [table[kind]!, options as Readonly<Record<string, Json>>]
  const message = `${where}: unknown kind ${show(kind)}; known: ${Object.keys(table).sort().join(', ')}.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { kind })
}
