import type { Backend } from '../backend/v1.js'
import { NeuriteError } from '../errors/index.js'
import { isTyped } from '../arguments/host.js'
import { formatShape, sizeOf } from '../shape/index.js'
import { dtypeOf } from '../tensor/dtype.js'
import { StorageRef } from '../tensor/storage-ref.js'
import { Tensor } from '../tensor/tensor.js'
import { collectLeaves, leafPaths } from '../tensor/tree.js'
import { runCall } from './call.js'
import type { Program } from './program.js'
import { readCall } from './read-call.js'
import { readProgram } from './read-program.js'
import { fits, type LeafSpec } from './signature.js'

/** A function whose program was made elsewhere. */
export interface Loaded<A extends readonly unknown[], R> {
  (...args: A): R
  readonly program: Program
  /** Frees what the backend keeps for it. It cannot be called afterwards. */
  dispose(): void
}

/**
 * The function behind the text of `shipProgram(compiled, ...args)`: a prediction, or a whole training step with forward pass, gradients and
 * update. It takes trees of the structure, shapes and dtypes that it was shipped with, donates what it donated, and computes what
 * it computed. A page that runs one needs no layers, losses, optimizers, tracing or gradients: the program is shipped, not the compiler.
 *
 * Where a tensor is expected, a typed array of its dtype and number of elements will do: it is copied in.
 *
 * Its structure and limits are checked. For a text from someone else, whose params a backend would trust, let `decodeProgram`
 * check it first.
 *
 * @param encoded - the text
 * @param backend - where it runs, and where the tensors it is called with must live
 * @throws NeuriteError `BAD_PROGRAM` for another text, `NOT_SUPPORTED` for a primitive or a dtype that the backend lacks; at calls
 * `INVALID_ARGUMENT` for other arguments, and what a compiled function throws
 * @example
 * ```ts
 * import { compile, defaultBackend, loadProgram, mul, shipProgram, sub, tensor, type Tensor } from '@neurite/core'
 * // Where the compiler is:
 * const step = compile((w: Tensor, gradient: Tensor) => ({ w: sub(w, mul(gradient, 0.5)) }))
 * const text = shipProgram(step, tensor([1, 2]), tensor([1, 1]))
 * // Anywhere else:
 * const loaded = loadProgram<[Tensor | Float32Array, Tensor | Float32Array], { w: Tensor }>(text, defaultBackend())
 * await loaded(tensor([1, 2]), Float32Array.of(4, 4)).w.toArray() // => [-1, 0]
 * loaded(tensor([1]), tensor([4])) // => throws INVALID_ARGUMENT
 * ```
 */
export function loadProgram<A extends readonly unknown[], R>(encoded: string, backend: Backend): Loaded<A, R> {
  const { program, call: fields } = readProgram('loadProgram', encoded)
  const call = readCall('loadProgram', fields, program)
  const { kernels, capabilities, name } = backend
  for (const { primitive, dtype } of program.instructions) {
    const runs = primitive === 'reshape' || primitive === 'random' || Object.hasOwn(kernels, primitive)
    if (runs && capabilities.dtypes.includes(dtype)) continue
    throw new NeuriteError('NOT_SUPPORTED', `loadProgram: backend '${name}' has no '${primitive}' of ${dtype}.`, {
      backend: name,
      primitive,
      dtype,
    })
  }
  const callable = { call, program, backend, executable: backend.compile(program), captured: [] }
  const run = (...args: A): R => {
    const leaves: unknown[] = []
    const uploaded: Tensor[] = []
    const paths = (): string[] => leafPaths(call.structure).map((path) => `args${path}`)
    if (!collectLeaves(call.structure, args, leaves)) throw misfit(`it takes ${paths().join(', ')}`)
    try {
      call.leaves.forEach((spec, i) => {
        const leaf = leaves[i]
        if (
          spec.kind === 'tensor' &&
          isTyped(leaf) &&
          dtypeOf(leaf) === spec.dtype &&
          leaf.length === sizeOf(spec.shape)
        ) {
          const ref = new StorageRef(backend, backend.upload(leaf, spec))
          uploaded.push((leaves[i] = new Tensor(spec, backend, ref)))
        } else if (!fits(spec, leaf)) throw misfit(`${paths()[i]} is ${describe(leaf)}, expected ${describe(spec)}`)
      })
      // The type is the caller's word, as with JSON.
      return runCall(callable, leaves) as R
    } finally {
      // What was donated, or is a result, lives on.
      for (const tensor of uploaded) tensor.dispose()
    }
  }
  return Object.assign(run, { program, dispose: () => callable.executable.dispose() })
}

function misfit(why: string): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', `loadProgram: the program was made for other arguments: ${why}.`)
}

function describe(value: unknown): string {
  if (isTyped(value)) return `${value.length} numbers of ${dtypeOf(value)}`
  const { kind = typeof value, shape, dtype } = (value ?? {}) as Partial<Extract<LeafSpec, { kind: 'tensor' }>>
  return shape === undefined ? `a ${kind} value` : `${dtype}${formatShape(shape)}`
}
