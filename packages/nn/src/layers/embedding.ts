import { gather, type Tensor } from '@neurite/core'
import { optional, or, readOptions } from '@neurite/core/arguments'
import { configFrom } from '../config.js'
import { layer } from '../define-layer.js'
import type { Initializer } from '../initializers/initializer.js'
import { uniform } from '../initializers/simple.js'
import type { Layer, Nothing } from '../layer.js'
import { anInitializer, aRegularizer, extent } from '../readers.js'
import type { Regularizer } from '../regularizer.js'

/** The options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Default uniform in ±0.05. */
  readonly weightInitializer?: Initializer
  /** What `penalty` adds to the loss for the table. Default nothing. */
  readonly regularizer?: Regularizer
}

/** The params of {@link embedding}: weight [vocabulary, dim], a row for each index. */
export type EmbeddingParams = { readonly weight: Tensor }

/**
 * A trained vector for each of `vocabulary` things, looked up by index: int32 [batch, ...] becomes [batch, ..., dim]
 * (Bengio et al. 2003). Floats may hold the whole numbers. What is none of [0, vocabulary) gives zeros
 * here; `fit`, `predict`, `evaluate` and `diagnose` refuse it.
 *
 * @param vocabulary - how many things there are
 * @param dim - the length of a vector
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { embedding } from '@neurite/nn'
 * const weight = tensor([[0, 0], [1, 2], [3, 4]])
 * await embedding(3, 2).apply({ weight }, tensor([[2, 1]], { dtype: 'int32' })).toArray() // => [[[3, 4], [1, 2]]]
 * ```
 */
export function embedding(
  vocabulary: number,
  dim: number,
  options: EmbeddingOptions = {},
): Layer<EmbeddingParams, Nothing> {
  const read = readOptions('embedding', options, {
    weightInitializer: or(uniform(), anInitializer),
    regularizer: optional(aRegularizer),
  })
  extent('embedding', 'vocabulary', vocabulary)
  extent('embedding', 'dim', dim)
  return layer({
    name: 'embedding',
    config: configFrom('embedding', { vocabulary, dim, ...options }),
    regularizer: read.regularizer,
    indices: vocabulary,
    parameters: () => ({ weight: { shape: [vocabulary, dim], initializer: read.weightInitializer } }),
    outputShape: (inputShape) => [...inputShape, dim],
    apply: ({ weight }, x) => gather(weight, x),
  })
}
