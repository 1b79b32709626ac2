import type { OptionalPrimitive, PrimitiveName, PrimitiveParams, ViewPrimitive } from '../primitive/params.js'
import type { Program } from '../program/program.js'
import type { KeyWords } from '../random/key.js'
import type { DType, TensorSpec, TypedArray } from '../tensor/dtype.js'

/**
 * Version 1 of what a backend promises. A backend runs primitives on storage that only it understands; core does
 * everything else: it checks arguments before any kernel is called, owns lifetimes, differentiates and traces.
 *
 * The rules:
 * - Kernels are functional. They never write to their inputs and always return storage of their own: never an input's.
 * - Storage is contiguous and row-major; its shape comes with each use, since reshape shares storage.
 * - Kernels trust their inputs: shapes, dtypes, axes and options were checked. Empty tensors (an extent of 0) and 0-d tensors are valid.
 * - Kernels return at once. A device may compute later; only `read` waits.
 * - A device may be lost (a GPU is reset, a page loses its context): kernels and reads then throw `DEVICE_LOST`, never answer with zeros.
 * - What a backend cannot do, its capabilities say; core then refuses with `NOT_SUPPORTED` before any kernel runs.
 * - Sums of float32 keep what float32 holds. With u = 2^-24 and S the sum of the terms' magnitudes, a result of n terms may be off by
 *   (64 + 8 log2 n) u S in `sum`, `cumsum`, `softmax` and `logSoftmax`: add in pairs, in blocks, or in doubles;
 *   (64 + min(n, 1024) + 8 log2 n) u S in `matmul` and `conv2dFilterGradient`: at most 1024 products in a row;
 *   (64 + n + 8 log2 n) u S in other convolutions, pooling and `scatterAdd`. float64 (u = 2^-53) may add in a row everywhere.
 * - Left open: numbers below 2^-124 may count as 0; a / b may be a (1 / b); `sin` and `cos` beyond |x| = 2^16 are any number in
 *   [-1, 1]; `pow` may be 2^(b log2 a), off by (128 + 4 |b|) u; what is not finite may spread over its window in gradients of
 *   convolutions and pooling, padding included.
 */
export interface Backend<S extends object = object> {
  readonly contractVersion: 1
  /** For people and errors: `cpu`, `wasm`, `tfjs:webgl`. */
  readonly name: string
  readonly capabilities: Capabilities
  readonly kernels: Kernels<S>
  /** Copies host data in. `data` stays the caller's and may change afterwards. Its length is the spec's size. */
  upload(data: TypedArray, spec: TensorSpec): S
  /** A copy of the elements, in the typed array of the spec's dtype. */
  read(storage: S, spec: TensorSpec): Promise<TypedArray>
  /** As `read`, at once; present exactly where `capabilities.syncRead`. */
  readSync?(storage: S, spec: TensorSpec): TypedArray
  /** Gives storage back. Core calls it exactly once for each storage it was handed. */
  release(storage: S): void
  /** Makes a whole program ready. A backend without a compiler of its own writes `compile: (program) => interpret(program, backend)`. */
  compile(program: Program): Executable<S>
  /** Storages handed out and not yet released, and their bytes. What an executable keeps for itself is not counted. */
  memory(): { readonly buffers: number; readonly bytes: number }
  /** Frees everything. Afterwards the backend is unusable, but `release` of what it once handed out is harmless. */
  dispose(): void
}

/** What a backend can do. Conformance skips by this alone, and checks that what is not declared throws `NOT_SUPPORTED`. */
export interface Capabilities {
  /** float32, int32 and bool always; float64 where listed. */
  readonly dtypes: readonly DType[]
  /** True if `readSync` exists. */
  readonly syncRead: boolean
  /** Of 'float32' values in arithmetic: 32, or 16 where a device computes in half precision. */
  readonly float32Precision: 32 | 16
  /** Of 'int32' values: 32, which wraps around, or 24 where a device computes, compares or moves them as float32, and is exact within ±2^24 alone. */
  readonly int32Precision: 32 | 24
  /** Primitives that have no kernel here although the contract asks for them. Core refuses them by name. */
  readonly missing: readonly PrimitiveName[]
}

/** A tensor as a kernel sees it. */
export interface Operand<S extends object = object> {
  readonly storage: S
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** Params as kernels get them: a key has been resolved to words. */
export type KernelParams<P extends PrimitiveName> = P extends 'random'
  ? Omit<PrimitiveParams['random'], 'key'> & { readonly key: KeyWords }
  : PrimitiveParams[P]

/** Computes one primitive into new storage of the output spec. (A method type, so that kernels over own storage types fit `Backend<object>`.) */
export type Kernel<P extends PrimitiveName, S extends object = object> = {
  run(inputs: readonly Operand<S>[], params: KernelParams<P>, output: TensorSpec): S
}['run']

/** One kernel a primitive: TypeScript refuses a backend that lacks one. */
export type Kernels<S extends object = object> = {
  readonly [P in Exclude<PrimitiveName, ViewPrimitive | OptionalPrimitive>]: Kernel<P, S>
} & {
  readonly [P in OptionalPrimitive]?: Kernel<P, S>
}

/** A program made ready by a backend. */
export interface Executable<S extends object = object> {
  /**
   * Runs the program. `inputs` follow `program.inputs`; `keys` its key inputs. Inputs marked donated become the
   * executable's: it releases them or returns them, overwritten, as outputs. All other inputs are only read. A run that
   * throws leaves nothing behind: what was donated is released then, too.
   * The outputs follow `program.outputs` and become the caller's; no storage comes twice.
   */
  run(inputs: readonly S[], keys: readonly KeyWords[]): S[]
  /**
   * Optional: `count` runs in one call, each going on from the one before, as `lax.scan` of JAX does; where it is absent, core
   * loops over `run`. A training is such a loop, and small steps are lost in what stands between them.
   *
   * - A donated input is carried: an output takes its place in the next iteration. It becomes the executable's, as in `run`, and so
   *   does all that takes its place, so that it may be overwritten where it lies.
   * - A stacked input has the shape [count, ...shape]; iteration k reads its slice k, which begins at element k * size (so it is
   *   aligned to its dtype alone). It is only read, and so are all inputs that are neither carried nor stacked: the same each time.
   * - `keys` are those of every iteration: the words of key j in iteration k are at 2 * (k * program.keys + j) and after it. A program
   *   without `random` may get any.
   *
   * The outputs follow `program.outputs` and become the caller's: of a carried one the storage that the last iteration left, of a
   * collected one the values of all iterations, [count, ...shape]. With a count of 0 the carried inputs come back as they are. The
   * bits are those of `count` runs. A call that throws, in whichever iteration, leaves nothing behind.
   *
   * @param loop - the same object at each call of one loop, so that what was worked out of it may be kept beside it
   * @param count - a whole number >= 0
   */
  runMany?(loop: Loop, count: number, inputs: readonly S[], keys: Uint32Array): S[]
  /** Frees buffers kept between runs. */
  dispose(): void
}

/** What becomes of a program's inputs and outputs from one iteration to the next. Plain data, and never changed. */
export interface Loop {
  /** For each input of the program: whether it comes stacked, one slice an iteration. A donated one never does. */
  readonly stacked: readonly boolean[]
  /**
   * For each output: which donated input it becomes, of its shape and dtype; -1 where it is collected. Every donated input is
   * named once. As core makes them, the carried outputs stand first, in the order of the donated inputs.
   */
  readonly carries: readonly number[]
}
