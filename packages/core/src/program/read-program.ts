import { NeuriteError } from '../errors/index.js'
import { sizeOf } from '../shape/index.js'
import { BYTES_PER_ELEMENT, type DType, type TensorSpec } from '../tensor/dtype.js'
import { ENCODING } from './encode.js'
import { parseExactJson } from './exact-json.js'
import type { Instruction, Program, ProgramInput, ValueId } from './program.js'

/** What an encoded program may claim. */
export interface DecodeLimits {
  /** The most characters of text. Default 2^26. */
  readonly maxLength?: number
  /** The most bytes that all values of the program may have together. Default 2^33 (8 GiB). */
  readonly maxBytes?: number
}

type Fields = Readonly<Record<string, unknown>>

/** What an encoded program holds: a program whose structure is sound, and how it is called, unread. */
export interface Encoded {
  readonly program: Program
  readonly call: unknown
}

/**
 * Reads an encoded program's structure: every value has a name of its own, a shape and a dtype, and is there before it is used, and
 * all is within limits. Whether params and shapes are right for a primitive only {@link decodeProgram} knows.
 */
export function readProgram(where: string, text: string, limits: DecodeLimits = {}): Encoded {
  const { maxLength = 2 ** 26, maxBytes = 2 ** 33 } = limits
  const fail = (why: string, cause?: unknown): never => {
    throw badProgram(where, why, cause)
  }
  if (typeof text !== 'string' || text.length > maxLength)
    fail(`it is no text, or has more than maxLength = ${maxLength} characters`)
  let json: unknown
  try {
    json = parseExactJson(text)
  } catch (error) {
    fail('it is no JSON', error)
  }
  const fields = (value: unknown, what: string): Fields =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : fail(`${what} is no object`)
  const list = (value: unknown, what: string): readonly unknown[] =>
    Array.isArray(value) ? (value as readonly unknown[]) : fail(`${what} are no list`)

  const { neurite, version, program, call } = fields(json, 'the whole')
  if (neurite !== 'program' || version !== ENCODING)
    fail(`it does not say that it is one, or has version ${String(version)}; this package reads version ${ENCODING}`)
  const { inputs, keys, instructions, outputs } = fields(program, 'the program')

  const known = new Set<ValueId>()
  let bytes = 0
  const define = ({ id, shape, dtype }: Fields, what: string): TensorSpec & { readonly id: ValueId } => {
    const isShape = Array.isArray(shape) && shape.length <= MOST_AXES && shape.every(isCount)
    if (!isCount(id) || known.has(id) || !isShape || !isDType(dtype))
      return fail(`${what} has no id of its own, no shape or no dtype`)
    known.add(id)
    bytes += sizeOf(shape) * BYTES_PER_ELEMENT[dtype]
    return bytes <= maxBytes ? { id, shape, dtype } : fail(`its values have more than maxBytes = ${maxBytes} bytes`)
  }
  const used = (ids: unknown, what: string): readonly ValueId[] => {
    const read = list(ids, what)
    return read.every((id): id is ValueId => isCount(id) && known.has(id)) ? read : fail(`${what} are not all there`)
  }
  return {
    program: {
      inputs: list(inputs, 'the inputs').map((value, i): ProgramInput => {
        const { role, donated, ...spec } = fields(value, `input ${i}`)
        if ((role !== 'argument' && role !== 'captured') || typeof donated !== 'boolean')
          return fail(`input ${i} has neither role nor donated`)
        return { ...define(spec, `input ${i}`), role, donated }
      }),
      keys: isCount(keys) ? keys : fail('it does not say how many keys it takes'),
      instructions: list(instructions, 'the instructions').map((value, i): Instruction => {
        const what = `instruction ${i}`
        const { primitive, inputs: read, params, ...spec } = fields(value, what)
        if (typeof primitive !== 'string') return fail(`${what} has no primitive`)
        const operands = used(read, `the inputs of ${what}`)
        // That they fit each other is checked against the table of primitives, or by the backend that has kernels for them.
        return {
          ...define(spec, what),
          primitive,
          inputs: operands,
          params: fields(params, `params of ${what}`),
        } as Instruction
      }),
      outputs: used(outputs, 'the outputs'),
    },
    call,
  }
}

const MOST_AXES = 32

/** The error for what is no encoded program: `BAD_PROGRAM`. */
export function badProgram(where: string, why: string, cause?: unknown): NeuriteError {
  return new NeuriteError('BAD_PROGRAM', `${where}: this is no encoded program: ${why}.`, {}, cause)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(BYTES_PER_ELEMENT, value)
}
