import {
  checkArgument,
  checkOptions,
  compile,
  concat,
  disposeTree,
  NeuriteError,
  slice,
  tensorsIn,
  tidy,
  type ArraySource,
  type Compiled,
  type Tensor,
} from '@neurite/core'
import type { Layer, Tree } from '@neurite/nn'
import { placeFeatures, placeOf } from '../fit/data/place.js'
import { checkModel } from '../fit/run/options.js'

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Running statistics, as `fit` returned them. Needed only by models that have some (batchNorm). */
  readonly state?: Tree
  /** Rows that go through the model at once. Default 256. */
  readonly batchSize?: number
}

type Forward = Compiled<[params: Tree, state: Tree, x: Tensor], Tensor>

// One program cache a model, for as long as the model lives: a server that predicts row by row compiles once.
const compiled = new WeakMap<Layer, Forward>()

// What init says of models without state; it holds no tensors.
const empty = new WeakMap<Layer, Tree>()

/**
 * The model's output for each row of x, with dropout off: one tensor on the params' backend, the caller's to dispose.
 * Rows go through in batches, compiled once a model.
 *
 * @param x - [rows, ...]; the features that `fit` was given, prepared in the same way
 * @throws NeuriteError `SHAPE_MISMATCH` for rows of another shape, `NON_FINITE` for NaN in x, `UNKNOWN_OPTION`
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
  checkModel('predict', model)
  checkOptions('predict', options, ['state', 'batchSize'])
  const { state, batchSize = 256 } = options
  checkArgument(
    Number.isInteger(batchSize) && batchSize >= 1,
    () => `predict: batchSize must be a whole number >= 1, got ${String(batchSize)}.`,
    { batchSize },
  )
  const place = placeOf('predict', { params }, { x, y: [] })
  const features = await placeFeatures('predict: x', x, place)
  try {
    return tidy(() =>
      forwardInBatches(
        forwardOf(model),
        params,
        stateFor('predict', model, state, features.tensor),
        features.tensor,
        batchSize,
      ),
    )
  } finally {
    if (features.owned) features.tensor.dispose()
  }
}

function forwardOf(model: Layer): Forward {
  let forward = compiled.get(model)
  if (forward === undefined) {
    forward = compile((params: Tree, state: Tree, x: Tensor) => model.forward(params, state, x, { training: false })[0])
    compiled.set(model, forward)
  }
  return forward
}

function forwardInBatches(forward: Forward, params: Tree, state: Tree, x: Tensor, batchSize: number): Tensor {
  const [rows] = x.shape
  if (rows === undefined)
    throw new NeuriteError('SHAPE_MISMATCH', 'predict: x is a single number; expected shape [rows, ...].')
  if (rows <= batchSize) return forward(params, state, x)
  const parts: Tensor[] = []
  for (let start = 0; start < rows; start += batchSize) {
    const size = Math.min(batchSize, rows - start)
    parts.push(
      forward(
        params,
        state,
        slice(x, { begin: [start, ...x.shape.slice(1).fill(0)], size: [size, ...x.shape.slice(1)] }),
      ),
    )
  }
  return concat(parts, { axis: 0 })
}

/**
 * The state that was given, or the empty one of a model without running statistics.
 *
 * @throws NeuriteError `NOT_INITIALIZED` if the model needs one
 */
export function stateFor(
  where: string,
  model: Layer,
  state: Tree | undefined,
  x: Pick<Tensor, 'shape' | 'backend'>,
): Tree {
  const known = state ?? empty.get(model)
  if (known !== undefined) return known
  const { params, state: fresh } = model.init({ inputShape: x.shape.slice(1), backend: x.backend })
  const needed = tensorsIn(fresh).length > 0
  disposeTree([params, fresh])
  if (needed)
    throw new NeuriteError(
      'NOT_INITIALIZED',
      `${where}: this model has running statistics (batchNorm, say); pass the state that fit returned: { state }.`,
    )
  empty.set(model, fresh)
  return fresh
}
