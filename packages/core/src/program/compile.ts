import { listOf, or, readOptions, whole } from '../arguments/index.js'
import { activeTapes } from '../autodiff/tape.js'
import { activeTrace } from './active-trace.js'
import { cache, type BoundCall } from './cache.js'
import { runCall } from './call.js'
import { renumber } from './passes.js'
import type { Program } from './program.js'
import { backendOf, record, stage } from './stage.js'

/** How a function is compiled. */
export interface CompileOptions {
  /**
   * Positions of arguments whose memory the function may overwrite and keep; the caller's handles on them end with the
   * call. What others still read is copied instead. Default: none.
   */
  readonly donate?: readonly number[]
  /** How many programs are kept, one for each combination of shapes; the least recently used goes first. Default 16. */
  readonly cacheSize?: number
}

/** A function that runs as a program. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R
  /** The optimized program for arguments of these shapes. Does not run it. */
  program(...args: A): Program
  /** @internal The program for these arguments, made ready, and their leaves. */
  bind(...args: A): BoundCall
  /** Frees every program kept. The function may be called again; it then compiles anew. */
  dispose(): void
}

/**
 * Turns a function of tensors into one that runs as a compiled program: traced once for each combination of shapes,
 * then replayed without the cost of JavaScript around each operation, in memory planned once.
 *
 * `f` takes trees (nested arrays and objects) of tensors and random keys, and returns a tree of tensors. It runs
 * symbolically: it cannot read values. Tensors it closes over are read at each call. Whatever changes from call to call
 * must be an argument, and so must random keys: one that it closes over would give every call the same numbers. Inside `grad`, or inside another compiled function, the call is simply inlined.
 *
 * @param f - synchronous, and without effects: it runs once for each signature, not once a call
 * @param options - `donate`: arguments that may be overwritten; `cacheSize`: programs kept, default 16
 * @throws NeuriteError `SYMBOLIC_VALUE` if f asks for data, `INVALID_ARGUMENT` for a bare number argument or
 * a random key that is no argument,
 * `MIXED_BACKENDS` if arguments live on different backends, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { add, compile, matmul, tanh, tensor } from '@neurite/core'
 * const layer = compile((x: ReturnType<typeof tensor>, w: ReturnType<typeof tensor>) => tanh(matmul(x, w)))
 * const y = layer(tensor([[0, 0]]), tensor([[1], [1]]))
 * await y.toArray() // => [[0]]
 * ```
 */
export function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  const { donate, cacheSize } = readOptions('compile', options, {
    donate: or([], listOf(whole(0))),
    cacheSize: or(16, whole(1)),
  })
  const programs = cache<A>(cacheSize, (args, backend) => stage(f, args, backend, donate))
  const { find } = programs

  const compiled = (...args: A): R => {
    if (activeTrace() !== undefined || activeTapes().length > 0) return f(...args)
    const { callable, leaves } = find(args)
    // What f returned while it was traced, with tensors of this call.
    return runCall(callable, leaves) as R
  }
  return Object.assign(compiled, {
    program(...args: A): Program {
      return find(args).callable.program
    },
    bind: (...args: A) => find(args),
    dispose: () => programs.dispose(),
  })
}

/**
 * What a function computes, as recorded: every instruction, nothing optimized away. `printProgram` shows it as text,
 * `optimize` makes it what `compile` runs.
 *
 * @throws NeuriteError as {@link compile}
 * @example
 * ```ts
 * import { add, printProgram, tensor, trace } from '@neurite/core'
 * const program = trace((x: ReturnType<typeof tensor>) => add(x, 1))(tensor([1, 2]))
 * program.instructions.map((instruction) => instruction.primitive) // => ['full', 'add']
 * ```
 */
export function trace<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => Program {
  return (...args) => {
    const { program, captured } = record(f, args, backendOf(args), [])
    for (const tensor of captured) tensor.dispose()
    // Captured tensors are met late, between instructions; inputs first makes programs comparable.
    return renumber(program)
  }
}
