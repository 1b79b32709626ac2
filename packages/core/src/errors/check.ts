import { NeuriteError } from './neurite-error.js'
import { closest } from './suggest.js'

/**
 * Refuses unknown keys of an options object, so that a misspelt option never passes silently.
 *
 * @param where - the function's name, for the message
 * @param options - the object as the caller gave it
 * @param allowed - every key the function knows
 * @throws NeuriteError `UNKNOWN_OPTION` naming the key, the known ones and the one that was probably meant; `INVALID_ARGUMENT` if `options` is no object
 */
export function checkOptions(where: string, options: object, allowed: readonly string[]): void {
  if (!isRecord(options)) {
    const got = options === null ? 'null' : Array.isArray(options) ? 'an array' : typeof options
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: options must be an object, got ${got}.`)
  }
  for (const name of Object.keys(options)) {
    if (!allowed.includes(name)) {
      const known = allowed.length === 0 ? 'it takes none' : `known options: ${allowed.join(', ')}`
      const meant = closest(name, allowed)
      const question = meant === undefined ? '' : ` Did you mean '${meant}'?`
      throw new NeuriteError('UNKNOWN_OPTION', `${where}: unknown option '${name}'; ${known}.${question}`, {
        option: name,
        allowed,
      })
    }
  }
}

/** An object that names values: no array, and no promise or date, whose names nobody would miss. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]'
}

/**
 * Throws unless `condition` holds.
 *
 * @param message - names the function and the argument, what came, what was expected
 * @param details - the values the message names
 * @throws NeuriteError `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { checkArgument } from '@neurite/core'
 * const rate = 2
 * checkArgument(rate < 1, () => `dropout: rate must be in [0, 1), got ${rate}.`, { rate }) // => throws INVALID_ARGUMENT
 * ```
 */
export function checkArgument(
  condition: boolean,
  message: () => string,
  details?: Record<string, unknown>,
): asserts condition {
  if (!condition) throw new NeuriteError('INVALID_ARGUMENT', message(), details)
}

/**
 * True for a promise that came where a value was wanted, and is refused. Nobody will wait for it, so its rejection is heard here:
 * otherwise it would end the process.
 */
export function isStrayPromise(value: unknown): value is Promise<unknown> {
  const stray = value instanceof Promise
  if (stray) value.catch(() => undefined)
  return stray
}

/** Refuses the promise of an async function, where what a function does is only known until its first await. */
export function refusePromise(where: string, result: unknown): void {
  checkArgument(
    !isStrayPromise(result),
    () => `${where}: the function must be synchronous, it returned a promise; await before or after.`,
  )
}
