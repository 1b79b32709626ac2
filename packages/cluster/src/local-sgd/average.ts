import type { Model } from './model-file.js'
import { isParam } from './model-file.js'
import { Mean, type Tensors } from './mean.js'
import { inDTypesOf, outerStep } from './outer-step.js'
import type { OuterOptions } from './spec.js'

/** What a shard adds to the average of a round. */
export interface Contribution {
  readonly model: Model
  readonly loss: number | null
  readonly weight: number
}

/** What a round ends with. */
export interface Ended {
  readonly model: Model
  /** Of the outer optimizer. */
  readonly momentum: Tensors
  /** The weighted mean of the shards'. */
  readonly loss: number | null
}

/**
 * Ends a round: the mean of what came, in the order in which it comes, and the outer optimizer's step from where the round began. Running
 * statistics become their mean.
 *
 * @param before - what the round began with; undefined in the first, which makes the params
 * @returns undefined if nothing came
 */
export async function average(
  contributions: AsyncIterable<Contribution>,
  before: Model | undefined,
  momentum: Tensors,
  outer: Required<OuterOptions>,
): Promise<Ended | undefined> {
  const mean = new Mean()
  let first: Model | undefined
  let [lossSum, weightSum] = [0, 0]
  for await (const { model, loss, weight } of contributions) {
    mean.add(model.tensors, weight)
    first ??= model
    lossSum += weight * (loss ?? NaN)
    weightSum += weight
  }
  if (first === undefined) return undefined
  const taken = mean.take()
  const tensors = inDTypesOf(first.tensors, taken)
  if (before === undefined) return { model: { template: first.template, tensors }, momentum, loss: null }
  const params = new Map([...before.tensors].filter(([name]) => isParam(name)))
  const next = outerStep(params, taken, momentum, outer)
  for (const [name, tensor] of next.params) tensors.set(name, tensor)
  return { model: { template: first.template, tensors }, momentum: next.momentum, loss: lossSum / weightSum }
}
