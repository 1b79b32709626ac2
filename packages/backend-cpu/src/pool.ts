import { allocate, type DType, type TypedArray } from '@neurite/core'

/** What a typed array costs beside its elements, roughly: many empty ones are not free. */
const HEADER = 128

/**
 * Arrays that were given back, kept for the next of their dtype and length: making a typed array costs more than most
 * small kernels, and a loop asks for the same few again and again.
 */
export class Pool {
  readonly #limit: number
  /** By length, for each dtype. */
  #free: Partial<Record<DType, Map<number, TypedArray[]>>> = {}
  #bytes = 0

  /** @param limit - the most bytes it keeps */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Bytes of the arrays that wait here. */
  get bytes(): number {
    return this.#bytes
  }

  /** An array whose contents are anything. */
  take(dtype: DType, length: number): TypedArray {
    const array = this.#free[dtype]?.get(length)?.pop()
    if (array === undefined) return allocate(dtype, length)
    this.#bytes -= array.byteLength + HEADER
    return array
  }

  /** When it is full, all that waits is let go: sizes that are asked for come back, others do not stay forever. */
  give(dtype: DType, array: TypedArray): void {
    const cost = array.byteLength + HEADER
    if (cost > this.#limit) return
    if (this.#bytes + cost > this.#limit) this.clear()
    this.#bytes += cost
    const free = (this.#free[dtype] ??= new Map())
    const same = free.get(array.length)
    if (same === undefined) free.set(array.length, [array])
    else same.push(array)
  }

  clear(): void {
    this.#free = {}
    this.#bytes = 0
  }
}
