import { disposeTree, tensor, type ArrayData, type Tensor } from '@neurite/core'
import { takeTurns } from '@neurite/nn'
import { Chunks } from '../fit/data/chunks.js'
import { firstRows } from '../fit/data/host.js'
import { placeRows, type Placement } from '../fit/data/place.js'
import type { Pull } from '../fit/data/pull.js'
import {
  checkTargets,
  joinRows,
  measureBatch,
  summary,
  type Evaluator,
  type Measures,
  type Parts,
} from './evaluator.js'
import { massOf } from './mass.js'

/**
 * Prepares to measure on a source: each measurement is one pass over it, which holds one batch and, if there are metrics,
 * every row's prediction and target.
 *
 * @param begin - begins a pass
 */
export function sourceEvaluatorOf(
  where: string,
  measures: Measures,
  begin: (epoch: number) => Pull,
  placement: Placement,
): Evaluator {
  const { dtype, backend } = placement
  const wanted = Object.keys(measures.metrics).length > 0
  return {
    async measure(params, state, epoch) {
      const pull = begin(epoch)
      const chunks = new Chunks(where, pull, measures.batchSize)
      const parts: Parts = { losses: [], masses: [], predictions: [] }
      const targets: ArrayData[] = []
      const weights: ArrayData[] = []
      const turn = takeTurns()
      try {
        for (let batch = await chunks.next(); batch !== undefined; batch = await chunks.next()) {
          const { where: named, rows: count, ...data } = batch
          const { x, y, sampleWeights, hostTargets, owned } = await placeRows(named, data, placement)
          const mine: Tensor[] = [...owned]
          try {
            const rows = firstRows(count)
            const given = sampleWeights === undefined ? undefined : tensor(sampleWeights, { dtype, backend })
            if (given !== undefined) mine.push(given)
            if (wanted) {
              const found = { shape: y.shape, data: hostTargets ?? (await y.data()) }
              if (targets.length === 0) checkTargets(measures, x.shape.slice(1), found)
              targets.push(found)
              if (sampleWeights !== undefined) weights.push({ shape: [count], data: sampleWeights })
            }
            const mass = massOf(rows, sampleWeights)
            const lent = { x, y, ...(given && { weights: given }) }
            await measureBatch(measures, params, state, { lent, given: {}, mass }, parts)
          } finally {
            disposeTree(mine)
          }
          await turn()
        }
        if (!chunks.ended) return undefined
      } finally {
        await pull.close()
      }
      const picked = weights.length === 0 ? undefined : Float64Array.from(joinRows(weights).data)
      return summary(where, measures, parts, () => joinRows(targets), picked)
    },
    dispose() {
      // Each measurement gives back what it places.
    },
  }
}
