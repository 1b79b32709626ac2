import { NeuriteError } from '@neurite/core'

/** Options may come from a file: their types are checked, too. */
export function booleanOption(where: string, name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value === 'boolean') return value
  throw new NeuriteError('INVALID_ARGUMENT', `${where}: ${name} must be true or false, got ${show(value)}.`, {
    [name]: value,
  })
}

/** Two finite numbers, the smaller first, both within `limits`. */
export function rangeOption(
  where: string,
  name: string,
  value: unknown,
  fallback: readonly [number, number],
  limits: readonly [number, number] = [-Infinity, Infinity],
): readonly [number, number] {
  if (value === undefined) return fallback
  const [low, high, ...rest]: unknown[] = Array.isArray(value) ? value : []
  if (Number.isFinite(low) && Number.isFinite(high) && rest.length === 0) {
    const pair = [Number(low), Number(high)] as const
    if (limits[0] <= pair[0] && pair[0] < pair[1] && pair[1] <= limits[1]) return pair
  }
  const within = Number.isFinite(limits[0]) ? ` within [${limits.join(', ')}]` : ''
  const message = `${where}: ${name} must be two finite numbers${within}, the smaller first, got ${show(value)}.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { [name]: value })
}

/** One of some words. */
export function choiceOption<T extends string>(
  where: string,
  name: string,
  value: unknown,
  choices: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback
  const choice = choices.find((candidate) => candidate === value)
  if (choice !== undefined) return choice
  const message = `${where}: ${name} must be ${choices.map((word) => `'${word}'`).join(' or ')}, got ${show(value)}.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { [name]: value })
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
