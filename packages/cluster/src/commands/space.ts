import { readFile } from 'node:fs/promises'
import { NeuriteError } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import { integerBetween, logUniformBetween, uniformBetween, type Dimension, type Space } from '@neurite/search'

const DIMENSIONS: Readonly<Record<string, (minimum: number, maximum: number) => Dimension<number>>> = {
  uniform: (minimum, maximum) => uniformBetween(minimum, maximum),
  logUniform: (minimum, maximum) => logUniformBetween(minimum, maximum),
  integer: (minimum, maximum) => integerBetween(minimum, maximum),
}

/** Reads a file as {@link spaceOf} does its text. */
export async function readSpace(path: string): Promise<Space> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as { readonly code?: string }
    throw new NeuriteError('INVALID_ARGUMENT', `search: ${path} cannot be read (${code}).`, { path }, error)
  }
  return spaceOf(path, text)
}

/**
 * A space as JSON: `{ "units": [8, 16], "learningRate": { "logUniform": [0.0001, 0.1] } }`; with `uniform`, `logUniform` and `integer` for what is drawn.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` which names the file and the name in it
 */
export function spaceOf(path: string, text: string): Space {
  const json = parsed(path, text)
  if (!isRecord(json) || Object.keys(json).length === 0)
    throw wrong(path, 'must hold an object of names, { "units": [8, 16] } say', json)
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, dimensionOf(`${path}: ${name}`, value)]))
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new NeuriteError('INVALID_ARGUMENT', `search: ${path} is no JSON: ${(error as Error).message}.`, {}, error)
  }
}

function dimensionOf(where: string, value: unknown): readonly unknown[] | Dimension<number> {
  if (Array.isArray(value)) return value as readonly unknown[]
  const [entry, ...more] = isRecord(value) ? Object.entries(value) : []
  const [kind, range] = entry ?? []
  const make = kind !== undefined && more.length === 0 && Object.hasOwn(DIMENSIONS, kind) ? DIMENSIONS[kind] : undefined
  if (make === undefined || !isRange(range))
    throw wrong(
      where,
      'must be a list of choices, or { "uniform": [a, b] }, { "logUniform": [a, b] } or { "integer": [a, b] }',
      value,
    )
  return make(...range)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number')
}

function wrong(where: string, expected: string, got: unknown): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', `search: ${where} ${expected}, got ${show(got)}.`)
}
