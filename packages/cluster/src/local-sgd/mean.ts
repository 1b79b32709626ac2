import { isFloating } from '@neurite/core'
import type { HostTensor } from '@neurite/files'

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, HostTensor>

/**
 * The weighted mean of sets of tensors, which come one after another: however many there are, it holds one sum in float64. Sums depend on the
 * order in which they are made, so that order is the caller's to keep. What is not floating is taken from the first set.
 */
export class Mean {
  readonly #sums = new Map<string, { readonly like: HostTensor; readonly sum: Float64Array | undefined }>()
  #weight = 0

  /** @param weight - greater than 0; whole numbers of rows keep the mean of equal float32 values exact */
  add(tensors: Tensors, weight: number): void {
    const first = this.#weight === 0
    this.#weight += weight
    for (const [name, tensor] of tensors) {
      if (first)
        this.#sums.set(name, {
          like: tensor,
          sum: isFloating(tensor.dtype) ? new Float64Array(tensor.data.length) : undefined,
        })
      const sum = this.#sums.get(name)?.sum
      if (sum !== undefined) for (let i = 0; i < sum.length; i++) sum[i]! += weight * tensor.data[i]!
    }
  }

  /** Floating tensors come as float64. */
  take(): Map<string, HostTensor> {
    const entries = [...this.#sums].map(([name, { like, sum }]): [string, HostTensor] => {
      if (sum === undefined) return [name, like]
      for (let i = 0; i < sum.length; i++) sum[i]! /= this.#weight
      return [name, { dtype: 'float64', shape: like.shape, data: sum }]
    })
    this.#sums.clear()
    return new Map(entries)
  }
}
