import {
  div,
  equal,
  formatShape,
  mul,
  NeuriteError,
  reshape,
  sameShape,
  sizeOf,
  sum,
  where,
  type Tensor,
} from '@neurite/core'

export type Reduction = 'mean' | 'sum' | 'none'

/** A loss before weights and reduction. */
export interface Terms {
  /** Of the prediction's shape. */
  readonly values: Tensor
  /** The terms are those of classes: a row's loss is their sum over the last axis. */
  readonly classes?: true
  /** Applied once, after the sum, instead of to every term. */
  readonly sign?: -1
  /** How much each row weighs already in its values: what 'mean' divides by. */
  readonly rowWeights?: Tensor
}

/** Weighs, reduces. One sum over all and one product, where nothing asks for more: it is in every training step. */
export function reduce(
  kind: string,
  { values, classes, sign, rowWeights }: Terms,
  reduction: Reduction,
  weights: Tensor | undefined,
): Tensor {
  const factor: number = sign ?? 1
  const shape = classes ? values.shape.slice(0, -1) : values.shape
  if (reduction !== 'none' && weights === undefined && rowWeights === undefined) {
    return times(sum(values), reduction === 'mean' ? factor / sizeOf(shape) : factor)
  }
  const losses = classes ? sum(values, { axes: [-1] }) : values
  const standing = weights && alongRows(kind, shape, weights)
  const weighed = standing === undefined ? losses : mul(losses, standing)
  if (reduction === 'none') return times(weighed, factor)
  if (reduction === 'sum') return times(sum(weighed), factor)
  const counts = standing === undefined ? rowWeights! : rowWeights === undefined ? standing : mul(standing, rowWeights)
  // There may be one for each of several terms.
  const repeats = losses.size / counts.size
  const total = sum(counts)
  return times(div(sum(weighed), where(equal(total, 0), 1, total)), factor / repeats)
}

/** Weights of rows, standing along the first axis. */
function alongRows(kind: string, shape: readonly number[], weights: Tensor): Tensor {
  const rows = shape.slice(0, 1)
  if (!sameShape(weights.shape, rows)) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${kind}: weights must have one number a row, shape ${formatShape(rows)}, got ${formatShape(weights.shape)}.`,
      { expected: rows, got: weights.shape },
    )
  }
  return reshape(weights, [...rows, ...shape.slice(1).map(() => 1)])
}

function times(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : mul(x, factor)
}
