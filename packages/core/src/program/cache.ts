import type { Backend } from '../backend/v1.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Callable } from './call.js'
import { match } from './signature.js'
import { backendOf, type Staged } from './stage.js'

/** A program that is ready for some arguments, and their leaves. */
export interface BoundCall {
  readonly callable: Callable
  readonly leaves: readonly unknown[]
}

/** Programs by the structure, shapes and dtypes of their arguments. */
export interface Cache<A extends readonly unknown[]> {
  /** The program for these arguments; made if there is none. */
  find(args: A): BoundCall
  dispose(): void
}

/**
 * Programs of one function, made as they are needed.
 *
 * @param size - how many are kept; the least recently used goes first
 */
export function cache<A extends readonly unknown[]>(
  size: number,
  make: (args: A, backend: Backend) => Staged,
): Cache<A> {
  // Most recently used first.
  const entries: Callable[] = []
  return {
    find(args) {
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i]!
        const leaves = match(entry.call, args)
        if (leaves === undefined || !isAt(entry, leaves)) continue
        if (i > 0) entries.unshift(...entries.splice(i, 1))
        return { callable: entry, leaves }
      }
      const entry = build(make, args)
      entries.unshift(entry)
      if (entries.length > size) discard(entries.pop()!)
      return { callable: entry, leaves: match(entry.call, args)! }
    },
    dispose() {
      entries.splice(0).forEach(discard)
    },
  }
}

function build<A extends readonly unknown[]>(make: (args: A, backend: Backend) => Staged, args: A): Callable {
  const backend = backendOf(args)
  const staged = make(args, backend)
  try {
    return { ...staged, backend, executable: backend.compile(staged.program) }
  } catch (error) {
    for (const tensor of staged.captured) tensor.dispose()
    throw error
  }
}

/** Whether a call belongs to the backend that a program was made for: the same shapes may come from another one. */
function isAt({ backend, call }: Callable, leaves: readonly unknown[]): boolean {
  const [first] = call.inputs
  return first === undefined || (leaves[first] as Tensor).backend === backend
}

function discard({ executable, captured }: Callable): void {
  executable.dispose()
  for (const tensor of captured) tensor.dispose()
}
