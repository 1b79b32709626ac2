import { takesNoOptions } from '@neurite/core/arguments'
/** See {@link xor}. */
export type Xor = {
  readonly x: { readonly shape: readonly [4, 2]; readonly data: Float32Array }
  readonly y: { readonly shape: readonly [4, 1]; readonly data: Float32Array }
}

/**
 * Exclusive or: the four rows that no single neuron can separate (Minsky & Papert, 1969) and one hidden layer can.
 *
 * @returns `x` [4, 2] and `y` [4, 1], float32, of zeros and ones: ready for a network with one output
 * @example
 * ```ts
 * import { xor } from '@neurite/datasets'
 * xor().x.data // => [0, 0, 0, 1, 1, 0, 1, 1]
 * xor().y.data // => [0, 1, 1, 0]
 * ```
 */
export function xor(...none: readonly []): Xor {
  takesNoOptions('xor', none)
  return {
    x: { shape: [4, 2], data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) },
    y: { shape: [4, 1], data: Float32Array.of(0, 1, 1, 0) },
  }
}
