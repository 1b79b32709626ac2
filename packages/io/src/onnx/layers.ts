import { NeuriteError, type Padding } from '@neurite/core'
import type { ActivationName, Graph, Layer, LayerConfig } from '@neurite/nn'
import type { HostTensor } from '@neurite/files'
import { ACTIVATIONS } from './activations.js'
import type { GraphBuilder, Value } from './builder.js'
import { ELEMENT_TYPE } from './proto.js'

/** What a layer is turned into ONNX with. */
interface Emission {
  readonly graph: GraphBuilder
  readonly layer: Layer
  /** The layer's options. */
  readonly config: LayerConfig
  readonly x: Value
  /** Without the batch axis. */
  readonly outputShape: readonly number[]
  /** A tensor of the layer's params or state; undefined if it has none of the name. */
  tensor(of: 'params' | 'state', name: string): HostTensor | undefined
  /** Emits a part of this layer. */
  part(index: number, x: Value): Value
}

/** The name of a layer's output. */
type Emit = (emission: Emission) => string

const EMITTERS: Readonly<Record<string, Emit>> = {
  activation: ({ graph, config, x }) => activate(graph, config, x.name),
  avgPool2d: (emission) => pool(emission, 'AveragePool', { count_include_pad: 0 }),
  batchNorm,
  conv2d,
  dense,
  dropout: ({ x }) => x.name,
  embedding: ({ graph, x, tensor }) => {
    const indices = graph.node('Cast', [x.name], { to: ELEMENT_TYPE.int64 })
    return graph.node('Gather', [constant(graph, tensor('params', 'weight')!), indices], { axis: 0 })
  },
  flatten: ({ graph, x }) => graph.node('Flatten', [x.name], { axis: 1 }),
  globalAveragePool2d: ({ graph, x }) => graph.node('ReduceMean', [x.name], { axes: [1, 2], keepdims: 0 }),
  graph: (emission) => connect(emission),
  layerNorm: ({ graph, config, x, tensor }) =>
    graph.node(
      'LayerNormalization',
      [x.name, constant(graph, tensor('params', 'scale')!), constant(graph, tensor('params', 'offset')!)],
      { axis: -1, epsilon: { float: epsilonOf(config) } },
    ),
  maxPool2d: (emission) => pool(emission, 'MaxPool', {}),
  patchEmbedding,
  residual: ({ graph, x, part }) => graph.node('Add', [x.name, part(0, x).name]),
  sequential: ({ layer, x, part }) => layer.layers!.reduce((value: Value, _, i) => part(i, value), x).name,
  unflatten: ({ graph, x, outputShape }) => reshape(graph, x.name, [0, ...outputShape]),
}

/**
 * Adds a layer to the graph.
 *
 * @param path - of its params and state among the tensors, after `params` and `state`
 * @throws NeuriteError `NOT_SUPPORTED` for a layer that this package does not know
 */
export function emitLayer(
  graph: GraphBuilder,
  layer: Layer,
  x: Value,
  path: string,
  tensors: ReadonlyMap<string, HostTensor>,
): Value {
  // configOf has refused layers without one.
  const config = layer.config!
  if (!Object.hasOwn(EMITTERS, config.kind)) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `toOnnx: layer${path} is of the kind '${config.kind}', which has no form in ONNX here; known: ${Object.keys(EMITTERS).join(', ')}.`,
      { kind: config.kind },
    )
  }
  const outputShape = layer.outputShape(x.shape)
  const name = EMITTERS[config.kind]!({
    graph,
    layer,
    config,
    x,
    outputShape,
    tensor: (of, tensorName) => tensors.get(`${of}${path}.${tensorName}`),
    part: (index, value) => emitLayer(graph, layer.layers![index]!, value, `${path}.${index}`, tensors),
  })
  return { name, shape: outputShape }
}

function constant(graph: GraphBuilder, { data, shape }: HostTensor): string {
  return graph.floats(data, shape)
}

function activate(graph: GraphBuilder, config: LayerConfig, x: string): string {
  // configOf has refused functions.
  return ACTIVATIONS[(config['activation'] ?? 'identity') as ActivationName](graph, x)
}

function reshape(graph: GraphBuilder, x: string, shape: readonly number[]): string {
  // 0 keeps the batch's extent.
  return graph.node('Reshape', [x, graph.integers(shape)])
}

function epsilonOf(config: LayerConfig): number {
  return (config['epsilon'] as number | undefined) ?? 1e-5
}

function affine(emission: Emission, x: string): string {
  const { graph, tensor, config } = emission
  const product = graph.node('MatMul', [x, constant(graph, tensor('params', 'weight')!)])
  const bias = tensor('params', 'bias')
  return activate(graph, config, bias === undefined ? product : graph.node('Add', [product, constant(graph, bias)]))
}

function dense(emission: Emission): string {
  const { graph, config, x, tensor } = emission
  const bias = tensor('params', 'bias')
  if (x.shape.length !== 1 || bias === undefined) return affine(emission, x.name)
  const weight = tensor('params', 'weight')!
  return activate(graph, config, graph.node('Gemm', [x.name, constant(graph, weight), constant(graph, bias)]))
}

/** The running statistics are constants, so that all of it is one factor and one summand for each feature. */
function batchNorm({ graph, config, x, tensor }: Emission): string {
  const [scale, offset] = [tensor('params', 'scale')!, tensor('params', 'offset')!]
  const [mean, variance] = [tensor('state', 'mean'), tensor('state', 'variance')]
  if (mean === undefined || variance === undefined) {
    throw new NeuriteError('NOT_INITIALIZED', 'toOnnx: batchNorm needs its running statistics; pass { state }.')
  }
  const factor = Float64Array.from(scale.data, (s, i) => s / Math.sqrt(variance.data[i]! + epsilonOf(config)))
  const centered = graph.minus(x.name, mean.data, mean.shape)
  const scaled = graph.node('Mul', [centered, graph.floats(factor, scale.shape)])
  return graph.node('Add', [scaled, constant(graph, offset)])
}

// Images are [batch, height, width, channels] here and [batch, channels, height, width] in ONNX. Runtimes cancel the transpositions
// between neighbours.

function conv2d({ graph, config, x, tensor }: Emission): string {
  const weight = tensor('params', 'weight')!
  const [height, width, inputs, outputs] = weight.shape as [number, number, number, number]
  const filters = new Float32Array(weight.data.length)
  let at = 0
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let h = 0; h < height; h++)
        for (let w = 0; w < width; w++) filters[at++] = weight.data[((h * width + w) * inputs + i) * outputs + o]!
  const bias = tensor('params', 'bias')
  const strides = pair(config['strides'] ?? 1)
  const y = onPlanes(graph, x.name, (planes) =>
    graph.node(
      'Conv',
      [planes, graph.floats(filters, [outputs, inputs, height, width]), ...(bias ? [constant(graph, bias)] : [])],
      { kernel_shape: [height, width], strides, pads: padsOf(config, x.shape, [height, width], strides) },
    ),
  )
  return activate(graph, config, y)
}

function pool({ graph, config, x }: Emission, op: string, attributes: Readonly<Record<string, number>>): string {
  const window = pair(config['window'] ?? 2)
  const strides = pair(config['strides'] ?? window)
  return onPlanes(graph, x.name, (planes) =>
    graph.node(op, [planes], {
      kernel_shape: window,
      strides,
      pads: padsOf(config, x.shape, window, strides),
      ...attributes,
    }),
  )
}

function onPlanes(graph: GraphBuilder, x: string, emit: (planes: string) => string): string {
  const planes = emit(graph.node('Transpose', [x], { perm: [0, 3, 1, 2] }))
  return graph.node('Transpose', [planes], { perm: [0, 2, 3, 1] })
}

function patchEmbedding(emission: Emission): string {
  const { graph, config, x, outputShape } = emission
  const [height, width] = pair(config['patchSize'])
  const [imageHeight = 0, imageWidth = 0, channels = 0] = x.shape
  const grid = reshape(graph, x.name, [0, imageHeight / height, height, imageWidth / width, width, channels])
  const apart = graph.node('Transpose', [grid], { perm: [0, 1, 3, 2, 4, 5] })
  return affine(emission, reshape(graph, apart, [0, outputShape[0]!, height * width * channels]))
}

function connect({ graph, layer, x, part }: Emission): string {
  const { nodes, layers, config } = layer as Graph
  const values: Value[] = []
  for (const { kind, inputs, shape, ...node } of nodes) {
    const given = inputs.map((from) => values[nodes.indexOf(from)]!)
    if (kind === 'input') values.push(x)
    else if ('layer' in node) values.push(part(layers.indexOf(node.layer), given[0]!))
    else {
      const names = given.map(({ name }) => name)
      const name =
        kind === 'concat'
          ? graph.node('Concat', names, { axis: (node as { readonly axis: number }).axis })
          : names.reduce((a, b) => graph.node(kind === 'add' ? 'Add' : 'Mul', [a, b]))
      values.push({ name, shape })
    }
  }
  return values[config['outputs'] as number]!.name
}

function pair(value: unknown): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : (value as readonly [number, number])
}

/** Top, left, bottom, right. 'same' is split as core does: the odd one after. */
function padsOf(
  config: LayerConfig,
  shape: readonly number[],
  window: readonly [number, number],
  strides: readonly [number, number],
): readonly number[] {
  const padding = (config['padding'] ?? 'valid') as Padding
  if (padding === 'valid') return [0, 0, 0, 0]
  const along = (i: 0 | 1): readonly [number, number] => {
    if (padding !== 'same') return padding[i]
    const total = Math.max(0, (Math.ceil(shape[i]! / strides[i]) - 1) * strides[i] + window[i] - shape[i]!)
    return [Math.floor(total / 2), Math.ceil(total / 2)]
  }
  const [[top, bottom], [left, right]] = [along(0), along(1)]
  return [top, left, bottom, right]
}
