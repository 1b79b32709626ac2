import { NeuriteError } from '../errors/index.js'
import type { Compiled } from './compile.js'
import { exactJson } from './exact-json.js'
import type { Program } from './program.js'

/** The version of the encoding. A reader refuses others. */
export const ENCODING = 1

/**
 * A Program as text, exactly: what {@link decodeProgram} reads again, in a worker, from a file, in another version of the page.
 * Equal programs have equal texts, so it can be a key.
 *
 * @returns JSON; numbers that JSON lacks are `{ "#": "-Infinity" }`
 * @example
 * ```ts
 * import { decodeProgram, encodeProgram, log, printProgram, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => log(x))(tensor([1, 2]))
 * const again = decodeProgram(encodeProgram(program))
 * printProgram(again) === printProgram(program) // => true
 * ```
 */
export function encodeProgram(program: Program): string {
  return exactJson({ neurite: 'program', version: ENCODING, program: inOrder(program) })
}

/**
 * The program that a compiled function runs for arguments of these shapes, and how it is called, as text for `loadProgram`. Does
 * not run it.
 *
 * @param compiled - closes over no tensors, and returns tensors and plain data alone
 * @param args - as it would be called
 * @throws NeuriteError `INVALID_ARGUMENT` for a function that closes over tensors or returns what is no plain data; what compiling throws
 * @example
 * ```ts
 * import { compile, defaultBackend, loadProgram, mul, shipProgram, tensor, type Tensor } from '@neurite/core'
 * const double = compile((x: Tensor) => mul(x, 2))
 * const text = shipProgram(double, tensor([1, 2]))
 * const loaded = loadProgram<[Tensor], Tensor>(text, defaultBackend())
 * await loaded(tensor([3, 4])).toArray() // => [6, 8]
 * ```
 */
export function shipProgram<A extends readonly unknown[]>(compiled: Compiled<A, unknown>, ...args: A): string {
  const { program, call } = compiled.bind(...args).callable
  const captured = program.inputs.filter(({ role }) => role === 'captured').length
  if (captured > 0) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `shipProgram: the function closes over ${captured} tensor${captured > 1 ? 's' : ''}, which do not go along with its program; pass them as arguments.`,
      { captured },
    )
  }
  for (const origin of call.origins) {
    const value = origin.from === 'static' ? origin.value : null
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `shipProgram: the function returns ${typeof value === 'object' ? 'an instance of a class' : `a value of type ${typeof value}`}, which is no plain data; return tensors, numbers, text, true, false or null.`,
      )
    }
  }
  return exactJson({ neurite: 'program', version: ENCODING, program: inOrder(program), call })
}

/** The same fields, always in the same order, so that equal programs have equal texts. */
function inOrder({ inputs, keys, instructions, outputs }: Program): object {
  return {
    inputs: inputs.map(({ id, role, shape, dtype, donated }) => ({ id, role, shape, dtype, donated })),
    keys,
    instructions: instructions.map(({ id, primitive, inputs: read, params, shape, dtype }) => {
      const sorted = Object.entries(params as Readonly<Record<string, unknown>>).sort(([a], [b]) => (a < b ? -1 : 1))
      return { id, primitive, inputs: read, params: Object.fromEntries(sorted), shape, dtype }
    }),
    outputs,
  }
}
