import {
  defaultBackend,
  NeuriteError,
  tensorsIn,
  trace,
  zeros,
  type ByteArray,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { listOf, oneOf, optional, or, readOptions, whole, aModelTree, having } from '@neurite/core/arguments'
import type { AnyFitted } from '@neurite/data'
import { nameTree, readTensors } from '@neurite/files'
import { configOf, type Model } from '@neurite/nn'
import { GraphBuilder, type Value } from './builder.js'
import { checkExport } from './check.js'
import { emitLayer } from './layers.js'
import { emitPreprocessing } from './preprocessing.js'
import { encodeOnnx, type OnnxGraph } from './proto.js'

/** Options of {@link toOnnx}. */
export interface OnnxOptions {
  /** The shape of one input of the model, without the batch axis. */
  readonly inputShape: readonly number[]
  /** Running statistics, where the model has any. */
  readonly state?: Tree
  /** A fitted scaler, or a pipeline of scalers, that becomes part of the ONNX model. Default: inputs are scaled before. */
  readonly preprocessing?: AnyFitted
  /** Of the inputs. Default 'float32'; 'int32' for a model that begins with an embedding. */
  readonly inputType?: 'float32' | 'int32'
}

/**
 * A model as an ONNX file (opset 17), for the runtimes that read it: the input is named `input`, the output `output`, the batch axis
 * is open. Weights are float32. Images stay [batch, height, width, channels].
 *
 * It has the layers of `@neurite/nn`, as they are outside training. What is made is run on two rows, and must say what the model says.
 *
 * @returns the bytes of the file
 * @throws NeuriteError `NOT_SUPPORTED` for layers of your own, activations that are functions, preprocessing that is no scaler, and
 * numbers that float32 cannot hold; `NON_FINITE` for params that are not finite;
 * `NOT_INITIALIZED` for params or state that are not the model's; `SHAPE_MISMATCH`, `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { dense, sequential } from '@neurite/nn'
 * import { toOnnx } from '@neurite/io/onnx'
 * const model = sequential([dense(8, { activation: 'relu' }), dense(3, { activation: 'softmax' })])
 * const { params } = model.init({ inputShape: [4] })
 * const bytes = await toOnnx(model, params, { inputShape: [4] })
 * bytes.length > 0 // => true
 * ```
 * @see https://onnx.ai/onnx/operators
 */
export async function toOnnx(model: Model, params: Tree, options: OnnxOptions): Promise<ByteArray> {
  const { inputShape, state, preprocessing, inputType } = readOptions('toOnnx', options, {
    inputShape: listOf(whole(0)),
    state: optional(aModelTree),
    preprocessing: optional(having<AnyFitted>('a fitted transformer', 'kind', 'transform', 'toJSON')),
    inputType: or('float32' as const, oneOf('float32', 'int32')),
  })
  having<Model>('a layer, such as sequential([...])', 'init', 'apply')('toOnnx', 'model', model)
  aModelTree('toOnnx', 'params', params)
  configOf(model)
  checkFits(model, params, state, inputShape, inputType)
  const tensors = await readTensors(
    new Map([
      ...nameTree<Tensor>('toOnnx', 'params', params).tensors,
      ...nameTree<Tensor>('toOnnx', 'state', state ?? {}).tensors,
    ]),
  )
  // As saveModel and toJavaScript: a NaN that the rows of the check do not meet, in an embedding, would go unnoticed.
  for (const [name, { data }] of tensors) {
    const odd = data.find((value) => !Number.isFinite(value))
    if (odd !== undefined)
      throw new NeuriteError('NON_FINITE', `toOnnx: ${name} holds ${odd}; such a model is not worth saving.`)
  }
  const graph = new GraphBuilder()
  const input: Value = { name: 'input', shape: inputShape }
  const features = preprocessing === undefined ? input : emitPreprocessing(graph, preprocessing, input)
  const output = emitLayer(graph, model, features, '', tensors)
  graph.nodes.push({ op: 'Identity', inputs: [output.name], output: 'output', attributes: {} })
  const made: OnnxGraph = {
    nodes: graph.nodes,
    initializers: graph.initializers,
    input: { name: 'input', type: inputType, shape: inputShape },
    output: { name: 'output', type: 'float32', shape: output.shape },
  }
  const backend = tensorsIn([params, state ?? {}])[0]?.backend ?? defaultBackend()
  await checkExport(made, { model, params, state, preprocessing, backend })
  return encodeOnnx(made)
}

/** Lets the model itself check what belongs to it; nothing is computed. */
function checkFits(
  model: Model,
  params: Tree,
  state: Tree | undefined,
  inputShape: readonly number[],
  inputType: 'float32' | 'int32',
): void {
  model.outputShape(inputShape)
  const first = tensorsIn([params, state ?? {}]).find(({ dtype }) => dtype === 'float32' || dtype === 'float64')
  const dtype = inputType === 'int32' ? inputType : (first?.dtype ?? 'float32')
  const x = zeros([1, ...inputShape], { dtype, ...(first && { backend: first.backend }) })
  try {
    trace((p: Tree, s: Tree, batch: Tensor) => model.apply(p, batch, state === undefined ? {} : { state: s }))(
      params,
      state ?? {},
      x,
    )
  } finally {
    x.dispose()
  }
}
