import { disposeTree, tensor, tidy, type ArrayData, type Backend, type Tree } from '@neurite/core'
import type { AnyFitted, Category } from '@neurite/data'
import { checkIndices, forwardOf, inputIndices, type Model } from '@neurite/nn'
import { featuresOf } from './features.js'
import { fitToSchema, type InputSchema, type RawInput, type Row, type Rows } from './input.js'
import { probabilitiesOf } from './probabilities.js'
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
   * for a missing value that no imputer fills; `UNKNOWN_CATEGORY`
   */
  predict(rows: Rows): Promise<Prediction[]>
  predict(row: Row | readonly number[]): Promise<Prediction>
  async predict(rows: Rows | Row | readonly number[]): Promise<Prediction | Prediction[]> {
    const { raw, single } = await fitToSchema('predict', this.input, rows)
    const predictions = decide(this.#parts.target, undoScaling(this.#parts.target, await this.#run('predict', raw)))
    return single ? predictions[0]! : predictions
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
  predictProbabilities(rows: Rows): Promise<number[][]>
  predictProbabilities(row: Row | readonly number[]): Promise<number[]>
  async predictProbabilities(rows: Rows | Row | readonly number[]): Promise<number[][] | number[]> {
    const { raw, single } = await fitToSchema('predictProbabilities', this.input, rows)
    const probabilities = probabilitiesOf(this.#parts.target, await this.#run('predictProbabilities', raw))
    return single ? probabilities[0]! : probabilities
  }

  /**
   * The model's own outputs, [rows, ...]: probabilities or logits, before labels and the target's scaling.
   *
   * @throws NeuriteError as {@link SavedModel.predict}
   */
  async outputs(rows: Rows | Row | readonly number[]): Promise<ArrayData> {
    return this.#run('outputs', (await fitToSchema('outputs', this.input, rows)).raw)
  }

  /** Frees the memory of params and state; the model cannot be used afterwards. */
  dispose(): void {
    disposeTree([this.params, this.state ?? {}])
  }

  async #run(where: string, raw: RawInput): Promise<ArrayData> {
    return run(where, this.#parts, featuresOf(where, raw, this.preprocessing, this.#parts.dtype))
  }
}

/** The model's output for features, on the host. */
export async function run(
  where: string,
  { model, params, state, backend }: Pick<SavedModelParts, 'model' | 'params' | 'state' | 'backend'>,
  features: ArrayData,
): Promise<ArrayData> {
  if (features.shape[0] === 0)
    return { shape: [0, ...model.outputShape(features.shape.slice(1))], data: new Float32Array() }
  const indices = inputIndices(model)
  if (indices !== undefined) checkIndices(where, features, indices)
  const output = tidy(() => forwardOf(model)(params, state, tensor(features, { backend })))
  try {
    return await output.toHost()
  } finally {
    output.dispose()
  }
}
