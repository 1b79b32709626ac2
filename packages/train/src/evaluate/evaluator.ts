import {
  compile,
  gather,
  NeuriteError,
  sizeOf,
  tensor,
  type ArrayData,
  type Tensor,
  type TypedArray,
} from '@neurite/core'
import type { Loss } from '@neurite/losses'
import type { Layer, Tree } from '@neurite/nn'
import type { Loaded } from '../fit/data.js'
import type { Metric } from '../metrics/metric.js'

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
  /** Loss under `loss` and each metric under its name. Leaves params and state alone. */
  measure(params: Tree, state: Tree): Promise<Record<string, number>>
  dispose(): void
}

interface Batch {
  readonly rows: Tensor
  /** What its loss counts in that of the whole set. */
  readonly share: number
}

/**
 * Prepares to measure on some rows of a dataset. The loss of the whole set is put together from those of batches by their
 * rows (or sums of weights); metrics see all predictions at once.
 */
export function evaluatorOf(
  where: string,
  { model, loss, withLoss, metrics, batchSize }: Measures,
  data: Loaded,
  rows: Int32Array,
): Evaluator {
  const names = Object.keys(metrics)
  const { x, y, sampleWeights } = data
  const { backend } = x
  const width = names.length === 0 ? 0 : sizeOf(model.outputShape(x.shape.slice(1)))
  for (const name of names) metrics[name]!.checkTarget?.(data.targets, width)
  const floating = x.dtype === 'float64' ? 'float64' : 'float32'
  const weights = sampleWeights === undefined ? undefined : tensor(sampleWeights, { dtype: floating, backend })
  const batches = batchesOf(rows, batchSize, sampleWeights, loss).map(({ rows: part, share }): Batch => ({
    rows: tensor(part, { backend }),
    share,
  }))
  const targets = names.length === 0 ? undefined : takeRows(data.targets, rows)
  const pickedWeights =
    sampleWeights === undefined ? undefined : { weights: Float64Array.from(rows, (row) => sampleWeights[row]!) }
  const context = { fromLogits: loss?.options?.fromLogits === true, ...pickedWeights }

  const forward = compile(
    (params: Tree, state: Tree, part: { x: Tensor; y: Tensor; weights: Tensor | null; rows: Tensor }) => {
      const [prediction] = model.forward(params, state, gather(part.x, part.rows), { training: false })
      const weighted = part.weights === null ? {} : { weights: gather(part.weights, part.rows) }
      return {
        loss: loss === undefined || !withLoss ? null : loss(prediction, gather(part.y, part.rows), weighted),
        prediction: names.length === 0 ? null : prediction,
      }
    },
  )

  return {
    async measure(params, state) {
      const predictions: { shape: readonly number[]; data: TypedArray }[] = []
      let total = 0
      for (const batch of batches) {
        const made = forward(params, state, { x, y, weights: weights ?? null, rows: batch.rows })
        if (made.loss !== null) {
          total += batch.share * (await made.loss.item())
          made.loss.dispose()
        }
        if (made.prediction !== null) {
          predictions.push({ shape: made.prediction.shape, data: await made.prediction.data() })
          made.prediction.dispose()
        }
      }
      const values: Record<string, number> = loss === undefined || !withLoss ? {} : { loss: total }
      if (targets === undefined) return values
      const prediction = joinRows(predictions)
      for (const name of names) values[name] = measureOne(where, name, metrics[name]!, prediction, targets, context)
      return values
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
  context: Parameters<Metric>[2],
): number {
  const value: unknown = metric(prediction, targets, context)
  if (typeof value === 'number') return value
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: the metric '${name}' must return a number, it returned ${value instanceof Promise ? 'a promise' : typeof value}.`,
    { name },
  )
}

/** Rows in batches, and the share that each has in the mean over all of them (1 for a loss that is a sum). */
function batchesOf(
  rows: Int32Array,
  batchSize: number,
  weights: TypedArray | undefined,
  loss: Loss | undefined,
): { rows: Int32Array; share: number }[] {
  const parts: Int32Array[] = []
  for (let start = 0; start < rows.length; start += batchSize) parts.push(rows.slice(start, start + batchSize))
  if (loss?.options?.reduction === 'sum') return parts.map((part) => ({ rows: part, share: 1 }))
  const masses = parts.map((part) => massOf(part, weights))
  const mass = masses.reduce((sum, part) => sum + part, 0)
  return parts.map((part, i) => ({ rows: part, share: mass === 0 ? 0 : masses[i]! / mass }))
}

/** How much rows count together. */
export function massOf(rows: Int32Array, weights: ArrayLike<number> | undefined): number {
  return weights === undefined ? rows.length : rows.reduce((sum, row) => sum + weights[row]!, 0)
}

function takeRows({ shape, data }: ArrayData, rows: Int32Array): ArrayData {
  const width = data.length / (shape[0] ?? 1)
  const picked = new Float64Array(rows.length * width)
  rows.forEach((row, i) => picked.set(data.subarray(row * width, (row + 1) * width), i * width))
  return { shape: [rows.length, ...shape.slice(1)], data: picked }
}

function joinRows(parts: readonly ArrayData[]): ArrayData {
  if (parts.length === 1) return parts[0]!
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const data = new Float64Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { shape: [rows, ...parts[0]!.shape.slice(1)], data }
}
