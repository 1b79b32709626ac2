import { checkArgument, NeuriteError, type Json, type Tensor } from '@neurite/core'
import { asGiven, or, readOptions } from '@neurite/core/arguments'
import type { Activation } from './activations.js'
import { CUSTOM, type LayerConfig } from './config.js'
import { graph, type Graph, type MultiGraph } from './containers/graph.js'
import {
  addNodes,
  call,
  concatNodes,
  input,
  multiplyNodes,
  type GraphNode,
  type InputNode,
} from './containers/nodes.js'
import { residual } from './containers/residual.js'
import { sequential } from './containers/sequential.js'
import { initializerFromConfig } from './initializers/from-config.js'
import type { Initializer } from './initializers/initializer.js'
import type { Layer } from './layer.js'
import { activation } from './layers/activation.js'
import { batchNorm } from './layers/batch-norm.js'
import { conv2d } from './layers/conv2d.js'
import { dense } from './layers/dense.js'
import { dropout } from './layers/dropout.js'
import { embedding } from './layers/embedding.js'
import { flatten } from './layers/flatten.js'
import { layerNorm } from './layers/layer-norm.js'
import { patchEmbedding } from './layers/patch-embedding.js'
import { avgPool2d, globalAveragePool2d, maxPool2d } from './layers/pooling.js'
import { unflatten } from './layers/unflatten.js'

type Options = Readonly<Record<string, Json>>

/** How layers of your own are built again: by kind, from the config that `layer({ config })` got. */
export type LayerBuilders = Readonly<Record<string, (config: LayerConfig) => Layer>>

// What a config claims is only passed on: each function checks its arguments, whoever calls it.
const BUILDERS: Readonly<Record<string, (options: Options) => Layer>> = {
  activation: ({ activation: which, ...rest }) => only('activation', rest, activation(which as Activation)),
  avgPool2d: (options) => avgPool2d(options),
  batchNorm: (options) => batchNorm(options),
  conv2d: ({ filters, kernelSize, ...options }) =>
    conv2d(filters as number, { ...weights('conv2d', options), kernelSize: kernelSize as number }),
  dense: ({ units, ...options }) => dense(units as number, weights('dense', options)),
  dropout: ({ rate, ...rest }) => only('dropout', rest, dropout(rate as number)),
  embedding: ({ vocabulary, dim, ...options }) =>
    embedding(vocabulary as number, dim as number, weights('embedding', options)),
  flatten: (options) => only('flatten', options, flatten()),
  globalAveragePool2d: (options) => only('globalAveragePool2d', options, globalAveragePool2d()),
  layerNorm: (options) => layerNorm(options),
  maxPool2d: (options) => maxPool2d(options),
  patchEmbedding: ({ dim, patchSize, ...options }) =>
    patchEmbedding(dim as number, { ...weights('patchEmbedding', options), patchSize: patchSize as number }),
  unflatten: ({ shape, ...rest }) => only('unflatten', rest, unflatten(shape as number[])),
}

/** What has no further options. */
function only<T>(where: string, rest: Options, made: T): T {
  readOptions(where, rest, {})
  return made
}

/** Options of a layer with weights, with initializers in place of their configs. */
function weights(where: string, options: Options): Readonly<Record<string, Json | Initializer>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      name.endsWith('Initializer') ? initializerFromConfig(where, value) : value,
    ]),
  )
}

/**
 * The config of a model, made sure to be enough to build it again.
 *
 * @throws NeuriteError `NOT_SUPPORTED` naming the first layer that has no config, or whose activation or initializer is a function
 * @example
 * ```ts
 * import { configOf, dense, sequential } from '@neurite/nn'
 * configOf(sequential([dense(3, { activation: 'tanh' })])) // => { kind: 'sequential', layers: [{ kind: 'dense', units: 3, activation: 'tanh' }] }
 * configOf(dense(3, { activation: (x) => x })) // => throws NOT_SUPPORTED
 * ```
 */
export function configOf(model: Pick<Layer, 'name' | 'layers' | 'config'>, path = model.name): LayerConfig {
  const { config, layers = [] } = model
  if (config === undefined) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `configOf: ${path} has no config, so it cannot be saved; give layer({ config: { kind, ...options } }), and its builder when loading.`,
      { path },
    )
  }
  const custom = Object.keys(config).find(
    (name) => config[name] === CUSTOM && (name === 'activation' || name.endsWith('Initializer')),
  )
  if (custom !== undefined) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `configOf: the ${custom} of ${path} is a function, which cannot be saved; use a name or an initializer of this package, or a layer of your own with a config.`,
      { path },
    )
  }
  layers.forEach((part, i) => configOf(part, `${path}[${i}] ${part.name}`))
  return config
}

/**
 * The layer or model that a config describes. All layers of this package come along, so import it only where models are loaded.
 *
 * @param options - `builders` for layers of your own, by kind
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown kind or a config out of shape, `NOT_SUPPORTED` where a function was left
 * out, and what the layers themselves throw
 * @example
 * ```ts
 * import { dense, dropout, layerFromConfig, sequential, summary } from '@neurite/nn'
 * const text = JSON.stringify(sequential([dense(8, { activation: 'relu' }), dropout(0.5), dense(1)]).config)
 * summary(layerFromConfig(JSON.parse(text)), [2]).parameters // => 33
 * ```
 */
export function layerFromConfig(config: LayerConfig, options: { readonly builders?: LayerBuilders } = {}): Layer {
  const made = modelFromConfig(config, options)
  if ('apply' in made && 'outputShape' in made) return made
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    'layerFromConfig: this graph has several inputs or outputs, so it is no layer; use graphFromConfig.',
  )
}

/**
 * As {@link layerFromConfig}, for graphs of any number of inputs and outputs.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a config of another kind, and as {@link layerFromConfig}
 *
 * @example
 * ```ts
 * import { call, dense, graph, graphFromConfig, input } from '@neurite/nn'
 * const [a, b] = [input([1]), input([2])]
 * const model = graph({ inputs: [a, b], outputs: [call(dense(3), a), call(dense(4), b)] })
 * graphFromConfig(model.config).layers.length // => 2
 * ```
 */
export function graphFromConfig(
  config: LayerConfig,
  options: { readonly builders?: LayerBuilders } = {},
): Graph | MultiGraph<Tensor> | MultiGraph {
  const made = modelFromConfig(config, options)
  if ('nodes' in made) return made
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `graphFromConfig: kind must be 'graph', got ${JSON.stringify(config.kind)}; use layerFromConfig.`,
  )
}

function modelFromConfig(
  config: LayerConfig,
  options: { readonly builders?: LayerBuilders },
): Layer | ReturnType<typeof graphFromConfig> {
  const { builders } = readOptions('layerFromConfig', options, {
    builders: or<LayerBuilders, LayerBuilders>({}, asGiven),
  })
  checkArgument(
    typeof config === 'object' && config !== null && typeof config.kind === 'string',
    () =>
      `layerFromConfig: a config is an object with a kind, got ${JSON.stringify(config)}; a layer without a config cannot be built again.`,
  )
  const { kind, ...rest } = config
  if (Object.hasOwn(builders, kind)) return builders[kind]!(config)
  const { layers, ...others } = rest
  const parts = (): Layer[] => list('layers', layers).map((part) => layerFromConfig(part as LayerConfig, options))
  if (kind === 'sequential') return only(kind, others, sequential(parts()))
  if (kind === 'residual') return only(kind, others, residual(single(`the layers of a residual`, parts())))
  if (kind === 'graph') return buildGraph(others, parts())
  if (!Object.hasOwn(BUILDERS, kind)) {
    const known = [...Object.keys(BUILDERS), 'graph', 'residual', 'sequential', ...Object.keys(builders)]
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `layerFromConfig: unknown kind ${JSON.stringify(kind)}; known: ${known.sort().join(', ')}; pass { builders } for layers of your own.`,
      { kind },
    )
  }
  if (rest.activation === CUSTOM) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `layerFromConfig: the activation of ${kind} was a function, which a config cannot hold; pass a builder for ${kind}.`,
      { kind },
    )
  }
  return BUILDERS[kind]!(rest)
}

function list(what: string, value: Json | undefined): readonly Json[] {
  checkArgument(Array.isArray(value), () => `layerFromConfig: ${what} must be an array, got ${JSON.stringify(value)}.`)
  return value as readonly Json[]
}

/** The only one of a list. */
function single<T>(what: string, list: readonly T[]): T {
  checkArgument(list.length === 1, () => `layerFromConfig: ${what} must be one, got ${list.length}.`)
  return list[0]!
}

function buildGraph(
  { nodes, inputs, outputs, ...rest }: Options,
  layers: readonly Layer[],
): ReturnType<typeof graphFromConfig> {
  const built: GraphNode[] = []
  /** A node that was listed before: configs are in order, so no cycle can be written. */
  const at = (i: Json): GraphNode => {
    const node = typeof i === 'number' && Object.hasOwn(built, i) ? built[i] : undefined
    checkArgument(
      node !== undefined,
      () => `layerFromConfig: a graph's node refers to ${JSON.stringify(i)}, which is no node before it.`,
    )
    return node
  }
  const given = (from: Json | undefined): GraphNode[] => list('inputs', from).map(at)
  const kinds: Readonly<Record<string, (node: Options) => GraphNode>> = {
    add: ({ inputs: from, ...more }) => only('add', more, addNodes(given(from))),
    call: ({ layer, inputs: from, ...more }) => {
      const part = typeof layer === 'number' && Object.hasOwn(layers, layer) ? layers[layer] : undefined
      checkArgument(
        part !== undefined,
        () => `layerFromConfig: a graph calls layer ${JSON.stringify(layer)}, of ${layers.length}.`,
      )
      return only('call', more, call(part, single('the inputs of a call', given(from))))
    },
    concat: ({ axis, inputs: from, ...more }) =>
      only('concat', more, concatNodes(given(from), { axis: axis as number })),
    input: ({ shape, ...more }) => only('input', more, input(shape as number[])),
    multiply: ({ inputs: from, ...more }) => only('multiply', more, multiplyNodes(given(from))),
  }
  for (const node of list('nodes', nodes)) {
    const { kind, ...more } = (node ?? {}) as Options
    checkArgument(
      typeof kind === 'string' && Object.hasOwn(kinds, kind),
      () =>
        `layerFromConfig: a graph's node has the unknown kind ${JSON.stringify(kind)}; known: ${Object.keys(kinds).join(', ')}.`,
    )
    built.push(kinds[kind]!(more))
  }
  const source = (i: Json): InputNode => {
    const node = at(i)
    checkArgument(
      node.kind === 'input',
      () => `layerFromConfig: a graph's input ${JSON.stringify(i)} must be a node of kind 'input', got '${node.kind}'.`,
    )
    return node
  }
  if (!Array.isArray(inputs)) return only('graph', rest, graph({ inputs: source(inputs!), outputs: at(outputs!) }))
  const sources = (inputs as readonly Json[]).map(source)
  const made = Array.isArray(outputs)
    ? graph({ inputs: sources, outputs: (outputs as readonly Json[]).map(at) })
    : graph({ inputs: sources, outputs: at(outputs!) })
  return only('graph', rest, made)
}
