import { BYTES_PER_ELEMENT, NeuriteError, sizeOf, type DType, type TensorSpec, type TypedArray } from '@neurite/core'
import { Heap, type Block } from './heap.js'

/** Storage as this backend hands it out: elements in linear memory. */
export interface Stored extends Block {
  readonly dtype: DType
  readonly length: number
  /** False once it was given back. */
  isAlive: boolean
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const

/** Linear memory: what is handed out in it is counted; what programs need between runs is not. */
export class Memory {
  readonly heap: Heap
  buffers = 0
  bytes = 0
  private working: Block | undefined
  private isOver = false

  /**
   * @param maximum - bytes that it may take at most
   * @param shared - whether threads share it
   */
  constructor(maximum: number, shared = false) {
    this.heap = new Heap(maximum, shared)
  }

  /** Storage of unknown content, and `more` bytes behind it. */
  allocate({ shape, dtype }: TensorSpec, more = 0): Stored {
    const length = sizeOf(shape)
    const { address, bytes } = this.heap.allocate(length * BYTES_PER_ELEMENT[dtype] + more)
    this.buffers++
    this.bytes += length * BYTES_PER_ELEMENT[dtype]
    return { address, bytes, dtype, length, isAlive: true }
  }

  release(stored: Stored): void {
    if (this.isOver || !stored.isAlive) return
    stored.isAlive = false
    this.buffers--
    this.bytes -= stored.length * BYTES_PER_ELEMENT[stored.dtype]
    this.heap.give(stored)
  }

  /** New storage of host data. */
  upload(data: TypedArray, spec: TensorSpec): Stored {
    const stored = this.allocate(spec)
    this.view(stored).set(data)
    return stored
  }

  /** A copy of the elements, for the host. */
  read(stored: Stored): TypedArray {
    return this.view(stored).slice()
  }

  copy(from: number, to: number, bytes: number): void {
    new Uint8Array(this.heap.memory.buffer).copyWithin(to, from, from + bytes)
  }

  /** The address of memory in which a kernel may work. Only one runs at a time. */
  scratch(bytes: number): number {
    if (this.working === undefined || this.working.bytes < bytes) this.working = this.heap.allocate(bytes)
    return this.working.address
  }

  /** Lets go of linear memory: what was handed out is gone. */
  end(): void {
    this.isOver = true
    this.buffers = 0
    this.bytes = 0
    this.heap.end()
  }

  /** The elements as they lie in memory: until it grows. */
  private view({ address, dtype, length, isAlive }: Stored): TypedArray {
    if (this.isOver || !isAlive)
      throw new NeuriteError('TENSOR_RELEASED', 'wasm: this storage was given back; nothing may use it any more.')
    return new ARRAYS[dtype](this.heap.memory.buffer, address, length)
  }
}
