import { activeTapes } from '../autodiff/tape.js'
import type { Backend, Executable } from '../backend/v1.js'
import { checkArgument, checkOptions, NeuriteError } from '../errors/index.js'
import { resolveKey, type KeyWords } from '../random/key.js'
import { StorageRef } from '../tensor/storage-ref.js'
import { Tensor } from '../tensor/tensor.js'
import { interpret } from './interpret.js'
import { findNonFinite, type NonFinite } from './non-finite.js'
import type { Program } from './program.js'
import { match, signatureOf, type Leaves, type Signature } from './signature.js'
import { backendOf, fill, record, stage, type Staged } from './stage.js'
import { activeTrace } from './trace.js'

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
  /** Replays a call instruction by instruction and names the first that left the finite numbers; undefined if none did. Donates nothing. */
  findNonFinite(...args: A): Promise<NonFinite | undefined>
  /** The optimized program for arguments of these shapes. Does not run it. */
  program(...args: A): Program
  /** Frees every program kept. The function may be called again; it then compiles anew. */
  dispose(): void
}

interface Entry extends Staged {
  readonly backend: Backend
  readonly signature: Signature
  readonly executable: Executable
}

let calls = 0

/**
 * Turns a function of tensors into one that runs as a compiled program: traced once for each combination of shapes,
 * then replayed without the cost of JavaScript around each operation, in memory planned once.
 *
 * `f` takes trees (nested arrays and objects) of tensors and random keys, and returns a tree of tensors. It runs
 * symbolically: it cannot read values. Tensors it closes over are read at each call. Whatever changes from call to call
 * must be an argument. Inside `grad`, or inside another compiled function, the call is simply inlined.
 *
 * @param f - synchronous, and without effects: it runs once for each signature, not once a call
 * @param options - `donate`: arguments that may be overwritten; `cacheSize`: programs kept, default 16
 * @throws NeuriteError `SYMBOLIC_VALUE` if f asks for data, `INVALID_ARGUMENT` for a bare number argument,
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
  checkOptions('compile', options, ['donate', 'cacheSize'])
  const { donate = [], cacheSize = 16 } = options
  checkArgument(
    Number.isInteger(cacheSize) && cacheSize >= 1,
    () => `compile: cacheSize must be a whole number >= 1, got ${String(cacheSize)}.`,
  )
  checkArgument(
    donate.every((position) => Number.isInteger(position) && position >= 0),
    () => `compile: donate must list positions of arguments, got [${donate.join(', ')}].`,
  )
  // Most recently used first.
  const entries: Entry[] = []

  const find = (args: A, leaves: Leaves): Entry => {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!
      leaves.tensors.length = 0
      leaves.keys.length = 0
      if (
        !match(entry.signature, args, leaves) ||
        (leaves.tensors.length > 0 && leaves.tensors[0]!.backend !== entry.backend)
      )
        continue
      if (i > 0) entries.unshift(...entries.splice(i, 1))
      return entry
    }
    const entry = build(f, args, donate)
    entries.unshift(entry)
    if (entries.length > cacheSize) discard(entries.pop()!)
    leaves.tensors.length = 0
    leaves.keys.length = 0
    match(entry.signature, args, leaves)
    return entry
  }

  const compiled = (...args: A): R => {
    if (activeTrace() !== undefined || activeTapes().length > 0) return f(...args)
    const leaves: Leaves = { tensors: [], keys: [] }
    const entry = find(args, leaves)
    return run(entry, leaves) as R
  }
  return Object.assign(compiled, {
    async findNonFinite(...args: A): Promise<NonFinite | undefined> {
      const leaves: Leaves = { tensors: [], keys: [] }
      const entry = find(args, leaves)
      const storages = [...leaves.tensors, ...entry.captured].map(
        (tensor) => tensor.requireStorage('findNonFinite').storage,
      )
      return findNonFinite(
        entry.program,
        entry.backend,
        storages,
        leaves.keys.map((key) => resolveKey(key.source)),
      )
    },
    program(...args: A): Program {
      return find(args, { tensors: [], keys: [] }).program
    },
    dispose(): void {
      entries.splice(0).forEach(discard)
    },
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
    return program
  }
}

/**
 * Runs `f` once as a program, checking every intermediate result. Slow: each is read back.
 *
 * @throws NeuriteError `NON_FINITE` naming the operation that first left the finite numbers, and the first index
 * @example
 * ```ts
 * import { checkFinite, log, mul, tensor, type Tensor } from '@neurite/core'
 * const f = (x: Tensor) => mul(log(x), 2)
 * checkFinite(f, tensor([1, 0])) // => throws NON_FINITE
 * await checkFinite(f, tensor([1, 2]))
 * ```
 */
export async function checkFinite<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Promise<void> {
  const compiled = compile(f)
  const found = await compiled.findNonFinite(...args).finally(() => compiled.dispose())
  if (found === undefined) return
  const what =
    found.primitive === 'input' ? `input ${found.position}` : `'${found.primitive}' (instruction ${found.position})`
  throw new NeuriteError(
    'NON_FINITE',
    `checkFinite: ${what} is the first to hold ${found.value}, at index [${found.index.join(', ')}] of shape [${found.shape.join(', ')}].`,
    { ...found },
  )
}

function build<A extends readonly unknown[]>(f: (...args: A) => unknown, args: A, donate: readonly number[]): Entry {
  const backend = backendOf(args)
  const signature = signatureOf(args, 'args')
  const staged = stage(f, args, backend, donate)
  try {
    const executable = backend.compile?.(staged.program) ?? interpret(staged.program, backend)
    return { ...staged, backend, signature, executable }
  } catch (error) {
    for (const tensor of staged.captured) tensor.dispose()
    throw error
  }
}

function discard({ executable, captured }: Entry): void {
  executable.dispose()
  for (const tensor of captured) tensor.dispose()
}

function run(
  { program, backend, executable, captured, origins, passed, template }: Entry,
  { tensors, keys }: Leaves,
): unknown {
  const call = ++calls
  const { inputs } = program
  const refs = new Array<StorageRef>(inputs.length)
  const storages = new Array<object>(inputs.length)
  for (let i = 0; i < inputs.length; i++) {
    const tensor = i < tensors.length ? tensors[i]! : captured[i - tensors.length]!
    if (tensor.backend !== backend) {
      throw new NeuriteError(
        'MIXED_BACKENDS',
        `compile: arguments live on different backends, '${backend.name}' and '${tensor.backend.name}'.`,
      )
    }
    const ref = (refs[i] = tensor.requireStorage('compiled function'))
    storages[i] = ref.storage
    if (!inputs[i]!.donated) ref.boundBy = call
  }
  const given = donateStorages(program, backend, tensors, refs, storages, call)
  const words = keys.length === 0 ? NO_KEYS : keys.map((key) => resolveKey(key.source))
  const results = new Array<Tensor>(origins.length)
  try {
    const outputs = executable.run(storages, words)
    const outputRefs = new Array<StorageRef | undefined>(outputs.length)
    for (let i = 0; i < origins.length; i++) {
      const origin = origins[i]!
      let ref = origin.from === 'input' ? refs[origin.index]! : outputRefs[origin.index]
      if (ref !== undefined) ref.count++
      else
        ref = outputRefs[origin.index] =
          takeOver(given, outputs[origin.index]!) ?? new StorageRef(backend, outputs[origin.index]!)
      results[i] = new Tensor(origin, backend, ref)
    }
  } finally {
    // The executable has released what it did not hand back, even if it failed.
    for (const ref of given) ref.detach()
  }
  for (const index of passed) tensors[index]!.dispose()
  return fill(template, results)
}

const NO_KEYS: readonly KeyWords[] = []

/**
 * Hands donated storage over and ends the caller's handles on it. Storage that someone else still reads, in this call
 * or elsewhere, is not given away: the program gets a copy. Returns the references whose storage is the executable's now.
 */
function donateStorages(
  program: Program,
  backend: Backend,
  tensors: readonly Tensor[],
  refs: readonly StorageRef[],
  storages: object[],
  call: number,
): StorageRef[] {
  const given: StorageRef[] = []
  for (let i = 0; i < tensors.length; i++) {
    const input = program.inputs[i]!
    if (!input.donated) continue
    const ref = refs[i]!
    if (ref.count === 1 && ref.boundBy !== call) {
      ref.boundBy = call
      given.push(ref)
      tensors[i]!.markDonated()
    } else {
      storages[i] = backend.kernels.broadcastTo(
        [{ storage: ref.storage, shape: input.shape, dtype: input.dtype }],
        { shape: input.shape },
        input,
      )
      if (ref.count > 1) tensors[i]!.dispose()
    }
  }
  return given
}

/** The donated reference whose storage came back as an output, if any; it then serves the output. */
function takeOver(given: StorageRef[], storage: object): StorageRef | undefined {
  for (let i = 0; i < given.length; i++) {
    if (given[i]!.storage === storage) return given.splice(i, 1)[0]
  }
  return undefined
}
