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
  /** Frees buffers kept between runs. */
  dispose(): void
}
