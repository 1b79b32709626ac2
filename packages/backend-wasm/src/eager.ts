import type { Operand, PrimitiveName, Program, TensorSpec } from '@neurite/core'
import type { Compiler } from './compiler.js'
import type { WasmExecutable } from './executable.js'
import type { Stored } from './memory/memory.js'

/** Operations that are kept ready. */
const KEPT = 512

/** Single operations: each is a program of one instruction, kept for the next of its shapes. */
export class Eager {
  private readonly ready = new Map<string, WasmExecutable>()

  constructor(private readonly compiler: Compiler) {}

  run(primitive: PrimitiveName, inputs: readonly Operand<Stored>[], params: object, output: TensorSpec): Stored {
    const key = `${primitive} ${inputs.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join(' ')} ${exact(params)}`
    let found = this.ready.get(key)
    if (found === undefined) {
      // A module of one operation is small: no engine refuses it.
      found = this.compiler.ready(this.compiler.build(programOf(primitive, inputs, params, output))!)
      if (this.ready.size >= KEPT) {
        const [oldest, ended] = this.ready.entries().next().value!
        ended.dispose()
        this.ready.delete(oldest)
      }
    } else this.ready.delete(key)
    this.ready.set(key, found)
    return found.run(
      inputs.map(({ storage }) => storage),
      [],
    )[0]!
  }

  clear(): void {
    this.ready.clear()
  }
}

/** Params as text, exactly. */
function exact(params: object): string {
  return JSON.stringify(params, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `#${Object.is(value, -0) ? '-0' : value}`
      : value,
  )
}

/** The program of one operation. */
function programOf(primitive: PrimitiveName, inputs: readonly Operand[], params: object, output: TensorSpec): Program {
  const { shape, dtype } = output
  const result = inputs.length
  return {
    inputs: inputs.map((input, id) => ({
      id,
      shape: input.shape,
      dtype: input.dtype,
      role: 'argument',
      donated: false,
    })),
    keys: 0,
    instructions: [
      // Core has checked that params belong to the primitive.
      { id: result, primitive, inputs: inputs.map((_, id) => id), params, shape, dtype } as Program['instructions'][0],
    ],
    outputs: [result],
  }
}
