import { aBoolean, or, readOptions, whole } from '../arguments/index.js'
import { activeTapes } from '../autodiff/tape.js'
import type { Loop } from '../backend/v1.js'
import { checkArgument, NeuriteError } from '../errors/index.js'
import { reshape, slice, stack } from '../ops/index.js'
import { fold, Key, Keys, resolveKey, writeKeys } from '../random/key.js'
import { formatShape, sameShape } from '../shape/index.js'
import { Tensor } from '../tensor/tensor.js'
import {
  collectLeaves,
  flattenTree,
  isTensor,
  leafPaths,
  mapTree,
  unflattenTree,
  type Structure,
} from '../tensor/tree.js'
import { activeTrace } from './active-trace.js'
import { NONE } from './bound.js'
import { cache } from './cache.js'
import { handIn, handOver, letGo, type Callable } from './call.js'
import type { Compiled } from './compile.js'
import { iterateByRun } from './iterate-by-run.js'
import { draws, keysAt, stackOf } from './iterate.js'
import { stage } from './stage.js'

/** What a {@link scan} is given for all its iterations: each tensor of one iteration stacked, and keys where it takes one. */
export type Stacked<X> = X extends Tensor
  ? Tensor
  : X extends Key
    ? Keys
    : X extends object
      ? { readonly [K in keyof X]: Stacked<X[K]> }
      : X

/** How a function is iterated. */
export interface ScanOptions {
  /** Whether the memory of the carry may be overwritten; the caller's handles on it then end with the call. Default false: it is copied once. */
  readonly donate?: boolean
  /** How many programs are kept, one for each combination of shapes; the least recently used goes first. Default 16. */
  readonly cacheSize?: number
}

/** A function that is iterated as a program. */
export interface Scan<C, X, A extends readonly unknown[], Y> {
  (carry: C, xs: Stacked<X>, ...others: A): [carry: C, ys: Y]
  /** One iteration: its program, and what {@link findNonFinite} takes. */
  readonly step: Pick<Compiled<[carry: C, x: X, ...others: A], readonly [C, Y]>, 'program' | 'bind'>
  /** Frees every program kept. The function may be called again; it then compiles anew. */
  dispose(): void
}

/**
 * Iterates a compiled function: `lax.scan` of JAX. Each iteration gets the carry that the one before it returned, and its slice of
 * what is stacked; what it returns beside the carry comes back stacked. The loop runs in the backend, so an iteration costs its
 * kernels and little else: for steps of a training that take microseconds, and recurrences.
 *
 * In plain words:
 *
 *     const ys = []
 *     for (let i = 0; i < n; i++) [carry, ys[i]] = f(carry, xs[i], ...others)
 *     return [carry, stack(ys)]
 *
 * @param f - of a carry, an element of xs, and what is the same each time; returns the next carry, of the same structure, shapes and
 * dtypes, and a tree of tensors to be stacked. Synchronous and without effects, as for {@link compile}
 * @param options - `donate`: whether the carry may be overwritten, default false; `cacheSize`: programs kept, default 16
 * @returns a function of the first carry; of `xs`, in which every tensor has one more axis, the first, as long as there are iterations,
 * and where `f` takes a key there are as many, of {@link splitKey}; and of the others. Inside `grad`, or inside a compiled function,
 * the loop is unrolled
 * @throws NeuriteError `INVALID_ARGUMENT` if nothing in xs says how many iterations there are, or f returns no pair;
 * `SHAPE_MISMATCH`, `DTYPE_MISMATCH` if xs differ in their first extents, or the carry that f returns from the one it got; as `compile`
 * @example
 * ```ts
 * import { add, mul, scan, tensor, type Tensor } from '@neurite/core'
 * const decay = scan((level: Tensor, input: Tensor, rate: Tensor) => {
 *   const next = add(mul(level, rate), input)
 *   return [next, next]
 * })
 * const [last, levels] = decay(tensor(0), tensor([4, 0, 1]), tensor(0.5))
 * await last.toArray() // => 2
 * await levels.toArray() // => [4, 2, 2]
 * ```
 */
export function scan<C, X, A extends readonly unknown[], Y>(
  f: (carry: C, x: X, ...others: A) => readonly [carry: C, y: Y],
  options: ScanOptions = {},
): Scan<C, X, A, Y> {
  const { donate, cacheSize } = readOptions('scan', options, {
    donate: or(false, aBoolean),
    cacheSize: or(16, whole(1)),
  })
  type One = [carry: C, x: X, ...others: A]
  const iteration = (...args: One): readonly [C, Y] => pairOf(f(...args), args[0])
  const programs = cache<One>(cacheSize, (args, backend) =>
    stage(iteration, args, backend, [0], leavesOf(args[0]).filter(isTensor).length),
  )
  const loops = new WeakMap<Callable, Looping>()

  const scanned = (carry: C, xs: Stacked<X>, ...others: A): [C, Y] => {
    const given: unknown[] = []
    const structure = flattenTree(xs, given)
    const count = countOf(given)
    if (activeTrace() !== undefined || activeTapes().length > 0) {
      checkArgument(count > 0, () => 'scan: inside grad or compile there must be at least one iteration.')
      const ys: Y[] = []
      let now = carry
      for (let i = 0; i < count; i++) {
        const x = unflattenTree(
          structure,
          given.map((leaf) => sliceAt(leaf, i)),
        )
        const [next, y] = iteration(now, x as X, ...others)
        now = next
        ys.push(y)
      }
      return [now, mapTree((...column) => stack(column), ys[0]!, ...ys.slice(1))]
    }
    // What the caller keeps is shared, and what is shared is copied.
    const mine = donate ? carry : mapTree((leaf) => leaf.alias(), carry)
    try {
      const one = unflattenTree(structure, given.map(shapeOfOne))
      const { callable, leaves } = programs.find([mine, one as X, ...others])
      let looping = loops.get(callable)
      if (looping === undefined)
        loops.set(callable, (looping = loopingOf(callable, leavesOf(mine).length, given.length)))
      const all = [...leaves]
      for (let i = 0; i < given.length; i++) all[looping.before + i] = given[i]
      return runLoop(callable, looping, count, all) as [C, Y]
    } finally {
      if (!donate) for (const leaf of leavesOf(mine)) if (isTensor(leaf)) leaf.dispose()
    }
  }
  return Object.assign(scanned, {
    step: {
      program: (...args: One) => programs.find(args).callable.program,
      bind: (...args: One) => programs.find(args),
    },
    dispose: () => programs.dispose(),
  })
}

/** How a program is run many times. */
interface Looping {
  readonly loop: Loop
  /** Leaves of the carry, which stand before those of the elements. */
  readonly before: number
  readonly draws: boolean
}

/** Runs a program many times on leaves of which some are stacked. */
function runLoop(callable: Callable, looping: Looping, count: number, leaves: readonly unknown[]): unknown {
  const { program, backend, executable } = callable
  const { loop } = looping
  const handed = handIn(callable, leaves)
  const words = wordsOfAll(callable, looping, count, leaves)
  let outputs: object[]
  try {
    // A stack of one is what lies in it.
    if (count === 1) outputs = executable.run(handed.storages, looping.draws ? keysAt(program, words, 0) : NONE)
    else if (executable.runMany !== undefined) outputs = executable.runMany(loop, count, handed.storages, words)
    else outputs = iterateByRun(backend, program, executable, loop, count, handed.storages, words)
  } catch (error) {
    letGo(handed)
    throw error
  }
  return handOver(callable, handed, outputs, (origin) =>
    origin.from === 'output' && loop.carries[origin.index]! < 0 ? stackOf(origin, count) : origin,
  )
}

/** The carried inputs are the first, and so are the outputs that take their places; what passes through is neither. */
function loopingOf({ program, call }: Callable, before: number, elements: number): Looping {
  const carries = program.outputs.map(() => -1)
  call.origins.forEach((origin, leaf) => {
    if (origin.from === 'output' && leaf < before) carries[origin.index] = call.inputs.indexOf(leaf)
  })
  const stacked = program.inputs.map((_, i) => {
    const leaf = call.inputs[i]
    return leaf !== undefined && leaf >= before && leaf < before + elements
  })
  return { loop: { stacked, carries }, before, draws: draws(program) }
}

const NO_WORDS = /* @__PURE__ */ new Uint32Array(0)

/** The words of the keys of all iterations, where a program draws; one that stands outside xs is the same each time. */
function wordsOfAll(
  { call, program }: Callable,
  looping: Looping,
  count: number,
  leaves: readonly unknown[],
): Uint32Array {
  if (!looping.draws) return NO_WORDS
  const stride = 2 * program.keys
  const words = new Uint32Array(count * stride)
  call.keys.forEach((leaf, j) => {
    const keys = leaves[leaf]
    if (Keys.isInstance(keys)) writeKeys(keys, words, 2 * j, stride)
    else {
      const same = resolveKey((keys as Key).source)
      for (let k = 0; k < count; k++) words.set(same, k * stride + 2 * j)
    }
  })
  return words
}

function leavesOf(tree: unknown): unknown[] {
  const leaves: unknown[] = []
  flattenTree(tree, leaves)
  return leaves
}

const ANY = /* @__PURE__ */ new Key([0, 0])

/** What stands for an element where only its shape and dtype count. */
function shapeOfOne(leaf: unknown): unknown {
  if (Keys.isInstance(leaf)) return ANY
  return isTensor(leaf) ? new Tensor({ shape: leaf.shape.slice(1), dtype: leaf.dtype }, leaf.backend, undefined) : leaf
}

function sliceAt(leaf: unknown, i: number): unknown {
  if (Keys.isInstance(leaf)) return fold(leaf.parent, leaf.from + i)
  if (!isTensor(leaf)) return leaf
  const [, ...shape] = leaf.shape
  return reshape(slice(leaf, { begin: [i, ...shape.map(() => 0)], size: [1, ...shape] }), shape)
}

/** How many iterations the elements say. */
function countOf(xs: readonly unknown[]): number {
  let count: number | undefined
  for (const leaf of xs) {
    const length = lengthOf(leaf)
    if (length === undefined) continue
    count ??= length
    if (length === count) continue
    const message = `scan: xs must agree in their first extents, got ${count} and ${length}.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { lengths: [count, length] })
  }
  checkArgument(
    count !== undefined,
    () => 'scan: xs must hold a tensor or keys, which say how many iterations there are; give arange(count), say.',
  )
  return count
}

/** How many a leaf holds; undefined for one that is the same each time. */
function lengthOf(leaf: unknown): number | undefined {
  if (isTensor(leaf)) {
    const [length] = leaf.shape
    if (length !== undefined) return length
    const message = 'scan: xs holds a 0-d tensor, of shape []; it needs a first axis, as long as there are iterations.'
    throw new NeuriteError('SHAPE_MISMATCH', message, { shape: leaf.shape })
  }
  if (Keys.isInstance(leaf)) return leaf.length
  checkArgument(!Key.isInstance(leaf), () => 'scan: xs holds a key; give splitKey(key, count), one for each iteration.')
  return undefined
}

/** Refuses what f returned unless it is a pair whose carry is like the one before. */
function pairOf<C, Y>(result: readonly [C, Y], before: C): readonly [C, Y] {
  checkArgument(
    Array.isArray(result) && result.length === 2,
    () => 'scan: the function must return [carry, y]; where there is nothing to collect, [carry, {}].',
  )
  const given: unknown[] = []
  const structure = flattenTree(before, given)
  const next: unknown[] = []
  checkArgument(
    collectLeaves(structure, result[0], next),
    () =>
      `scan: the carry must keep its structure: it came with ${places(structure)}, and the function returned ${places(flattenTree(result[0], []))}.`,
  )
  for (const [i, was] of given.entries()) {
    const is = next[i]
    const path = (): string =>
      ['carry', leafPaths(structure)[i]!].join(/^(\[|$)/.test(leafPaths(structure)[i]!) ? '' : '.')
    if (!isTensor(was) || !isTensor(is)) {
      checkArgument(was === is, () => `scan: ${path()} must be a tensor, or stay what it is.`)
      continue
    }
    if (was.dtype === is.dtype && sameShape(was.shape, is.shape)) continue
    throw new NeuriteError(
      was.dtype === is.dtype ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH',
      `scan: ${path()} must stay ${was.dtype}${formatShape(was.shape)}, and the function made it ${is.dtype}${formatShape(is.shape)}.`,
      { carry: was.dtype === is.dtype ? was.shape : was.dtype, returned: was.dtype === is.dtype ? is.shape : is.dtype },
    )
  }
  // In the order in which it came, whatever that of its names is now.
  return [unflattenTree(structure, next) as C, result[1]]
}

function places(structure: Structure): string {
  return leafPaths(structure).join(', ') || 'one leaf'
}
