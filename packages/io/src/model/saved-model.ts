import { disposeTree, type ArrayData, type Backend, type Tree } from '@neurite/core'
import { optional, or, readOptions, whole } from '@neurite/core/arguments'
import type { AnyFitted, Category } from '@neurite/data'
import { interruptible, type Model } from '@neurite/nn'
import { featuresOf } from './features.js'
import { countRows, fitToSchema, rowsBetween, type InputSchema, type Row, type Rows } from './input.js'
import { probabilitiesOf } from './probabilities.js'
import { run } from './run.js'
import { aSignal } from './signal.js'
import { decide, undoScaling, type Prediction, type Target } from './target.js'

/** The parts that a {@link SavedModel} is made of. */
export interface SavedModelParts {
  readonly model: Model
  readonly params: Tree
  readonly state: Tree | undefined
  readonly input: InputSchema
  readonly preprocessing: AnyFitted | undefined
  readonly target: Target
  readonly dtype: 'float32' | 'float64'
  readonly backend: Backend
}

/** How rows go through a {@link SavedModel}. */
export interface RunOptions {
  /** Rows that are prepared and go through the model at once; no effect on the answers but rounding. Default 256. */
  readonly batchSize?: number
  /** Ends the work with `ABORTED`. The event loop gets a turn between batches, so that an abort can arrive. */
  readonly signal?: AbortSignal
}

const OPTIONS = {
  batchSize: /* @__PURE__ */ or(256, /* @__PURE__ */ whole(1)),
  signal: /* @__PURE__ */ optional(aSignal),
}

/**
 * A model with all that belongs to it, as {@link loadModel} gives it: raw rows in, labels or values out. Its `params` are plain
 * tensors, so that training can go on with them.
 */
export class SavedModel {
  readonly model: Model
  readonly params: Tree
  /** Running statistics; undefined if the model has none. */
  readonly state: Tree | undefined
  /** Which columns a row has, or which shape. */
  readonly input: InputSchema
  /** The fitted transformer from raw rows to what the model takes; undefined if it takes them as they are. */
  readonly preprocessing: AnyFitted | undefined
  /** The names of the classes in the order of the outputs; undefined for a model of values. */
  readonly labels: readonly Category[] | undefined
  readonly #parts: SavedModelParts

  constructor(parts: SavedModelParts) {
    this.model = parts.model
    this.params = parts.params
    this.state = parts.state
    this.input = parts.input
    this.preprocessing = parts.preprocessing
    this.labels = parts.target.labels
    this.#parts = parts
  }

  /**
   * What the model says to raw rows: a label, or the target's value in its own unit; nested numbers where it has several outputs.
   *
   * @param rows - a row (an object with the schema's columns; an array where the model was saved with arrays), an array of rows,
   * a Table or host data. Columns are found by name, others are ignored; null is a missing value
   * @returns one prediction for a single row, else an array of them
   * @throws NeuriteError `INVALID_ARGUMENT` naming a column that is missing or of another type; `SHAPE_MISMATCH`; `NON_FINITE`
   * for a missing value that no imputer fills; `UNKNOWN_CATEGORY`; `UNKNOWN_OPTION`; `ABORTED`
   */
  predict(rows: Rows, options?: RunOptions): Promise<Prediction[]>
  predict(row: Row | readonly number[], options?: RunOptions): Promise<Prediction>
  async predict(rows: Rows | Row | readonly number[], options: RunOptions = {}): Promise<Prediction | Prediction[]> {
    const { target } = this.#parts
    return this.#answer('predict', rows, options, (output) => decide(target, undoScaling(target, output)))
  }

  /**
   * How probable the model holds each label, in the order of `labels`: its outputs, or softmax or sigmoid of them where they are logits.
   *
   * @param rows - as of {@link SavedModel.predict}
   * @returns for a single row its probabilities, else an array of them. Of a model with two labels and one output, both
   * @throws NeuriteError as {@link SavedModel.predict}; `INVALID_ARGUMENT` for a model without labels, or whose file does not say what its outputs are
   * @example
   * ```ts
   * import { dense } from '@neurite/nn'
   * import { zeros } from '@neurite/nn/initializers'
   * import { decodeModel, encodeModel } from '@neurite/io'
   * const model = dense(2, { weightInitializer: zeros })
   * const { params } = model.init({ inputShape: [1] })
   * const loaded = await decodeModel(await encodeModel({ model, params, labels: ['cat', 'dog'], examples: [[1]] }))
   * await loaded.predictProbabilities([3]) // => [0.5, 0.5]
   * ```
   */
  predictProbabilities(rows: Rows, options?: RunOptions): Promise<number[][]>
  predictProbabilities(row: Row | readonly number[], options?: RunOptions): Promise<number[]>
  async predictProbabilities(
    rows: Rows | Row | readonly number[],
    options: RunOptions = {},
  ): Promise<number[][] | number[]> {
    const { target } = this.#parts
    return this.#answer('predictProbabilities', rows, options, (output) => probabilitiesOf(target, output))
  }

  /**
   * The model's own outputs, [rows, ...]: probabilities or logits, before labels and the target's scaling.
   *
   * @throws NeuriteError as {@link SavedModel.predict}
   */
  async outputs(rows: Rows | Row | readonly number[], options: RunOptions = {}): Promise<ArrayData> {
    return (await this.#run('outputs', rows, options)).output
  }

  /** Frees the memory of params and state; the model cannot be used afterwards. */
  dispose(): void {
    disposeTree([this.params, this.state ?? {}])
  }

  /** What `answer` makes of the outputs: one answer a row, and one alone for a single row. */
  async #answer<A>(
    where: string,
    rows: Rows | Row | readonly number[],
    options: RunOptions,
    answer: (output: ArrayData) => A[],
  ): Promise<A | A[]> {
    const { output, single, batchSize, pause } = await this.#run(where, rows, options)
    const answers = [answer(rowsBetween(output, 0, batchSize))]
    for (let from = batchSize; from < countRows(output); from += batchSize) {
      await pause()
      answers.push(answer(rowsBetween(output, from, from + batchSize)))
    }
    return single ? answers[0]![0]! : answers.flat()
  }

  async #run(where: string, rows: Rows | Row | readonly number[], options: RunOptions) {
    const { batchSize, signal } = readOptions(where, options, OPTIONS)
    const pause = interruptible(where, signal)
    const { raw, single } = await fitToSchema(where, this.input, rows)
    const featuresBetween = (from: number, to: number): ArrayData =>
      featuresOf(where, rowsBetween(raw, from, to), this.preprocessing, this.#parts.dtype)
    const output = await run(where, this.#parts, countRows(raw), featuresBetween, { batchSize, pause })
    return { output, single, batchSize, pause }
  }
}
