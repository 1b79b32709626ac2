import { BYTES_PER_ELEMENT, NeuriteError, sizeOf, type DType, type TensorSpec, type TypedArray } from '@neurite/core'
import type { Block, Heap } from './heap.js'

/** Storage as this backend hands it out: elements in linear memory. */
export interface Stored extends Block {
  readonly dtype: DType
  readonly length: number
  /** False once it was given back. */
  isAlive: boolean
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const

/** Hands out storage, and counts it. */
export class Storages {
  buffers = 0
  bytes = 0
  private isOver = false

  constructor(private readonly heap: Heap) {}

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

  /** Forgets all that was handed out. */
  end(): void {
    this.isOver = true
    this.buffers = 0
    this.bytes = 0
  }

  /** The elements as they lie in memory: until memory grows. */
  view({ address, dtype, length, isAlive }: Stored): TypedArray {
    if (this.isOver || !isAlive)
      throw new NeuriteError('TENSOR_RELEASED', 'wasm: this storage was given back; nothing may use it any more.')
    return this.viewAt(address, dtype, length)
  }

  viewAt(address: number, dtype: DType, length: number): TypedArray {
    return new ARRAYS[dtype](this.heap.memory.buffer, address, length)
  }

  copy(from: number, to: number, bytes: number): void {
    new Uint8Array(this.heap.memory.buffer).copyWithin(to, from, from + bytes)
  }
}
