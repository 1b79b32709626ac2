import { isTensor, NeuriteError, sizeOf, slice, tensor, type ArraySource, type Tensor, type Tree } from '@neurite/core'
import { optional, readOptions } from '@neurite/core/arguments'
import { forwardOf, inBatches, inputIndices, interruptible, type Layer } from '@neurite/nn'
import { placeOf, readFeatures } from '../fit/data/place.js'
import { aSignal, aState, checkTrained, someRows } from './arguments.js'
import { checkFiniteParams } from './finite-params.js'

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Running statistics, as `fit` returned them. Needed only by models that have some (batchNorm). */
  readonly state?: Tree
  /** Rows that go through the model at once. Default 256. */
  readonly batchSize?: number
  /** Ends the work with `ABORTED`. The event loop gets a turn between batches, so that an abort can arrive. */
  readonly signal?: AbortSignal
}

/**
 * The model's output for each row of x, with dropout off: one tensor on the params' backend, the caller's to dispose.
 * Rows go through in batches, compiled once a model. A server that answers row by row is faster with a {@link predictor}.
 *
 * @param x - [rows, ...]; the features that `fit` was given, prepared in the same way
 * @throws NeuriteError `SHAPE_MISMATCH` for rows of another shape, `NON_FINITE` for NaN in x or in params, or numbers in x that
 * the params' dtype cannot hold, `NOT_INITIALIZED` for params of another model or a state that is missing, `ABORTED`,
 * `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { dense, sequential } from '@neurite/nn'
 * import { predict } from '@neurite/train'
 * const model = sequential([dense(1)])
 * const params = [{ weight: tensor([[2], [1]]), bias: tensor([0.5]) }] as const
 * const y = await predict(model, params, [[1, 2], [3, 4]])
 * await y.toArray() // => [[4.5], [10.5]]
 * ```
 */
export async function predict(
  model: Layer,
  params: Tree,
  x: ArraySource,
  options: PredictOptions = {},
): Promise<Tensor> {
  checkTrained('predict', model, params)
  const { state, batchSize, signal } = readOptions('predict', options, {
    state: aState,
    batchSize: someRows,
    signal: optional(aSignal),
  })
  const pause = interruptible('predict', signal)
  await checkFiniteParams('predict', { params, state })
  const place = placeOf('predict', { params }, { x, y: [] })
  const features = await readFeatures('predict: x', x, { ...place, indices: inputIndices(model) })
  const [rows, ...shape] = features.shape
  if (rows === undefined)
    throw new NeuriteError('SHAPE_MISMATCH', 'predict: x is a single number; expected shape [rows, ...].')
  const forward = forwardOf(model)
  // Of what is on the host a batch at a time goes to the device, so that x may be larger than its memory.
  const taken = (from: number, to: number): Tensor => {
    const size = [to - from, ...shape]
    if (!isTensor(features)) {
      const width = sizeOf(shape)
      const data = features.data.subarray(from * width, to * width)
      return tensor({ shape: size, data }, { backend: place.backend })
    }
    return rows <= batchSize ? features : slice(features, { begin: [from, ...shape.map(() => 0)], size })
  }
  return inBatches(rows, batchSize, (from, to) => forward(params, state, taken(from, to)), pause)
}
