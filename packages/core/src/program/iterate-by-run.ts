import { runKernel } from '../backend/run-kernel.js'
import type { Backend, Executable, Loop } from '../backend/v1.js'
import { allocate, type TensorSpec } from '../tensor/dtype.js'
import { keysAt, outputSpecs, stackOf } from './iterate.js'
import type { Program } from './program.js'

/** `runMany` for executables without one: run after run, with kernels that take slices from stacks and put stacks together. */
export function iterateByRun(
  backend: Backend,
  program: Program,
  executable: Executable,
  { stacked, carries }: Loop,
  count: number,
  inputs: readonly object[],
  keys: Uint32Array,
): object[] {
  const specs = outputSpecs(program)
  const stacks = carries.map((to, i) => (to < 0 ? new Stack(backend, specs[i]!) : undefined))
  const current = [...inputs]
  // What is carried is ours, but while a run has it: one that throws gives it back.
  let ours = true
  try {
    for (let k = 0; k < count; k++) {
      const slices: object[] = []
      let outputs: object[]
      try {
        for (const [i, spec] of program.inputs.entries()) {
          if (stacked[i]!) slices.push((current[i] = sliceOf(backend, inputs[i]!, spec, k, count)))
        }
        ours = false
        outputs = executable.run(current, keysAt(program, keys, k))
        ours = true
      } finally {
        for (const slice of slices) backend.release(slice)
      }
      for (const [i, to] of carries.entries()) {
        if (to < 0) stacks[i]!.add(outputs[i]!)
        else current[to] = outputs[i]!
      }
      for (const stack of stacks) stack?.merge()
    }
    for (const stack of stacks) stack?.close()
  } catch (error) {
    for (const stack of stacks) stack?.release()
    if (ours) for (const [i, { donated }] of program.inputs.entries()) if (donated) backend.release(current[i]!)
    throw error
  }
  return carries.map((to, i) => (to < 0 ? stacks[i]!.only : current[to]!))
}

function sliceOf(backend: Backend, storage: object, spec: TensorSpec, k: number, count: number): object {
  const { shape, dtype } = spec
  const size = [1, ...shape]
  const operand = { storage, ...stackOf(spec, count) }
  return runKernel(backend, 'slice', [operand], { begin: [k, ...shape.map(() => 0)], size }, { shape: size, dtype })
}

/** So many pieces become one: a value is copied once for each digit of their number, and no kernel gets very many operands. */
const BASE = 16

/** Values of one spec that become one storage, one after another. */
class Stack {
  readonly #backend: Backend
  readonly #spec: TensorSpec
  #pieces: { readonly storage: object; readonly rows: number }[] = []

  constructor(backend: Backend, spec: TensorSpec) {
    this.#backend = backend
    this.#spec = spec
  }

  add(storage: object): void {
    this.#pieces.push({ storage, rows: 1 })
  }

  /** Puts the last pieces together where there are enough of one size. */
  merge(): void {
    while (this.#pieces.length >= BASE && this.#pieces.at(-BASE)!.rows === this.#pieces.at(-1)!.rows) this.#join(BASE)
  }

  /** Puts all together. */
  close(): void {
    const { length } = this.#pieces
    const { dtype } = this.#spec
    if (length === 0) {
      const storage = this.#backend.upload(allocate(dtype, 0), stackOf(this.#spec, 0))
      this.#pieces.push({ storage, rows: 0 })
    } else if (length > 1) this.#join(length)
  }

  /** After {@link Stack.close}. */
  get only(): object {
    return this.#pieces[0]!.storage
  }

  release(): void {
    for (const { storage } of this.#pieces.splice(0)) this.#backend.release(storage)
  }

  #join(last: number): void {
    const pieces = this.#pieces.slice(-last)
    const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0)
    const operands = pieces.map((piece) => ({ storage: piece.storage, ...stackOf(this.#spec, piece.rows) }))
    const storage = runKernel(this.#backend, 'concat', operands, { axis: 0 }, stackOf(this.#spec, rows))
    this.#pieces.splice(-last, last, { storage, rows })
    for (const piece of pieces) this.#backend.release(piece.storage)
  }
}
