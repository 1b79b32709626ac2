import {
  allocate,
  resolveKey,
  type Backend,
  type Executable,
  type Instruction,
  type Kernel,
  type KeyWords,
  type Loop,
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

/** What is done in a loop; mutants put their mistakes here. */
export interface LoopHooks {
  /** How many iterations there are. */
  readonly count?: (count: number) => number
  /** Which slice an iteration reads. */
  readonly slice?: (iteration: number) => number
  /** Whose keys an iteration gets. */
  readonly key?: (iteration: number) => number
  /** What each output becomes. */
  readonly carries?: (carries: readonly number[]) => readonly number[]
  /** What is collected of the values of an output, in order. */
  readonly collected?: <T>(values: T[]) => T[]
  /** What an iteration is given, after the first. */
  readonly given?: (now: object[], first: readonly object[]) => object[]
  /** Storages that a loop gives back on its way: slices. */
  readonly released?: (storages: object[]) => object[]
  /** Storages that a loop gives back that throws: what it collected, and carries. */
  readonly failed?: (storages: object[]) => object[]
}

/** A backend that runs loops as well, as simply as can be: run by run, each result put into a stack at the end. */
export function looping(
  backend: Backend,
  {
    count: countOf = (count) => count,
    slice: sliceOf = (iteration) => iteration,
    key: keyOf = (iteration) => iteration,
    carries: carriesOf = (carries) => carries,
    collected: collectedOf = (values) => values,
    given: givenOf = (now) => now,
    released = (storages) => storages,
    failed = (storages) => storages,
  }: LoopHooks = {},
): Backend {
  const base = compiling(backend)
  const compile = (program: Program): Executable => {
    const executable = base.compile(program)
    const specs = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
    const runMany = (loop: Loop, wanted: number, inputs: readonly object[], keys: Uint32Array): object[] => {
      const carries = carriesOf(loop.carries)
      const columns = carries.map((): object[] => [])
      let now = [...inputs]
      // A run that throws gives back what was donated to it.
      let ours = true
      try {
        for (let k = 0; k < countOf(wanted); k++) {
          const slices: object[] = []
          for (const [i, { shape, dtype }] of program.inputs.entries()) {
            if (!loop.stacked[i]!) continue
            const [begin, size] = [
              [sliceOf(k), ...shape.map(() => 0)],
              [1, ...shape],
            ]
            const stack = { storage: inputs[i]!, shape: [wanted, ...shape], dtype }
            slices.push((now[i] = backend.kernels.slice([stack], { begin, size }, { shape: size, dtype })))
          }
          const words = Array.from({ length: program.keys }, (_, j): KeyWords => {
            const at = 2 * (keyOf(k) * program.keys + j)
            return [keys[at]!, keys[at + 1]!]
          })
          let outputs: object[]
          try {
            ours = false
            outputs = executable.run(k === 0 ? now : givenOf(now, inputs), words)
            ours = true
          } finally {
            for (const storage of released(slices)) backend.release(storage)
          }
          now = [...now]
          carries.forEach((to, i) => void (to < 0 ? columns[i]!.push(outputs[i]!) : (now[to] = outputs[i]!)))
        }
      } catch (error) {
        const carried = ours ? now.filter((_, i) => program.inputs[i]!.donated) : []
        for (const storage of failed([...columns.flat(), ...carried])) backend.release(storage)
        throw error
      }
      return carries.map((to, i) => (to < 0 ? stackOf(columns[i]!, program.outputs[i]!) : now[to]!))
    }
    const stackOf = (values: readonly object[], output: number): object => {
      const { shape, dtype } = specs.get(output)!
      const whole = { shape: [values.length, ...shape], dtype }
      if (values.length === 0) return backend.upload(allocate(dtype, 0), whole)
      const operands = collectedOf([...values]).map((storage) => ({ storage, shape: [1, ...shape], dtype }))
      const stack = backend.kernels.concat(operands, { axis: 0 }, whole)
      for (const storage of values) backend.release(storage)
      return stack
    }
    return { ...executable, runMany }
  }
  return { ...backend, compile }
}
