import { checkArgument, checkOptions } from './ops.js'

/** What an option may be: a test, and how it reads. */
export type Range = readonly [holds: (value: number) => boolean, text: string]

export const FINITE: Range = [(x) => Number.isFinite(x), 'a finite number']
export const NOT_NEGATIVE: Range = [(x) => Number.isFinite(x) && x >= 0, 'a finite number >= 0']
export const POSITIVE: Range = [(x) => Number.isFinite(x) && x > 0, 'a finite number > 0']
export const AT_LEAST_ONE: Range = [(x) => Number.isFinite(x) && x >= 1, 'a finite number >= 1']
/** What a memory keeps of what it had: 1 would never forget. */
export const SHARE: Range = [(x) => Number.isFinite(x) && x >= 0 && x < 1, 'a number in [0, 1)']
export const COUNT: Range = [(x) => Number.isInteger(x) && x >= 1, 'a whole number >= 1']
const BOOLEAN: Range = [(x) => typeof x === 'boolean', 'true or false']

export function check(where: string, name: string, value: unknown, [holds, text]: Range): void {
  // A test of numbers answers false for anything else.
  checkArgument(holds(value as number), () => `${where}: ${name} must be ${text}, got ${String(value)}.`)
}

/**
 * Options with their defaults, checked: unknown names, and values. What has a number as its default must be a finite number >= 0, what
 * has a boolean must be one, unless `ranges` says otherwise.
 */
export function readOptions<O extends object, D extends object>(
  where: string,
  given: O,
  defaults: D,
  ranges: Readonly<Record<string, Range>>,
): D & O {
  const all: D & O = { ...defaults, ...given }
  checkOptions(where, given, Object.keys({ ...defaults, ...ranges }))
  for (const name of Object.keys({ ...ranges, ...all })) {
    const usual = typeof defaults[name as keyof D]
    const range = ranges[name] ?? (usual === 'number' ? NOT_NEGATIVE : usual === 'boolean' ? BOOLEAN : undefined)
    if (range) check(where, name, all[name as keyof O], range)
  }
  return all
}
