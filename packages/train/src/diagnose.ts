import { tensor, tidy, type ArrayData } from '@neurite/core'
import { either, oneOf, optional, readArray, readOptions, whole } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import { checkIndices, forwardOf, inputIndices, interruptible, type Layer } from '@neurite/nn'
import { aLoss, aSignal } from './evaluate/arguments.js'
import { classesOf } from './fit/data/class-weights.js'
import { readRows, type Dataset } from './fit/data/dataset.js'
import { findNonFinite } from './fit/data/finite.js'
import { labelCheck } from './fit/data/labels.js'
import { checkOutputs, looksOf, mismatch } from './fit/data/outputs.js'
import { placeOf } from './fit/data/place.js'
import { checkModel } from './fit/run/options.js'

/** Something that usually spoils training. */
export interface Finding {
  readonly kind:
    | 'non-finite'
    | 'constant-feature'
    | 'feature-scales'
    | 'unscaled-features'
    | 'unscaled-targets'
    | 'softmax-mse'
    | 'logits-as-probabilities'
    | 'probabilities-as-logits'
    | 'class-imbalance'
    | 'batch-too-large'
  /** What was found and what helps. */
  readonly message: string
  /** The columns of x it is about. */
  readonly columns?: readonly number[]
}

/** Options of {@link diagnose}: what will be given to `fit`. */
export interface DiagnoseOptions {
  readonly loss: Loss
  readonly batchSize?: number | 'full'
  /** Ends the work with `ABORTED`. The event loop gets its turn between columns. */
  readonly signal?: AbortSignal
}

/** Standard deviations this many times apart are different scales. */
const SCALES_APART = 100

/** Numbers beyond this are unscaled: sums over a layer's inputs leave the range where activations differ. */
const UNSCALED = 100

/** Targets beyond this take many steps to reach from initial outputs near 0. */
const FAR_TARGET = 10

/** The commonest class has this many times the rows of the rarest. */
const IMBALANCE = 5

/** So many rows show what a model's outputs are. */
const TRIED = 8

/**
 * Looks at data, model and loss before training, for what usually goes wrong: features on scales 100 times apart or beyond
 * 100, constant features, NaN, targets of a regression beyond 10, one class 5 times as frequent as another, softmax with a
 * loss of differences, logits given to a loss that expects probabilities or the reverse, a batch larger than the data. The
 * model is tried on a few rows with fresh params; nothing is trained.
 *
 * @returns findings, none if all looks well
 * @throws NeuriteError `UNKNOWN_OPTION`, `SHAPE_MISMATCH`, `INVALID_ARGUMENT`, `ABORTED`
 * @example
 * ```ts
 * import { crossEntropy } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { diagnose } from '@neurite/train'
 * const model = sequential([dense(2, { activation: 'softmax' })])
 * const data = { x: [[0.1, 5000], [0.2, -3000], [0.3, 8000]], y: [[1, 0], [0, 1], [1, 0]] }
 * const findings = await diagnose(model, data, { loss: crossEntropy({ fromLogits: true }) })
 * findings.map(({ kind }) => kind) // => ['feature-scales', 'unscaled-features', 'probabilities-as-logits']
 * ```
 */
export async function diagnose(model: Layer, data: Dataset, options: DiagnoseOptions): Promise<Finding[]> {
  checkModel('diagnose', model)
  const { loss, batchSize, signal } = readOptions('diagnose', options, {
    loss: aLoss,
    batchSize: optional(either("a whole number >= 1 or 'full'", whole(1), oneOf('full'))),
    signal: optional(aSignal),
  })
  const pause = interruptible('diagnose', signal)
  const { rows, ...read } = await readRows('diagnose', data)
  const x = await readArray('diagnose: x', read.x)
  const y = await readArray('diagnose: y', read.y)
  checkOutputs('diagnose', model, x.shape.slice(1))
  const indices = inputIndices(model)
  if (indices !== undefined) checkIndices('diagnose: x', x, indices)
  const findings = [...nonFinite(x, y)]
  await pause()
  if (findings.length === 0 && rows > 0) {
    labelCheck(loss, model.outputShape(x.shape.slice(1)).at(-1))?.('diagnose: y', y)
    findings.push(...features(x, await columnsOf(x, pause)), ...targets(y, loss))
    findings.push(...(await outputs(model, x, data, loss)))
  }
  if (typeof batchSize === 'number' && batchSize > rows)
    findings.push({
      kind: 'batch-too-large',
      message: `batchSize is ${batchSize}, there are ${rows} rows, so that an epoch is a single step; smaller batches learn more in an epoch.`,
    })
  return findings
}

function nonFinite(x: ArrayData, y: ArrayData): Finding[] {
  return [['x', x] as const, ['y', y] as const].flatMap(([name, { data }]) => {
    // As fit will compute: in float32.
    const first = findNonFinite(data, 'float32')
    if (first < 0) return []
    let count = 0
    for (const value of data) if (!Number.isFinite(Math.fround(value))) count++
    return [
      {
        kind: 'non-finite' as const,
        message: `${name} holds ${count} numbers that are NaN, infinite or beyond float32, such as ${data[first]}; fit will refuse it: fill them in (imputer), scale them, or drop the rows.`,
      },
    ]
  })
}

interface Column {
  readonly deviation: number
  readonly largest: number
}

function features(x: ArrayData, columns: readonly Column[]): Finding[] {
  const constant = [...columns.keys()].filter((i) => columns[i]!.deviation === 0)
  const deviations = columns.map(({ deviation }) => deviation).filter((deviation) => deviation > 0)
  const [least, most] = [Math.min(...deviations), Math.max(...deviations)]
  const large = [...columns.keys()].filter((i) => columns[i]!.largest > UNSCALED)
  const findings: Finding[] = []
  if (constant.length > 0 && columnsVary(x))
    findings.push({
      kind: 'constant-feature',
      message: `columns ${constant.join(', ')} of x never change and tell nothing; leave them out.`,
      columns: constant,
    })
  if (deviations.length > 1 && most / least >= SCALES_APART) {
    findings.push({
      kind: 'feature-scales',
      message: `columns of x differ ${(most / least).toPrecision(2)} times in scale, so no learning rate suits all weights; use standardScaler or minMaxScaler.`,
      columns: columns.flatMap(({ deviation }, i) => (deviation === most ? [i] : [])),
    })
  }
  if (large.length > 0)
    findings.push({
      kind: 'unscaled-features',
      message: `columns ${large.join(', ')} of x reach beyond ${UNSCALED}; use standardScaler or minMaxScaler.`,
      columns: large,
    })
  return findings
}

/** A single row has no constant columns, only columns of which one value is known. */
function columnsVary({ shape }: ArrayData): boolean {
  return shape[0]! > 1
}

async function columnsOf(x: ArrayData, pause: () => Promise<void> | undefined): Promise<Column[]> {
  // Pixels are all of one kind; only tables have columns that can differ.
  if (x.shape.length !== 2) return []
  const columns: Column[] = []
  for (let i = 0; i < x.shape[1]!; i++) {
    columns.push(columnOf(x, i))
    await pause()
  }
  return columns
}

function columnOf({ shape, data }: ArrayData, column: number): Column {
  const [rows, width] = shape as readonly [number, number]
  const values = Float64Array.from({ length: rows }, (_, row) => data[row * width + column]!)
  const mean = values.reduce((a, b) => a + b, 0) / rows
  const constant = values.every((value) => value === values[0])
  return {
    deviation: constant ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows),
    largest: values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
  }
}

function targets(y: ArrayData, loss: Loss): Finding[] {
  const { expects } = loss
  if (expects === undefined) return []
  if (expects === 'values') {
    const largest = Array.from(y.data).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    if (largest <= FAR_TARGET) return []
    return [
      {
        kind: 'unscaled-targets',
        message: `targets reach ${largest.toPrecision(3)}, far from the first outputs near 0; scale them with standardScaler, and predictions back with inverseTransform.`,
      },
    ]
  }
  const counts = new Map<number, number>()
  try {
    for (const c of classesOf('diagnose', y)) counts.set(c, (counts.get(c) ?? 0) + 1)
  } catch {
    // Soft labels have no counts.
    return []
  }
  const [least, most] = [Math.min(...counts.values()), Math.max(...counts.values())]
  if (counts.size < 2 || most / least < IMBALANCE) return []
  return [
    {
      kind: 'class-imbalance',
      message: `one class has ${most} rows, another ${least}; consider classWeights: 'balanced', and judge by f1 or a confusion matrix rather than accuracy.`,
    },
  ]
}

/** Outputs of fresh params for the first rows. */
async function tryModel(model: Layer, { shape, data }: ArrayData, given: Dataset): Promise<ArrayData> {
  const { backend } = placeOf('diagnose', {}, given)
  const [rows = 0, ...inputShape] = shape
  const tried = Math.min(rows, TRIED)
  const few = { shape: [tried, ...inputShape], data: data.subarray(0, (tried * data.length) / rows) }
  const output = tidy(() => {
    const { params, state } = model.init({ inputShape, backend })
    return forwardOf(model)(params, state, tensor(few, { dtype: 'float32', backend }))
  })
  try {
    return await output.toHost()
  } finally {
    output.dispose()
  }
}

/** By the last activation; where that is not known, as fresh params happen to make them. */
async function outputs(model: Layer, x: ArrayData, data: Dataset, loss: Loss): Promise<Finding[]> {
  const tried = await tryModel(model, x, data)
  const bounded = tried.data.every((value) => value >= 0 && value <= 1)
  const looks = looksOf(model) ?? { bounded, sums: bounded && rowsSumToOne(tried) }
  const { kind = 'the loss', expects } = loss
  if (expects === 'values' && looks.sums) {
    return [
      {
        kind: 'softmax-mse',
        message: `outputs are probabilities (softmax), and ${kind} learns slowly where they are far off, since softmax is flat there; use crossEntropy({ fromLogits: true }) without the softmax.`,
      },
    ]
  }
  const found = mismatch(looks, loss)
  return found === undefined ? [] : [found]
}

function rowsSumToOne({ shape, data }: ArrayData): boolean {
  const width = shape.at(-1) ?? 1
  if (width < 2) return false
  for (let start = 0; start < data.length; start += width) {
    const sum = Array.from(data.subarray(start, start + width)).reduce((a, b) => a + b, 0)
    if (Math.abs(sum - 1) > 1e-3) return false
  }
  return true
}
