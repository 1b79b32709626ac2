import { checkArgument, defaultBackend, NeuriteError, tensorsIn, type Tree } from '@neurite/core'
import { aModelTree, asGiven, having, must, optional, readOptions } from '@neurite/core/arguments'
import { transformerFromJSON, type AnyFitted } from '@neurite/data'
import { inputIndices, type Model } from '@neurite/nn'
import { dtypeOfModel, featuresOf } from '../model/features.js'
import { countRows, fitToSchema, rowsBetween, schemaOf, type Rows } from '../model/input.js'
import { outputKindOf } from '../model/probabilities.js'
import { anOutputKind, resolveTarget, someLabels, type TargetOptions } from '../model/target.js'
import { writeCompiled, writeLoops } from './network.js'
import { record } from './record.js'
import { writeModule, type JavaScriptModule } from './write-module.js'

export type { JavaScriptModule } from './write-module.js'

/** Options of {@link toJavaScript}. */
export interface JavaScriptOptions extends TargetOptions {
  /**
   * Raw rows, one at least, as `predict` will get them: a Table, objects, arrays, host data. Their columns and types (or their shape) are
   * what the module takes. None of them is in it.
   */
  readonly examples: Rows
  /** Running statistics, where the model has any. */
  readonly state?: Tree
  /** The fitted transformer from raw rows to what the model takes. Default: rows are taken as they are. */
  readonly preprocessing?: AnyFitted
  /**
   * The bytes that `toWasm` of `@neurite/backend-wasm` gave for the same model and params, and for x of one row: the module then has these in
   * place of loops and weights in JavaScript, which is 4 to 10 times faster. A page with a Content-Security-Policy needs 'wasm-unsafe-eval' for it.
   * Default: loops.
   */
  readonly wasm?: Uint8Array
}

const where = 'toJavaScript'

const someBytes = /* @__PURE__ */ must(
  'a Uint8Array, as toWasm of @neurite/backend-wasm gives it',
  (value): value is Uint8Array => value instanceof Uint8Array,
)

/**
 * A model as one ES module without dependencies: weights, preprocessing and labels are inside, and `predict(rows)` answers as `predict` of
 * a loaded model does, at once. It is plain JavaScript that can be read, for Node, browsers and workers; it evaluates no
 * text, so that any content security policy will do.
 *
 * The model is traced on one row. Every layer can be written, and so can layers of your own and graphs. Numbers are rounded to float32 where the
 * model rounds them; answers agree to about 1e-6 of the largest output.
 *
 * @returns `code`, the module, and `types`, its declarations
 * @throws NeuriteError `NOT_SUPPORTED` for a graph of several inputs or outputs; `NON_FINITE` for params, or examples, that are not finite;
 * `NOT_INITIALIZED`, `SHAPE_MISMATCH` for params that are not the model's; `INVALID_ARGUMENT` for parts that do not belong together, and for a
 * layer that draws random numbers outside training; `UNKNOWN_CATEGORY`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { standardScaler } from '@neurite/data'
 * import { toJavaScript } from '@neurite/io/javascript'
 * import { dense } from '@neurite/nn'
 * const model = dense(2)
 * const params = { weight: tensor([[-1, 1]]), bias: tensor([0, 0]) }
 * const preprocessing = standardScaler().fit([[150], [190]])
 * const { code } = await toJavaScript(model, params, { preprocessing, labels: ['short', 'tall'], examples: [[170]] })
 *
 * const { predict, predictProbabilities } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
 * predict([180]) // => 'tall'
 * predict([[151], [189]]) // => ['short', 'tall']
 * predictProbabilities([170]) // => [0.5, 0.5]
 * predict([1, 2]) // => throws TypeError
 * ```
 */
export async function toJavaScript(model: Model, params: Tree, options: JavaScriptOptions): Promise<JavaScriptModule> {
  const read = readOptions(where, options, {
    examples: asGiven<Rows>,
    state: optional(aModelTree),
    preprocessing: optional(having<AnyFitted>('a fitted transformer of @neurite/data', 'kind', 'transform', 'toJSON')),
    target: optional(
      having<NonNullable<TargetOptions['target']>>('a fitted scaler or encoder', 'kind', 'inverseTransform', 'toJSON'),
    ),
    labels: optional(someLabels),
    threshold: optional(asGiven<number>),
    outputs: optional(anOutputKind),
    wasm: optional(someBytes),
  })
  const { examples, state, wasm, ...target } = read
  having<Model>('a layer, such as sequential([...])', 'init', 'apply')(where, 'model', model)
  aModelTree(where, 'params', params)
  if (!('outputShape' in model)) {
    const message = `${where}: a graph of several inputs or outputs has no module; write one of its outputs.`
    throw new NeuriteError('NOT_SUPPORTED', message)
  }
  const backend = tensorsIn([params, state ?? {}])[0]?.backend ?? defaultBackend()
  const preprocessing = read.preprocessing && transformerFromJSON(JSON.parse(JSON.stringify(read.preprocessing)))
  const input = await schemaOf(`${where}: examples`, examples)
  const { raw } = await fitToSchema(`${where}: examples`, input, examples)
  checkArgument(countRows(raw) > 0, () => `${where}: examples must have at least one row.`)
  const features = featuresOf(
    `${where}: examples`,
    rowsBetween(raw, 0, 1),
    preprocessing,
    dtypeOfModel(params, state ?? {}),
  )
  const recorded = await record({ model, params, state, backend }, features)
  const resolved = resolveTarget(where, target, recorded.outputShape)
  return writeModule({
    recorded,
    network: wasm === undefined ? writeLoops(recorded) : await writeCompiled(where, wasm, recorded),
    input,
    preprocessing,
    target: resolved.labels ? { ...resolved, outputs: resolved.outputs ?? outputKindOf(model) } : resolved,
    indices: inputIndices(model),
  })
}
