import type { ArrayData } from '@neurite/core'
import { takeTurns } from '@neurite/nn'
import { Chunks } from '../fit/data/chunks.js'
import { firstRows } from '../fit/data/host.js'
import { checkRows, targetsOf, type Placement } from '../fit/data/place.js'
import type { Pull } from '../fit/data/pull.js'
import { batchSupply } from '../fit/data/supply.js'
import {
  checkTargets,
  joinRows,
  measureBatch,
  summary,
  type Evaluator,
  type Measures,
  type Parts,
} from './evaluator.js'
import { classWeightsOf, countsOf, massOf } from './mass.js'

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
          const { where: named, rows: size, ...data } = batch
          const checked = await checkRows(named, data, placement)
          const { x, sampleWeights } = checked
          if (wanted) {
            const found = await targetsOf(checked)
            if (targets.length === 0) checkTargets(measures, x.shape.slice(1), found)
            targets.push(found)
            if (sampleWeights !== undefined) weights.push({ shape: [size], data: sampleWeights })
          }
          const supply = batchSupply(checked, sampleWeights, placement)
          try {
            const counts =
              classWeightsOf(measures.loss) === undefined
                ? sampleWeights
                : countsOf(measures.loss, await targetsOf(checked), sampleWeights)
            const mass = massOf(firstRows(size), counts)
            await measureBatch(measures, params, state, { supply, rows: undefined, size, mass }, parts)
          } finally {
            supply.dispose()
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
