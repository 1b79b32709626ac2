import { add, matmul, reshape, type Tensor } from '@neurite/core'
import { aBoolean, optional, or, readOptions, type ReadBy } from '@neurite/core/arguments'
import type { Activation } from '../activations.js'
import { configFrom } from '../config.js'
import { layer, shapeError, type ParameterSpec } from '../define-layer.js'
import { defaultInitializer } from '../initializers/default.js'
import type { Initializer } from '../initializers/initializer.js'
import { zeros } from '../initializers/simple.js'
import type { Layer, Nothing } from '../layer.js'
import { anActivation, anInitializer, aRegularizer, extent } from '../readers.js'
import type { Regularizer } from '../regularizer.js'

/** What a layer with weights can be told. */
export interface WeightOptions {
  /** Applied to the output. Default 'identity'. */
  readonly activation?: Activation
  /** Add a bias. Default true. */
  readonly useBias?: boolean
  /** Default: by the activation's name. He for relu and its kin, LeCun for selu, else Glorot; see `defaultInitializer`. */
  readonly weightInitializer?: Initializer
  /** Default zeros. */
  readonly biasInitializer?: Initializer
  /** What `penalty` adds to the loss for the weight. Default nothing. */
  readonly regularizer?: Regularizer
}

/** The options of {@link dense}. */
export type DenseOptions = WeightOptions

/** The params of a layer with weights: `weight` [in, out], or [height, width, in, out]; `bias` [out] unless `useBias` is false. */
export type WeightParams = { readonly weight: Tensor; readonly bias?: Tensor }

/** The params of {@link dense}. */
export type DenseParams = WeightParams

/** A reader for each option of a layer with weights. */
export const weightReaders = () => ({
  activation: or('identity', anActivation),
  useBias: or(true, aBoolean),
  weightInitializer: optional(anInitializer),
  biasInitializer: optional(anInitializer),
  regularizer: optional(aRegularizer),
})

/** The specs of a weight and its bias. */
export function weightSpecs(
  shape: readonly number[],
  { activation, useBias, weightInitializer, biasInitializer }: ReadBy<ReturnType<typeof weightReaders>>,
): { weight: ParameterSpec; bias?: ParameterSpec } {
  const weight = { shape, initializer: weightInitializer ?? defaultInitializer(activation) }
  return useBias ? { weight, bias: { shape: shape.slice(-1), initializer: biasInitializer ?? zeros } } : { weight }
}

/**
 * A fully connected layer: activation(x W + b) (chapter 4.2.1). It acts on the last axis; axes between the batch and
 * the last one stay as they are.
 *
 * @param units - how many neurons: the extent of the output's last axis
 * @param options - see {@link DenseOptions}
 * @throws NeuriteError `INVALID_ARGUMENT` for units that are no whole number >= 1 or an unknown activation, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { dense } from '@neurite/nn'
 * const layer = dense(2, { activation: 'relu' })
 * const { params } = layer.init({ inputShape: [3], seed: 1 })
 * params.weight.shape // => [3, 2]
 * const known = { weight: tensor([[1, 0], [0, 1], [1, 1]]), bias: tensor([0, -9]) }
 * await layer.apply(known, tensor([[1, 2, 3]])).toArray() // => [[4, 0]]
 * ```
 */
export function dense(units: number, options: DenseOptions = {}): Layer<DenseParams, Nothing> {
  const read = readOptions<DenseOptions, ReturnType<typeof weightReaders>>('dense', options, weightReaders())
  const { activation, regularizer } = read
  extent('dense', 'units', units)
  return layer({
    name: 'dense',
    config: configFrom('dense', { units, ...options }),
    map: 'matrix',
    activation,
    regularizer,
    parameters: (inputShape) => weightSpecs([inputShape.at(-1)!, units], read),
    features: ({ weight }) => weight.shape[0]!,
    outputShape(inputShape) {
      if (inputShape.length === 0) throw shapeError('dense', 'features', inputShape)
      return [...inputShape.slice(0, -1), units]
    },
    apply({ weight, bias }, x, { activate }) {
      // One product of two matrices, however many axes lie between.
      const product = matmul(x.rank === 2 ? x : reshape(x, [-1, weight.shape[0]!]), weight)
      const y = activate(bias === undefined ? product : add(product, bias))
      return x.rank === 2 ? y : reshape(y, [...x.shape.slice(0, -1), units])
    },
  })
}
