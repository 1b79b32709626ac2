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
  /** A weight for each row from the class of its target. */
  readonly classWeights?: Tensor | undefined
}

/** Weighs, reduces. One sum over all and one product, where nothing asks for more: it is in every training step. */
export function reduce(
  kind: string,
  { values, classes, sign, classWeights }: Terms,
  reduction: Reduction,
  weights: Tensor | undefined,
): Tensor {
  const factor: number = sign ?? 1
  const shape = classes ? values.shape.slice(0, -1) : values.shape
  if (reduction !== 'none' && weights === undefined && classWeights === undefined) {
    return times(sum(values), reduction === 'mean' ? factor / sizeOf(shape) : factor)
  }
  const losses = classes ? sum(values, { axes: [-1] }) : values
  const factors = combine(kind, shape, weights, classWeights)
  const weighed = factors === undefined ? losses : mul(losses, factors)
  if (reduction === 'none') return times(weighed, factor)
  if (reduction === 'sum') return times(sum(weighed), factor)
  // The factors may be one for each of several terms.
  const repeats = losses.size / factors!.size
  const total = sum(factors!)
  return times(div(sum(weighed), where(equal(total, 0), 1, total)), factor / repeats)
}

/** Row weights stand along the first axis; class weights have the shape of the losses. */
function combine(
  kind: string,
  shape: readonly number[],
  weights: Tensor | undefined,
  classWeights: Tensor | undefined,
): Tensor | undefined {
  if (weights === undefined) return classWeights
  const rows = shape.slice(0, 1)
  if (!sameShape(weights.shape, rows)) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${kind}: weights must have one number a row, shape ${formatShape(rows)}, got ${formatShape(weights.shape)}.`,
      { expected: rows, got: weights.shape },
    )
  }
  const standing = reshape(weights, [...rows, ...shape.slice(1).map(() => 1)])
  return classWeights === undefined ? standing : mul(standing, classWeights)
}

function times(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : mul(x, factor)
}
