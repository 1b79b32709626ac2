import type { Backend } from '../backend/v1.js'
import { NeuriteError } from '../errors/index.js'
import { activeTrace } from '../program/active-trace.js'
import { formatShape, sizeOf } from '../shape/index.js'
import type { ArrayData, DType, TensorSpec, TypedArray } from './dtype.js'
import { formatTensor, nest, type NestedArray } from './format.js'
import { register } from './scope.js'
import type { StorageRef } from './storage-ref.js'

let nextId = 1

/** A tensor cannot be sent to a worker: where it lives there are functions. */
const POST = Symbol('a tensor: post await x.toHost() instead')

/**
 * An immutable n-dimensional array on a backend. Make one with `tensor`, `zeros`, ... and compute with functions: `add(a, b)`.
 *
 * Its memory is given back by `dispose()`, by the end of the `tidy` or `using` block that made it, or by the garbage
 * collector. Inside `compile` and `trace` a tensor is symbolic: it has a shape and a dtype but no data.
 *
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * const x = tensor([[1, 2, 3], [4, 5, 6]])
 * x.shape // => [2, 3]
 * x.dtype // => 'float32'
 * await x.toArray() // => [[1, 2, 3], [4, 5, 6]]
 * ```
 */
export class Tensor implements TensorSpec {
  /** @internal Before all others: a structured clone meets it first, and names it in its error. */
  readonly post: symbol = POST
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly backend: Backend
  /** @internal Identity for gradients and traces. Aliases made inside core share it. */
  readonly id: number
  /** @internal Absent in a symbolic tensor. */
  readonly ref: StorageRef | undefined
  #state: 'alive' | 'released' | 'donated' = 'alive'

  /** @internal Use `tensor(...)`. */
  constructor(spec: TensorSpec, backend: Backend, ref: StorageRef | undefined, id = nextId++, scoped = true) {
    this.shape = spec.shape
    this.dtype = spec.dtype
    this.backend = backend
    this.ref = ref
    this.id = id
    if (scoped && ref !== undefined) register(this)
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape)
  }

  /** True inside `compile` and `trace`: a value without data. */
  get isSymbolic(): boolean {
    return this.ref === undefined
  }

  /** True once the memory was given back; every use is then an error. */
  get isReleased(): boolean {
    return this.#state !== 'alive'
  }

  /**
   * The elements, row-major, as a copy: Float32Array, Float64Array, Int32Array, or Uint8Array for bool.
   *
   * @throws NeuriteError `SYMBOLIC_VALUE` inside a trace, `TENSOR_RELEASED` after release
   */
  async data(): Promise<TypedArray> {
    const ref = this.requireStorage('data()')
    return ref.backend.read(ref.storage, this)
  }

  /**
   * As `data()`, at once.
   *
   * @throws NeuriteError `NOT_SUPPORTED` on a backend that can only answer later; use `await data()` there
   */
  dataSync(): TypedArray {
    const ref = this.requireStorage('dataSync()')
    if (ref.backend.readSync === undefined) {
      throw new NeuriteError(
        'NOT_SUPPORTED',
        `dataSync: backend '${this.backend.name}' cannot read at once; use await data().`,
        { backend: this.backend.name },
      )
    }
    return ref.backend.readSync(ref.storage, this)
  }

  /**
   * Shape and elements on the host: what metrics, transformers and everything else that computes on the host take.
   *
   * @throws NeuriteError as {@link Tensor.data}
   * @example
   * ```ts
   * import { tensor } from '@neurite/core'
   * await tensor([[1, 2]]).toHost() // => { shape: [1, 2], data: [1, 2] }
   * ```
   */
  async toHost(): Promise<ArrayData> {
    return { shape: this.shape, data: await this.data() }
  }

  /** The elements as nested arrays of numbers (booleans for bool); a bare value for 0-d. */
  async toArray(): Promise<NestedArray> {
    return nest(await this.data(), this)
  }

  /** As `toArray()`, at once; see {@link Tensor.dataSync}. */
  toArraySync(): NestedArray {
    return nest(this.dataSync(), this)
  }

  /** The only element of a tensor of size 1, as a number. */
  async item(): Promise<number> {
    if (this.size !== 1)
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `item: ${this.describe()} has ${this.size} elements; item() takes a tensor of one.`,
        { shape: this.shape },
      )
    return (await this.data())[0]!
  }

  /** Gives the memory back. Doing so twice is harmless; a symbolic tensor has none. */
  dispose(): void {
    if (this.ref === undefined || this.#state !== 'alive') return
    this.#state = 'released'
    this.ref.release()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** Shape, dtype, backend, and the values where they can be read at once; large tensors show their edges. */
  toString(): string {
    const readable = this.ref !== undefined && !this.isReleased && this.backend.readSync !== undefined
    return formatTensor(
      this,
      this.backend.name,
      readable ? this.dataSync() : undefined,
      this.isReleased ? 'released' : this.isSymbolic ? 'symbolic' : '',
    )
  }

  /** For `JSON.stringify`: the elements as nested arrays, where they can be read at once; see {@link Tensor.dataSync}. */
  toJSON(): NestedArray {
    return this.toArraySync()
  }

  /**
   * In a text a tensor is {@link Tensor.toString}; it is no number.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` in `x + 1` or `x < 1`
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString()
    throw new NeuriteError('INVALID_ARGUMENT', `${this.describe()} is no number; use add(x, 1), or await x.item().`)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** @internal A handle of the same identity, with a lifetime of its own, in no scope. */
  alias(): Tensor {
    if (this.ref === undefined) return this
    this.requireStorage('alias').count++
    return new Tensor(this, this.backend, this.ref, this.id, false)
  }

  /** @internal */
  requireAlive(where: string): void {
    if (this.#state === 'alive') return
    const how = this.#state === 'donated' ? 'was donated to a compiled function, which took its memory' : 'was released'
    throw new NeuriteError(
      'TENSOR_RELEASED',
      `${where}: ${this.describe()} ${how}; keep it alive by returning it from tidy, or do not dispose it before its last use.`,
      { shape: this.shape },
    )
  }

  /** @internal */
  requireStorage(where: string): StorageRef {
    this.requireAlive(where)
    if (this.ref === undefined) {
      if (activeTrace() === undefined) {
        throw new NeuriteError(
          'SYMBOLIC_ESCAPE',
          `${where}: ${this.describe()} belongs to a trace that has ended; a traced value cannot leave the function that compile or trace runs: return it instead.`,
          { shape: this.shape },
        )
      }
      throw new NeuriteError(
        'SYMBOLIC_VALUE',
        `${where}: ${this.describe()} is being traced and has no data. Code inside compile or trace cannot branch on values; use where(), or return the value and read it outside.`,
        { shape: this.shape },
      )
    }
    return this.ref
  }

  /** @internal An executable owns the storage now. */
  markDonated(): void {
    this.#state = 'donated'
  }

  /** @internal For messages. */
  describe(): string {
    return `tensor #${this.id} ${this.dtype}${formatShape(this.shape)}`
  }
}
