import type { Backend } from '../backend/v1.js'
import { NeuriteError } from '../errors/index.js'
import { formatShape, sameShape } from '../shape/index.js'
import { flattenTree, isTensor, leafPaths } from '../tensor/tree.js'
import { runCall, type Call } from './call.js'
import { match, type LeafSpec } from './signature.js'
import type { Program } from './program.js'
import { readCall } from './read-call.js'
import { badProgram, readProgram } from './read-program.js'

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
 * const loaded = loadProgram<[Tensor, Tensor], { w: Tensor }>(text, defaultBackend())
 * await loaded(tensor([1, 2]), tensor([4, 4])).w.toArray() // => [-1, 0]
 * loaded(tensor([1]), tensor([4])) // => throws INVALID_ARGUMENT
 * ```
 */
export function loadProgram<A extends readonly unknown[], R>(encoded: string, backend: Backend): Loaded<A, R> {
  const where = 'loadProgram'
  const { program, call: fields } = readProgram(where, encoded)
  const call = readCall(where, fields, program)
  for (const { primitive, dtype } of program.instructions) {
    if (primitive !== 'reshape' && primitive !== 'random' && !Object.hasOwn(backend.kernels, primitive)) {
      throw new NeuriteError('NOT_SUPPORTED', `${where}: backend '${backend.name}' has no kernel for '${primitive}'.`, {
        backend: backend.name,
        primitive,
      })
    }
    if (!backend.capabilities.dtypes.includes(dtype))
      throw new NeuriteError('NOT_SUPPORTED', `${where}: backend '${backend.name}' has no dtype ${dtype}.`, { dtype })
  }
  if (program.outputs.some((id) => program.inputs.some((input) => input.id === id)))
    throw badProgram(where, 'an output is an input')
  const callable = { call, program, backend, executable: backend.compile(program), captured: [] }
  const run = (...args: A): R => {
    const leaves = match(call, args)
    if (leaves === undefined) throw misfit(call, args)
    // The type is the caller's word, as with JSON.
    return runCall(callable, leaves) as R
  }
  return Object.assign(run, { program, dispose: () => callable.executable.dispose() })
}

/** The error for arguments that the program was not made for, naming the first that differs. */
function misfit(call: Call, args: readonly unknown[]): NeuriteError {
  const given: unknown[] = []
  const paths = leafPaths(flattenTree(args, given))
  const expected = new Map(leafPaths(call.structure).map((path, i) => [path, call.leaves[i]!]))
  const odd = paths.findIndex((path, i) => !isLike(expected.get(path), given[i]))
  const path = odd < 0 ? [...expected.keys()].find((known) => !paths.includes(known))! : paths[odd]!
  const spec = expected.get(path)
  const wanted =
    spec === undefined
      ? 'nothing'
      : spec.kind === 'tensor'
        ? `${spec.dtype}${formatShape(spec.shape)}`
        : `a ${spec.kind} value`
  const leaf = odd < 0 ? undefined : given[odd]
  const got = isTensor(leaf) ? `${leaf.dtype}${formatShape(leaf.shape)}` : typeof leaf
  return new NeuriteError(
    'INVALID_ARGUMENT',
    `loadProgram: the program was made for other arguments: args${path} is ${got}, expected ${wanted}.`,
    { path },
  )
}

function isLike(spec: LeafSpec | undefined, leaf: unknown): boolean {
  if (spec?.kind !== 'tensor') return spec?.kind === 'static' ? Object.is(spec.value, leaf) : spec !== undefined
  return isTensor(leaf) && leaf.dtype === spec.dtype && sameShape(leaf.shape, spec.shape)
}
