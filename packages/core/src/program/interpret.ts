import { runKernel } from '../backend/run-kernel.js'
import type { Backend, Executable } from '../backend/v1.js'
import { executeByValue } from './execute.js'
import type { Program } from './program.js'
import { schedule } from './schedule.js'

/**
 * Runs a program kernel by kernel, each storage released after its last reader: what a backend without a compiler of its
 * own has as `compile`.
 *
 * @example
 * ```ts
 * import { interpret, setDefaultBackend, add, compile, tensor, type Backend } from '@neurite/core'
 * import { cpu } from '@neurite/backend-cpu'
 * const plain: Backend = { ...cpu(), compile: (program) => interpret(program, plain) }
 * setDefaultBackend(plain)
 * await compile((x: ReturnType<typeof tensor>) => add(x, 1))(tensor([1, 2])).toArray() // => [2, 3]
 * ```
 */
export function interpret<S extends object>(program: Program, backend: Backend<S>): Executable<S> {
  return executeByValue(schedule(program), {
    bind:
      ({ instruction, inputs }, keys) =>
      (storages) => {
        const operands = storages.map((storage, i) => ({ storage, shape: inputs[i]!.shape, dtype: inputs[i]!.dtype }))
        return runKernel(backend, instruction.primitive, operands, instruction.params, instruction, keys())
      },
    release: (storage) => backend.release(storage),
  })
}
