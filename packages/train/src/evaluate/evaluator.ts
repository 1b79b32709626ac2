import {
  compile,
  gather,
  NeuriteError,
  sizeOf,
  tensor,
  type ArrayData,
  type Compiled,
  type Tensor,
  type TypedArray,
} from '@neurite/core'
import type { Loss } from '@neurite/losses'
import type { Layer, Tree } from '@neurite/nn'
import type { Loaded } from '../fit/data/place.js'
import type { Metric, MetricContext } from '../metrics/metric.js'
import { massOf } from './mass.js'

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
}

/** Measures params on one set of rows, as often as asked. */
export interface Evaluator {
  /**
   * Loss under `loss` and each metric under its name. Leaves params and state alone.
   *
   * @param epoch - told to a source, which is gone through once
   * @returns undefined if the signal came while a source was read
   */
  measure(params: Tree, state: Tree, epoch: number): Promise<Record<string, number> | undefined>
  dispose(): void
}

/** Some rows as the model takes them; `rows` picks them where x and y hold more. */
export interface EvaluationBatch {
  readonly x: Tensor
  readonly y: Tensor
  readonly weights: Tensor | null
  readonly rows: Tensor | null
}

type Forward = Compiled<
  [params: Tree, state: Tree, batch: EvaluationBatch],
  { readonly loss: Tensor | null; readonly prediction: Tensor | null }
>

/** What the batches of a set gave, to be put together at the end. */
export interface Parts {
  readonly losses: number[]
  readonly masses: number[]
  readonly predictions: ArrayData[]
}

/** The model's part of measuring, compiled: a batch's loss and predictions, as far as they are wanted. */
export function forwardOf({ model, loss, withLoss, metrics }: Measures): Forward {
  const wanted = Object.keys(metrics).length > 0
  return compile((params: Tree, state: Tree, { x, y, weights, rows }: EvaluationBatch) => {
    const taken = (all: Tensor): Tensor => (rows === null ? all : gather(all, rows))
    const [prediction] = model.forward(params, state, taken(x), { training: false })
    const weighted = weights === null ? {} : { weights: taken(weights) }
    return {
      loss: loss === undefined || !withLoss ? null : loss(prediction, taken(y), weighted),
      prediction: wanted ? prediction : null,
    }
  })
}

/** One batch, whose loss counts by `mass`. */
export async function measureBatch(
  forward: Forward,
  params: Tree,
  state: Tree,
  batch: EvaluationBatch,
  mass: number,
  parts: Parts,
): Promise<void> {
  const { loss, prediction } = forward(params, state, batch)
  parts.masses.push(mass)
  if (loss !== null) {
    parts.losses.push(await loss.item())
    loss.dispose()
  }
  if (prediction !== null) {
    parts.predictions.push({ shape: prediction.shape, data: await prediction.data() })
    prediction.dispose()
  }
}

/**
 * The loss of the whole set is put together from those of batches by their rows (or sums of weights); metrics see all
 * predictions at once.
 */
export function summary(
  where: string,
  { loss, withLoss, metrics }: Measures,
  { losses, masses, predictions }: Parts,
  targets: () => ArrayData,
  weights: Float64Array | undefined,
): Record<string, number> {
  const values: Record<string, number> = {}
  if (loss !== undefined && withLoss) values.loss = totalLoss(loss, losses, masses)
  const names = Object.keys(metrics)
  if (names.length === 0) return values
  const prediction = joinRows(predictions)
  const expected = targets()
  const context = {
    fromLogits: loss?.options?.fromLogits === true,
    ...(weights === undefined ? {} : { weights }),
  }
  for (const name of names) values[name] = measureOne(where, name, metrics[name]!, prediction, expected, context)
  return values
}

function totalLoss(loss: Loss, losses: readonly number[], masses: readonly number[]): number {
  if (loss.options?.reduction === 'sum') return losses.reduce((sum, value) => sum + value, 0)
  const mass = masses.reduce((sum, part) => sum + part, 0)
  return losses.reduce((sum, value, i) => sum + (mass === 0 ? 0 : masses[i]! / mass) * value, 0)
}

/** Refuses metrics that do not suit the targets, before anything is computed. */
export function checkTargets({ model, metrics }: Measures, features: readonly number[], targets: ArrayData): void {
  const names = Object.keys(metrics)
  if (names.length === 0) return
  const width = sizeOf(model.outputShape(features))
  for (const name of names) metrics[name]!.checkTarget?.(targets, width)
}

/** Prepares to measure on some rows of a dataset. */
export function evaluatorOf(where: string, measures: Measures, data: Loaded, rows: Int32Array): Evaluator {
  const { batchSize } = measures
  const { x, y, sampleWeights } = data
  const { backend } = x
  checkTargets(measures, x.shape.slice(1), data.targets)
  const floating = x.dtype === 'float64' ? 'float64' : 'float32'
  const weights = sampleWeights === undefined ? null : tensor(sampleWeights, { dtype: floating, backend })
  const batches: { readonly rows: Tensor; readonly mass: number }[] = []
  for (let start = 0; start < rows.length; start += batchSize) {
    const part = rows.slice(start, start + batchSize)
    batches.push({ rows: tensor(part, { backend }), mass: massOf(part, sampleWeights) })
  }
  const targets = Object.keys(measures.metrics).length === 0 ? undefined : takeRows(data.targets, rows)
  const picked = sampleWeights === undefined ? undefined : Float64Array.from(rows, (row) => sampleWeights[row]!)
  const forward = forwardOf(measures)
  return {
    async measure(params, state) {
      const parts: Parts = { losses: [], masses: [], predictions: [] }
      for (const { rows: part, mass } of batches)
        await measureBatch(forward, params, state, { x, y, weights, rows: part }, mass, parts)
      return summary(where, measures, parts, () => targets!, picked)
    },
    dispose() {
      forward.dispose()
      weights?.dispose()
      for (const batch of batches) batch.rows.dispose()
    },
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
    `${where}: the metric '${name}' must return a number, it returned ${value instanceof Promise ? 'a promise' : typeof value}.`,
    { name },
  )
}

function takeRows({ shape, data }: ArrayData, rows: Int32Array): ArrayData {
  const width = data.length / (shape[0] ?? 1)
  const picked = new Float64Array(rows.length * width)
  rows.forEach((row, i) => picked.set(data.subarray(row * width, (row + 1) * width), i * width))
  return { shape: [rows.length, ...shape.slice(1)], data: picked }
}

/** Parts of a set, one under the other. */
export function joinRows(parts: readonly ArrayData[]): ArrayData {
  if (parts.length === 1) return parts[0]!
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const data: TypedArray = new Float64Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { shape: [rows, ...parts[0]!.shape.slice(1)], data }
}
