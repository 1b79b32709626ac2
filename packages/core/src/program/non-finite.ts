import { runKernel } from '../backend/run-kernel.js'
import type { Backend, Operand } from '../backend/v1.js'
import { NeuriteError } from '../errors/index.js'
import { stridesOf } from '../shape/index.js'
import { isFloating } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import { wordsOf } from './call.js'
import { compile, type Compiled } from './compile.js'
import type { ValueId } from './program.js'

/** The first value of a program that is not finite. */
export interface NonFinite {
  /** The primitive that made it, or `input` if it came in. */
  readonly primitive: string
  /** Its place in `program.instructions`, or in `program.inputs`. */
  readonly position: number
  /** Where in a model it was made: `sequential[2] dense`. Absent outside every `namedScope`. */
  readonly scope?: string
  readonly shape: readonly number[]
  /** The first element that is not finite. */
  readonly index: readonly number[]
  readonly value: number
}

/**
 * Replays a call of a compiled function instruction by instruction, reading every result, and names the first that left
 * the finite numbers; undefined if none did. Slow. Donates nothing.
 *
 * @throws NeuriteError as the call itself
 * @example
 * ```ts
 * import { compile, findNonFinite, log, mul, tensor, type Tensor } from '@neurite/core'
 * const f = compile((x: Tensor) => mul(log(x), 2))
 * const found = await findNonFinite(f, tensor([1, 0]))
 * found?.primitive // => 'log'
 * await findNonFinite(f, tensor([1, 2])) // => undefined
 * ```
 */
export async function findNonFinite<A extends readonly unknown[]>(
  compiled: Pick<Compiled<A, unknown>, 'bind'>,
  ...args: A
): Promise<NonFinite | undefined> {
  const {
    callable: { program, call, backend, captured },
    leaves,
  } = compiled.bind(...args)
  const given = [...call.inputs.map((leaf) => leaves[leaf] as Tensor), ...captured]
  const storages = given.map((tensor) => tensor.requireStorage('findNonFinite').storage)
  const keys = wordsOf(call, leaves)
  const values = new Map<ValueId, Operand>()
  const made: object[] = []
  try {
    for (const [position, { id, shape, dtype }] of program.inputs.entries()) {
      const operand = { storage: storages[position]!, shape, dtype }
      values.set(id, operand)
      const found = await firstNonFinite(backend, operand)
      if (found !== undefined) return { primitive: 'input', position, shape, ...found }
    }
    for (const [position, { id, primitive, inputs, params, shape, dtype, scope }] of program.instructions.entries()) {
      const operands = inputs.map((input) => values.get(input)!)
      if (primitive === 'reshape') {
        values.set(id, { storage: operands[0]!.storage, shape, dtype })
        continue
      }
      const storage = runKernel(backend, primitive, operands, params, { shape, dtype }, keys)
      made.push(storage)
      values.set(id, { storage, shape, dtype })
      const found = await firstNonFinite(backend, { storage, shape, dtype })
      // An infinite literal that the program itself asked for is no accident.
      if (found !== undefined && primitive !== 'full')
        return { primitive, position, ...(scope && { scope }), shape, ...found }
    }
    return undefined
  } finally {
    for (const storage of made) backend.release(storage)
  }
}

/**
 * Runs `f` once as a program, checking every intermediate result. Slow: each is read back.
 *
 * @throws NeuriteError `NON_FINITE` naming the operation that first left the finite numbers, and the first index
 * @example
 * ```ts
 * import { checkFinite, log, mul, tensor, type Tensor } from '@neurite/core'
 * const f = (x: Tensor) => mul(log(x), 2)
 * checkFinite(f, tensor([1, 0])) // => throws NON_FINITE
 * await checkFinite(f, tensor([1, 2]))
 * ```
 */
export async function checkFinite<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Promise<void> {
  const compiled = compile(f)
  const found = await findNonFinite(compiled, ...args).finally(() => compiled.dispose())
  if (found === undefined) return
  const what =
    found.primitive === 'input'
      ? `input ${found.position}`
      : `'${found.primitive}'${found.scope === undefined ? '' : ` of ${found.scope}`} (instruction ${found.position})`
  throw new NeuriteError(
    'NON_FINITE',
    `checkFinite: ${what} is the first to hold ${found.value}, at index [${found.index.join(', ')}] of shape [${found.shape.join(', ')}].`,
    { ...found },
  )
}

async function firstNonFinite(
  backend: Backend,
  { storage, shape, dtype }: Operand,
): Promise<{ index: readonly number[]; value: number } | undefined> {
  if (!isFloating(dtype)) return undefined
  const data = await backend.read(storage, { shape, dtype })
  const flat = data.findIndex((value) => !Number.isFinite(value))
  if (flat < 0) return undefined
  const index = stridesOf(shape).map((stride, axis) => Math.floor(flat / stride) % shape[axis]!)
  return { index, value: data[flat]! }
}
