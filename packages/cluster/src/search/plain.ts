import { checkArgument } from '@neurite/core'
import { show } from '@neurite/core/arguments'

/**
 * Points travel as JSON, and come back as they were.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for what JSON would change: functions, undefined, NaN, infinities, -0, instances of classes
 */
export function checkPlain(where: string, name: string, value: unknown): void {
  const fits =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) ||
    isContainer(value)
  checkArgument(
    fits,
    () => `${where}: ${name} is ${show(value)}, which does not travel as JSON; use numbers, names and lists of them.`,
  )
  if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) checkPlain(where, `${name}.${key}`, child)
  }
}

function isContainer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
