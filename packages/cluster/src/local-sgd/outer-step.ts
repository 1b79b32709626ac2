import { allocate, isFloating } from '@neurite/core'
import type { HostTensor } from '@neurite/files'
import type { Tensors } from './mean.js'
import type { OuterOptions } from './spec.js'

/** What a round ends with. */
export interface Outer {
  readonly params: Tensors
  /** In float64; empty without momentum. */
  readonly momentum: Tensors
}

/**
 * One step of the outer optimizer (Reddi et al. 2021, "Adaptive federated optimization", algorithm 1, with SGD as the server's optimizer), in float64
 * until the params take their own dtype again.
 *
 * The new params, before - learningRate * step, are written as mean + ((before - mean) - learningRate * step): the same number, and exactly the mean
 * where the learning rate is 1 and there is no momentum.
 *
 * @param before - params that the round began with
 * @param mean - as {@link Mean.take} gives it, of the same names and shapes
 * @param momentum - of the round before; empty at first
 */
export function outerStep(
  before: Tensors,
  mean: Tensors,
  momentum: Tensors,
  { learningRate, momentum: share, nesterov }: Required<OuterOptions>,
): Outer {
  const params = new Map<string, HostTensor>()
  const kept = new Map<string, HostTensor>()
  for (const [name, { dtype, shape, data: old }] of before) {
    const target = mean.get(name)!
    if (!isFloating(dtype)) {
      params.set(name, target)
      continue
    }
    const data = allocate(dtype, old.length)
    const last = momentum.get(name)?.data
    const next = share > 0 ? new Float64Array(old.length) : undefined
    for (let i = 0; i < old.length; i++) {
      const gradient = old[i]! - target.data[i]!
      const velocity = last === undefined ? gradient : share * last[i]! + gradient
      if (next !== undefined) next[i] = velocity
      const step = nesterov ? gradient + share * velocity : velocity
      data[i] = target.data[i]! + (gradient - learningRate * step)
    }
    params.set(name, { dtype, shape, data })
    if (next !== undefined) kept.set(name, { dtype: 'float64', shape, data: next })
  }
  return { params, momentum: kept }
}

/** Values of a mean in the dtypes that they came from. */
export function inDTypesOf(like: Tensors, mean: Tensors): Map<string, HostTensor> {
  return new Map(
    [...like].map(([name, { dtype, shape }]): [string, HostTensor] => {
      const { data, dtype: now } = mean.get(name)!
      if (now === dtype) return [name, { dtype, shape, data }]
      const own = allocate(dtype, data.length)
      own.set(data)
      return [name, { dtype, shape, data: own }]
    }),
  )
}
