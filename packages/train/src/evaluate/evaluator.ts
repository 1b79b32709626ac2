import { NeuriteError, sizeOf, tidy, type ArrayData, type Tree } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import { compileOnce, forwardOf, takeTurns, type Layer } from '@neurite/nn'
import { joined, takeRows } from '../fit/data/host.js'
import { lossOfBatch } from '../fit/data/loss.js'
import type { Loaded } from '../fit/data/place.js'
import { supplyOf, type Supply } from '../fit/data/supply.js'
import { batchOf } from '../fit/step/step.js'
import type { Metric, MetricContext } from '../metrics/metric.js'
import { checkCount, countsOf, massOf, noneCounts } from './mass.js'

/** Metrics by the name under which their values are reported. */
export type Metrics = Readonly<Record<string, Metric>>

/** What is measured, and how many rows go through the model at once. */
export interface Measures {
  readonly model: Layer
  /** Also tells metrics whether predictions are logits. */
  readonly loss: Loss | undefined
  /** Whether the loss is measured too. */
  readonly withLoss: boolean
  readonly metrics: Metrics
  readonly batchSize: number
  readonly signal: AbortSignal | undefined
}

/** Measures params on one set of rows, as often as asked. */
export interface Evaluator {
  /**
   * Loss under `loss` and each metric under its name. Leaves params and state alone.
   *
   * @param epoch - told to a source, which is gone through once
   * @returns undefined if the signal came
   */
  measure(params: Tree, state: Tree | undefined, epoch: number): Promise<Record<string, number> | undefined>
  dispose(): void
}

/** Some rows that go through the model together. */
export interface EvaluationBatch {
  readonly supply: Supply
  /** Which of the supply's; undefined for all. */
  readonly rows: Int32Array | undefined
  readonly size: number
  /** How much the batch's loss counts. */
  readonly mass: number
}

/** What the batches of a set gave, to be put together at the end. */
export interface Parts {
  readonly losses: number[]
  readonly masses: number[]
  readonly predictions: ArrayData[]
}

const lossOf = /* @__PURE__ */ compileOnce(lossOfBatch)

/** Adds what one batch gives, as far as it is wanted. */
export async function measureBatch(
  { model, loss, withLoss, metrics }: Measures,
  params: Tree,
  state: Tree | undefined,
  { supply, rows, size, mass }: EvaluationBatch,
  parts: Parts,
): Promise<void> {
  const [prediction, value] = tidy(() => {
    const { x, y, weights } = batchOf(supply.lent, supply.give(rows, [size]))
    const outputs = forwardOf(model)(params, state, x)
    return [
      Object.keys(metrics).length > 0 ? outputs : undefined,
      loss !== undefined && withLoss ? lossOf(loss)(outputs, y, weights) : undefined,
    ]
  })
  try {
    parts.masses.push(mass)
    if (value !== undefined) parts.losses.push(await value.item())
    if (prediction !== undefined) parts.predictions.push(await prediction.toHost())
  } finally {
    prediction?.dispose()
    value?.dispose()
  }
}

/**
 * The loss of the whole set is put together from those of batches by their rows (or sums of weights); metrics see all
 * predictions at once.
 *
 * @returns undefined if the signal came
 */
export async function summary(
  where: string,
  { loss, withLoss, metrics, signal }: Measures,
  { losses, masses, predictions }: Parts,
  targets: () => ArrayData,
  weights: Float64Array | undefined,
): Promise<Record<string, number> | undefined> {
  const values: Record<string, number> = {}
  if (loss !== undefined && withLoss) values.loss = totalLoss(where, loss, losses, masses)
  const names = Object.keys(metrics)
  if (names.length === 0) return values
  const prediction = joinRows(predictions)
  const expected = targets()
  const context = { ...contextOf(loss), ...(weights === undefined ? {} : { weights }) }
  const turn = takeTurns()
  for (const name of names) {
    if (signal?.aborted === true) return undefined
    values[name] = measureOne(where, name, metrics[name]!, prediction, expected, context)
    await turn()
  }
  return values
}

/** What a loss tells metrics: a probability or logit of its own for each number of the target means several labels a row. */
function contextOf(loss: Loss | undefined): MetricContext {
  const decides = loss?.expects === 'logits' || loss?.expects === 'probabilities'
  return {
    // What is compared with -1 and 1 is decided at 0, too.
    fromLogits: loss?.expects === 'logits' || loss?.targets === 'signs',
    ...(decides && loss?.targets !== undefined ? { multiLabel: loss.targets === 'values' } : {}),
  }
}

function totalLoss(where: string, loss: Loss, losses: readonly number[], masses: readonly number[]): number {
  if (loss.options?.reduction === 'sum') return losses.reduce((sum, value) => sum + value, 0)
  const mass = masses.reduce((sum, part) => sum + part, 0)
  if (mass === 0) throw noneCounts(where, 'to measure')
  return losses.reduce((sum, value, i) => sum + (masses[i]! / mass) * value, 0)
}

/** Refuses metrics that do not suit the targets, before anything is computed. */
export function checkTargets(
  { model, loss, metrics }: Measures,
  features: readonly number[],
  targets: ArrayData,
): void {
  const names = Object.keys(metrics)
  if (names.length === 0) return
  const width = sizeOf(model.outputShape(features))
  for (const name of names) metrics[name]!.checkTarget?.(targets, width, contextOf(loss))
}

/** Prepares to measure on some rows of a dataset. */
export function evaluatorOf(where: string, measures: Measures, data: Loaded, rows: Int32Array): Evaluator {
  const { batchSize, signal } = measures
  const { x, sampleWeights } = data
  checkTargets(measures, x.shape.slice(1), data.targets)
  const supply = supplyOf(data, sampleWeights)
  const whole = rows.length === data.rows && rows.length <= batchSize && rows.every((row, i) => row === i)
  const targets = Object.keys(measures.metrics).length === 0 ? undefined : takeRows(data.targets, rows)
  const counts = countsOf(measures.loss, data.targets, sampleWeights)
  checkCount(where, 'to measure', counts, rows, data.place.dtype)
  const picked = sampleWeights === undefined ? undefined : Float64Array.from(rows, (row) => sampleWeights[row]!)
  return {
    async measure(params, state) {
      const parts: Parts = { losses: [], masses: [], predictions: [] }
      const turn = takeTurns()
      for (let start = 0; start < rows.length; start += batchSize) {
        if (signal?.aborted === true) return undefined
        const part = rows.subarray(start, start + batchSize)
        const { length: size } = part
        const batch = { supply, rows: whole ? undefined : part, size, mass: massOf(part, counts) }
        await measureBatch(measures, params, state, batch, parts)
        await turn()
      }
      return summary(where, measures, parts, () => targets!, picked)
    },
    dispose: supply.dispose,
  }
}

function measureOne(
  where: string,
  name: string,
  metric: Metric,
  prediction: ArrayData,
  targets: ArrayData,
  context: MetricContext,
): number {
  const value: unknown = metric(prediction, targets, context)
  if (typeof value === 'number') return value
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: the metric '${name}' must return a number, it returned ${show(value)}.`,
    { name },
  )
}

/** Parts of a set, one under the other. */
export function joinRows(parts: readonly ArrayData[]): ArrayData {
  return joined(parts.map((part) => ({ part, from: 0, to: part.shape[0]! })))
}
