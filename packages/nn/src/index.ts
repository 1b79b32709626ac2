export type { ApplyOptions, ForwardOptions, InitOptions, Layer, Model, Nothing, ParamsOf, StateOf } from './layer.js'
export {
  layer,
  shapeError,
  type LayerContext,
  type LayerDefinition,
  type ParameterSpec,
  type ParameterSpecs,
  type TensorsOf,
} from './define-layer.js'
export type { LayerConfig } from './config.js'

export { sequential, type Sequential, type SequentialParams, type SequentialState } from './containers/sequential.js'
export { residual, type Residual } from './containers/residual.js'
export { graph, type Graph, type GraphParts, type MultiGraph } from './containers/graph.js'
export {
  addNodes,
  call,
  concatNodes,
  input,
  multiplyNodes,
  type CallNode,
  type GraphNode,
  type InputNode,
  type JoinNode,
} from './containers/nodes.js'

export { activation } from './layers/activation.js'
export { batchNorm, type BatchNormOptions, type BatchNormState, type NormParams } from './layers/batch-norm.js'
export { conv2d, type Conv2dOptions, type Conv2dParams } from './layers/conv2d.js'
export { dense, type DenseOptions, type DenseParams, type WeightOptions, type WeightParams } from './layers/dense.js'
export { dropout } from './layers/dropout.js'
export { embedding, type EmbeddingOptions, type EmbeddingParams } from './layers/embedding.js'
export { flatten } from './layers/flatten.js'
export { layerNorm, type LayerNormOptions } from './layers/layer-norm.js'
export { patchEmbedding, type PatchEmbeddingOptions } from './layers/patch-embedding.js'
export { avgPool2d, globalAveragePool2d, maxPool2d, type Pool2dOptions } from './layers/pooling.js'
export { unflatten } from './layers/unflatten.js'

export { activationName, resolveActivation, type Activation, type ActivationName } from './activations.js'

export { compileOnce, forwardOf, type CompiledOnce } from './inference.js'
export { inBatches } from './in-batches.js'
export { abortError, interruptible, takeTurns, type Abortable } from './event-loop.js'
export { checkIndices, inputIndices, outputActivation } from './ends.js'
export { penalty } from './penalty.js'
export type { Regularizer } from './regularizer.js'
export { countParams, summary, type Summary, type SummaryRow } from './summary.js'
export { configOf, graphFromConfig, layerFromConfig, type LayerBuilders } from './layer-from-config.js'
