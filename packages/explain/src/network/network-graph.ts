import { aModel } from '../readers.js'
import { checkArgument, isTensor, NeuriteError, type Tensor, type Tree } from '@neurite/core'
import { aBoolean, listOf, optional, or, readOptions, whole, aModelTree } from '@neurite/core/arguments'
import type { GraphNode, Layer } from '@neurite/nn'
import { activationOf } from './leaves.js'
import { isGraph } from './probe.js'

/** One neuron, one input, the input '1' that stands for biases, or a whole layer drawn as one. */
export interface NetworkNode {
  /** Unique in the graph. */
  readonly id: string
  /** Place of its layer in `layers`. */
  readonly layer: number
  readonly kind: 'input' | 'bias' | 'neuron' | 'layer'
  /** Place in its layer; -1 for the input '1'. */
  readonly index: number
  /** What a drawing says: `x1`, `1`, `conv2d`. */
  readonly label: string
  /** Of a neuron: added before the activation. Absent without a bias, and with `biasAsInput`. */
  readonly bias?: number
  /** Of a neuron: the activation's name, `custom` for a function without one. */
  readonly activation?: string
}

/** A connection: the output of `from` times `weight` enters `to`. */
export interface NetworkEdge {
  readonly from: string
  readonly to: string
  /** Absent where a whole layer is one node. */
  readonly weight?: number
}

/** A column of a drawing. */
export interface NetworkLayer {
  /** `input`, or the layer's kind. */
  readonly kind: string
  /** Where its params are, as in `summary`: `[0]`. Empty for the input. */
  readonly path: string
  /** How many nodes it has. */
  readonly nodes: number
}

/** A network as a directed graph (chapter 4.2.0), plain data. */
export interface NetworkGraph {
  readonly layers: readonly NetworkLayer[]
  readonly nodes: readonly NetworkNode[]
  readonly edges: readonly NetworkEdge[]
}

/** Options of {@link networkGraph}. */
export interface NetworkGraphOptions {
  /** Draws biases as weights of an extra input '1' of each layer (chapter 4.2.0) instead of as a property of the neuron. Default false. */
  readonly biasAsInput?: boolean
  /** The shape of one example. Default: from the params, if the first layer with params is dense. */
  readonly inputShape?: readonly number[]
}

interface Builder {
  readonly layers: NetworkLayer[]
  readonly nodes: NetworkNode[]
  readonly edges: NetworkEdge[]
  /** The nodes that the next layer reads. */
  front: string[]
}

/**
 * The network as nodes and directed edges (chapter 4.2.0, 4.2.1): a node for each input and each neuron of a dense layer
 * on flat inputs, an edge for each weight. An `activation` after a dense layer becomes its neurons'; dropout and flatten
 * of flat inputs leave no trace; any other layer, and any layer inside a `residual` or a `graph`, is one node.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` if the input shape must be told, `NOT_INITIALIZED` for params of another
 * model, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { networkGraph } from '@neurite/explain'
 * import { dense, sequential } from '@neurite/nn'
 * const model = sequential([dense(5, { activation: 'tanh' }), dense(1, { useBias: false })])
 * const { params } = model.init({ inputShape: [2] })
 * const { nodes, edges } = await networkGraph(model, params, { biasAsInput: true })
 * nodes.length // => 9
 * edges.length // => 20
 * ```
 */
export async function networkGraph(
  model: Layer,
  params: Tree,
  options: NetworkGraphOptions = {},
): Promise<NetworkGraph> {
  const { biasAsInput, ...read } = readOptions('networkGraph', options, {
    biasAsInput: or(false, aBoolean),
    inputShape: optional(listOf(whole(1))),
  })
  aModel('networkGraph', 'model', model)
  aModelTree('networkGraph', 'params', params)
  const build: Builder = { layers: [], nodes: [], edges: [], front: [] }
  if (isGraph(model)) {
    addGraph(build, model)
    return finished(build)
  }
  const leaves = leavesOf(model, params, '')
  const inputShape = read.inputShape ?? guessInputShape(leaves)
  checkArgument(
    inputShape !== undefined,
    () =>
      `networkGraph: the input shape cannot be told from the params of ${model.name}; pass { inputShape }, without the batch axis.`,
  )
  // Also checks that the layers fit each other.
  let shape = inputShape
  model.outputShape(shape)
  addColumn(build, 'input', '', shape.length === 1 ? shape[0]! : 1, (index, count) => ({
    kind: 'input',
    label: count === 1 && shape.length === 1 ? 'x' : shape.length === 1 ? `x${index + 1}` : `input ${shape.join('×')}`,
  }))
  build.front = build.nodes.map(({ id }) => id)
  for (const leaf of leaves) {
    await addLayer(build, leaf, shape, biasAsInput)
    shape = leaf.layer.outputShape(shape)
  }
  return finished(build)
}

const finished = ({ layers, nodes, edges }: Builder): NetworkGraph => ({ layers, nodes, edges })

interface Leaf {
  readonly layer: Layer
  readonly params: Tree
  readonly path: string
}

/** The layers of a sequential model, those of a sequential in it in its place. */
function leavesOf(layer: Layer, params: Tree, path: string): Leaf[] {
  if (layer.wiring !== 'chain' || layer.layers === undefined) return [{ layer, params, path }]
  if (!Array.isArray(params) || params.length !== layer.layers.length) {
    throw new NeuriteError(
      'NOT_INITIALIZED',
      `networkGraph: the params at ${path === '' ? 'the top' : path} must be an array with an entry for each of ${layer.layers.length} layers; make them with init.`,
      { path },
    )
  }
  const entries = params as readonly Tree[]
  return layer.layers.flatMap((part, i) => leavesOf(part, entries[i]!, `${path}[${i}]`))
}

function guessInputShape(leaves: readonly Leaf[]): readonly number[] | undefined {
  // What changes no shape may stand before.
  const first = leaves.find(({ layer }) => layer.map !== 'identity')
  const weight = first?.layer.map === 'matrix' ? weightOf(first.params) : undefined
  return weight?.shape.slice(0, 1)
}

const weightOf = (params: Tree): Tensor | undefined => tensorAt(params, 'weight')

function tensorAt(params: Tree, name: string): Tensor | undefined {
  const value = (params as Readonly<Record<string, unknown>>)[name]
  return isTensor(value) ? value : undefined
}

async function addLayer(
  build: Builder,
  { layer, params, path }: Leaf,
  inputShape: readonly number[],
  biasAsInput: boolean,
): Promise<void> {
  const last = build.layers.length - 1
  const flat = inputShape.length === 1
  const activation = activationOf(layer)
  const passes =
    layer.map === 'identity' || (layer.map === 'reshape' && flat && layer.outputShape(inputShape).length === 1)
  if (passes && activation === undefined) return
  const neurons = build.nodes.filter((node) => node.layer === last && node.kind === 'neuron')
  if (passes && neurons.length > 0 && neurons[0]!.activation === 'identity') {
    for (const node of neurons) build.nodes[build.nodes.indexOf(node)] = { ...node, ...(activation && { activation }) }
    return
  }
  const from = build.front
  if (layer.map !== 'matrix' || !flat) {
    const label = `${layer.name}${activation === undefined || activation === 'identity' ? '' : ` ${activation}`} → ${layer.outputShape(inputShape).join('×')}`
    const [id] = addColumn(build, layer.name, path, 1, () => ({ kind: 'layer', label }))
    for (const source of from) build.edges.push({ from: source, to: id! })
    build.front = [id!]
    return
  }
  const weight = weightOf(params)
  if (weight === undefined || weight.rank !== 2 || weight.shape[0] !== inputShape[0]) {
    throw new NeuriteError(
      'NOT_INITIALIZED',
      `networkGraph: the params at ${path === '' ? 'the top' : path} must have a weight of shape [${inputShape[0]}, units]; make them with init.`,
      { path },
    )
  }
  const weights = await weight.data()
  const bias = await tensorAt(params, 'bias')?.data()
  const units = weight.shape[1]!
  if (biasAsInput && bias !== undefined)
    build.nodes.push({ id: `${last}-one`, layer: last, kind: 'bias', index: -1, label: '1' })
  const ids = addColumn(build, layer.name, path, units, (index) => ({
    kind: 'neuron',
    label: `${index + 1}`,
    activation: activation ?? 'identity',
    ...(bias !== undefined && !biasAsInput && { bias: bias[index]! }),
  }))
  const whole = build.nodes.find(({ id }) => id === from[0])!.kind === 'layer'
  ids.forEach((to, j) => {
    // What comes from a layer drawn as one node has no single weight.
    if (whole) build.edges.push({ from: from[0]!, to })
    else from.forEach((source, i) => build.edges.push({ from: source, to, weight: weights[i * units + j]! }))
    if (biasAsInput && bias !== undefined) build.edges.push({ from: `${last}-one`, to, weight: bias[j]! })
  })
  build.front = ids
}

function addColumn(
  build: Builder,
  kind: string,
  path: string,
  count: number,
  describe: (index: number, count: number) => Omit<NetworkNode, 'id' | 'layer' | 'index'>,
): string[] {
  const layer = build.layers.length
  build.layers.push({ kind, path, nodes: count })
  return Array.from({ length: count }, (_, index) => {
    const id = `${layer}-${index}`
    build.nodes.push({ id, layer, index, ...describe(index, count) })
    return id
  })
}

/** A graph of layers: one node for each of its own. */
function addGraph(build: Builder, model: { readonly nodes: readonly GraphNode[] }): void {
  const depths = depthOf(model.nodes)
  const counts: number[] = []
  const ids = model.nodes.map((node, i) => {
    const layer = depths[i]!
    const index = (counts[layer] ??= 0)
    counts[layer]++
    const id = `${layer}-${index}`
    const label =
      node.kind === 'input'
        ? `input ${node.shape.join('×')}`
        : `${node.kind === 'call' ? node.layer.name : node.kind} → ${node.shape.join('×')}`
    build.nodes.push({ id, layer, index, kind: node.kind === 'input' ? 'input' : 'layer', label })
    return id
  })
  model.nodes.forEach((node, i) => {
    for (const source of node.inputs) build.edges.push({ from: ids[model.nodes.indexOf(source)]!, to: ids[i]! })
  })
  counts.forEach((nodes, layer) => build.layers.push({ kind: layer === 0 ? 'input' : 'graph', path: '', nodes }))
}

/** How many steps each node is from the inputs, the longest way. */
function depthOf(nodes: readonly GraphNode[]): number[] {
  const depths: number[] = []
  for (const node of nodes) depths.push(Math.max(0, ...node.inputs.map((source) => depths[nodes.indexOf(source)]! + 1)))
  return depths
}
