import {
  BYTES_PER_ELEMENT,
  checkArgument,
  NeuriteError,
  tensorsIn,
  type ArrayData,
  type ByteArray,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { asGiven, having, optional, readOptions, aModelTree, takesNoOptions } from '@neurite/core/arguments'
import { transformerFromJSON, type AnyFitted } from '@neurite/data'
import { encodeSafetensors, metadataOf, nameTree, readTensors, whyNoJson, type HostTensor } from '@neurite/files'
import { configOf, type Model } from '@neurite/nn'
import { dtypeOfModel, featuresOf } from './features.js'
import { GOLDEN_INPUTS, GOLDEN_OUTPUTS, GOLDEN_VALUES, MOST_GOLDEN, type Metadata } from './format.js'
import { castTo, cellsOf, countRows, dtypeOfInput, rowsBetween, fitToSchema, schemaOf, type Rows } from './input.js'
import { run } from './run.js'
import { outputKindOf } from './probabilities.js'
import { anOutputKind, resolveTarget, someLabels, targetToJson, undoScaling, type TargetOptions } from './target.js'
import { workOfFile, workOfModel } from './work.js'

/** What is saved of a model. */
export interface ModelParts extends TargetOptions {
  readonly model: Model
  readonly params: Tree
  /** Running statistics, where the model has any. */
  readonly state?: Tree
  /**
   * A few raw rows, as `predict` will get them. Their columns and types (or their shape) become the input's schema, and the
   * first 8 are stored with what the model predicts for them: choose rows that may be in the file.
   */
  readonly examples: Rows
  /** The fitted transformer from raw rows to what the model takes. Default: rows are taken as they are. */
  readonly preprocessing?: AnyFitted
}

const PARTS = {
  model: /* @__PURE__ */ having<Model>('a layer, such as sequential([...])', 'init', 'apply'),
  params: aModelTree,
  state: /* @__PURE__ */ optional(aModelTree),
  examples: asGiven<Rows>,
  preprocessing: /* @__PURE__ */ optional(having<AnyFitted>('a fitted transformer of @neurite/data', 'toJSON')),
  target: /* @__PURE__ */ optional(
    having<NonNullable<TargetOptions['target']>>('a fitted scaler or encoder', 'toJSON'),
  ),
  labels: /* @__PURE__ */ optional(someLabels),
  threshold: /* @__PURE__ */ optional(asGiven<number>),
  outputs: /* @__PURE__ */ optional(anOutputKind),
}

/**
 * The bytes of a model file: a safetensors file with the params, and in its metadata the architecture, the input's columns, the
 * fitted preprocessing, the target's scaling or labels, and a few predictions. See {@link saveModel}.
 *
 * @returns new bytes: `new Blob([bytes])` in a browser, `writeFile` in Node
 * @throws NeuriteError as {@link saveModel}
 * @example
 * ```ts
 * import { dense } from '@neurite/nn'
 * import { decodeModel, encodeModel } from '@neurite/io'
 * const model = dense(1)
 * const { params } = model.init({ inputShape: [2] })
 * const bytes = await encodeModel({ model, params, examples: [[1, 2], [3, 4]] })
 * const loaded = await decodeModel(bytes)
 * loaded.input // => { kind: 'array', shape: [2], dtype: 'float64' }
 * ```
 */
export async function encodeModel(parts: ModelParts, ...none: readonly []): Promise<ByteArray> {
  takesNoOptions('encodeModel', none)
  return encode('encodeModel', parts)
}

export async function encode(where: string, given: ModelParts): Promise<ByteArray> {
  const { model, params, state, ...parts } = readOptions(where, given, PARTS)
  // Types say so, too; a file of such a graph would need examples and a target for each input and output.
  if (!('outputShape' in model)) {
    const message = `${where}: a graph of several inputs or outputs has no model file; save its params with toSafetensors, and configOf(model) beside them.`
    throw new NeuriteError('NOT_SUPPORTED', message)
  }
  const config = configOf(model)
  const odd = whyNoJson(config, model.name)
  if (odd !== undefined) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: the model's config would not come back from a file: ${odd}; it must be plain data: finite numbers, text, true, false, null, lists and plain objects of them.`,
    )
  }
  const backend = tensorsIn([params, state ?? {}])[0]?.backend
  checkArgument(backend !== undefined, () => `${where}: params has no tensors; there is nothing to save.`)
  const preprocessing = restored(where, parts.preprocessing)
  const schema = await schemaOf(where, parts.examples)
  const { raw } = await fitToSchema(where, schema, parts.examples)
  checkArgument(countRows(raw) > 0, () => `${where}: examples must have at least one row.`)
  const runnable = { model, params, state, backend }
  const first = rowsBetween(raw, 0, MOST_GOLDEN)
  const prepared = featuresOf(where, first, preprocessing, dtypeOfModel(params, state ?? {}))
  // Of a model that works long, fewer rows, so that its file loads by default.
  const most = workOfFile(sizeOfTree([params, state ?? {}])) / workOfModel(runnable, rowsBetween(prepared, 0, 1))
  const kept = Math.max(1, Math.min(MOST_GOLDEN, Math.floor(most)))
  const [golden, features] = [rowsBetween(first, 0, kept), rowsBetween(prepared, 0, kept)]
  const output = await run(where, runnable, countRows(features), () => features)
  const said = resolveTarget(where, parts, output.shape.slice(1))
  const target = said.labels ? { ...said, outputs: said.outputs ?? outputKindOf(model) } : said
  checkWorthSaving(where, 'for the examples the model predicts', output.data)

  const named = nameTree<Tensor>(where, 'params', params)
  const tracked = nameTree<Tensor>(where, 'state', state ?? {})
  const tensors: Map<string, HostTensor> = await readTensors(new Map([...named.tensors, ...tracked.tensors]))
  for (const [name, { data }] of tensors) checkWorthSaving(where, `${name} holds`, data)
  tensors.set(GOLDEN_OUTPUTS, hostTensor(output))
  if (target.scaler !== undefined) tensors.set(GOLDEN_VALUES, hostTensor(undoScaling(target, output)))
  const isTable = 'columnNames' in golden
  if (!isTable) tensors.set(GOLDEN_INPUTS, hostTensor(golden))
  const fields: Metadata = {
    model: config,
    input: schema,
    params: named.template,
    state: state === undefined ? undefined : tracked.template,
    preprocessing: preprocessing?.toJSON(),
    target: targetToJson(target),
    golden: isTable ? cellsOf(golden) : undefined,
  }
  return encodeSafetensors({ tensors, metadata: metadataOf('model', fields) })
}

function sizeOfTree(tree: Tree): number {
  return tensorsIn(tree).reduce((sum, { size, dtype }) => sum + size * BYTES_PER_ELEMENT[dtype], 0)
}

function hostTensor(x: ArrayData): HostTensor {
  const dtype = dtypeOfInput(x)
  return { ...castTo(dtype, x), dtype }
}

/** What a reader of the file will have; a transformer that cannot be restored is refused now rather than then. */
function restored(where: string, transformer: AnyFitted | undefined): AnyFitted | undefined {
  if (transformer === undefined) return undefined
  return transformerFromJSON(JSON.parse(JSON.stringify(transformer)))
}

/** @param what - subject and verb: `the model predicts` */
function checkWorthSaving(where: string, what: string, data: HostTensor['data']): void {
  const odd = data.find((value) => !Number.isFinite(value))
  if (odd === undefined) return
  throw new NeuriteError('NON_FINITE', `${where}: ${what} ${odd}; such a model is not worth saving.`)
}
