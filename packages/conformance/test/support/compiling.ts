import {
  resolveKey,
  type Backend,
  type Executable,
  type Instruction,
  type Kernel,
  type Operand,
  type PrimitiveName,
  type Program,
} from '@neurite/core'

/** What is done to a program's run; mutants put their mistakes here. */
export interface RunHooks {
  /** The storages a run returns. */
  readonly outputs?: (storages: object[]) => object[]
  /** Storages that a run gives back once it has ended. */
  readonly released?: (storages: object[]) => object[]
  /** Storages that a run gives back that throws: what it made, then what was donated. */
  readonly failed?: (made: object[], donated: object[]) => object[]
}

/**
 * A backend with a compiler of its own, as simple as can be: it runs the list and gives back at the end what nobody
 * keeps.
 */
export function compiling(
  backend: Backend,
  {
    outputs = (storages) => storages,
    released = (storages) => storages,
    failed = (made, donated) => [...made, ...donated],
  }: RunHooks = {},
): Backend {
  const compile = (program: Program): Executable => ({
    run(inputs, keys) {
      const values = new Map<number, Operand>(
        program.inputs.map(({ id, shape, dtype }, i) => [id, { storage: inputs[i]!, shape, dtype }]),
      )
      const made: object[] = []
      const donated = inputs.filter((_, i) => program.inputs[i]!.donated)
      try {
        for (const instruction of program.instructions) compute(instruction)
      } catch (error) {
        for (const storage of failed(made, donated)) backend.release(storage)
        throw error
      }
      const results = program.outputs.map((id) => values.get(id)!.storage)
      for (const storage of released([...made, ...donated].filter((each) => !results.includes(each))))
        backend.release(storage)
      return outputs(results)

      function compute({ id, primitive, inputs: read, params, shape, dtype }: Instruction): void {
        const given = read.map((operand) => values.get(operand)!)
        if (primitive === 'reshape') {
          values.set(id, { storage: given[0]!.storage, shape, dtype })
          return
        }
        const kernel = (backend.kernels as Readonly<Record<string, Kernel<PrimitiveName>>>)[primitive]!
        const resolved = primitive === 'random' ? { ...params, key: resolveKey(params.key, keys) } : params
        const storage = kernel(given, resolved, { shape, dtype })
        made.push(storage)
        values.set(id, { storage, shape, dtype })
      }
    },
    dispose() {
      // It keeps nothing.
    },
  })
  return { ...backend, compile }
}
