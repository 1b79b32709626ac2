import { add, checkArgument, concat, isTensor, mul, sameShape, type Tensor, type Tree, type Json } from '@neurite/core'
import { either, listOf, readOptions } from '@neurite/core/arguments'
import type { LayerConfig } from '../config.js'
import { readApply, readForward, readInit, readOwnInit, shapeError } from '../define-layer.js'
import type { ApplyOptions, ForwardOptions, InitOptions, Layer } from '../layer.js'
import { aNode, anInput, call, type GraphNode, type InputNode } from './nodes.js'
import { entriesOf, initParts, inPart, partOptions } from './parts.js'

type Trees = readonly Tree[]

/** What every graph has. */
export interface GraphParts {
  readonly name: 'graph'
  /** Each layer once, in the order of its first call; params and state have one entry for each. */
  readonly layers: readonly Layer[]
  /** Every node that an output needs, inputs before what uses them. */
  readonly nodes: readonly GraphNode[]
  readonly config: LayerConfig
  readonly wiring: 'graph'
  inputShapes(): readonly (readonly number[])[]
}

/** A {@link graph} of one input and one output: a layer. */
export interface Graph extends GraphParts, Layer<Trees, Trees> {
  readonly name: 'graph'
  readonly layers: readonly Layer[]
  readonly config: LayerConfig
  readonly wiring: 'graph'
  inputShapes(): readonly (readonly number[])[]
  withLayers(layers: readonly Layer[]): Graph
}

/**
 * A {@link graph} of several inputs: as a layer, with an array of tensors for them, and an array for the outputs, or one tensor where
 * the output came bare.
 */
export interface MultiGraph<Y extends Tensor | Tensor[] = Tensor[]> extends GraphParts {
  init(options?: Omit<InitOptions, 'inputShape'>): { params: Trees; state: Trees }
  apply(params: Trees, xs: readonly Tensor[], options?: ApplyOptions): Y
  forward(params: Trees, state: Trees, xs: readonly Tensor[], options?: ForwardOptions): [Y, Trees]
  outputShapes(): readonly (readonly number[])[]
}

/**
 * A network whose layers form any graph without cycles: build it from `input`, `call`, `addNodes`, `multiplyNodes` and `concatNodes`,
 * then name its inputs and outputs. With one of each it is a layer like any other; with an array of inputs it takes an array, and
 * with an array of outputs it returns one.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` if an output needs an input that is not listed, or none needs one that is
 * @example
 * ```ts
 * import { zeros } from '@neurite/core'
 * import { addNodes, call, dense, graph, input } from '@neurite/nn'
 * const x = input([2])
 * const h = call(dense(8, { activation: 'tanh' }), x)
 * const skip = call(dense(8, { useBias: false }), x)
 * const model = graph({ inputs: x, outputs: call(dense(1), addNodes([h, skip])) })
 * const { params } = model.init({ inputShape: [2], seed: 0 })
 * model.apply(params, zeros([5, 2])).shape // => [5, 1]
 * model.layers.map((layer) => layer.name) // => ['dense', 'dense', 'dense']
 * ```
 */
export function graph(ends: { readonly inputs: InputNode; readonly outputs: GraphNode }): Graph
export function graph(ends: { readonly inputs: readonly InputNode[]; readonly outputs: GraphNode }): MultiGraph<Tensor>
export function graph(ends: {
  readonly inputs: readonly InputNode[]
  readonly outputs: readonly GraphNode[]
}): MultiGraph
export function graph(ends: {
  readonly inputs: InputNode | readonly InputNode[]
  readonly outputs: GraphNode | readonly GraphNode[]
}): Graph | MultiGraph<Tensor> | MultiGraph {
  const name = 'graph'
  const { inputs, outputs } = readOptions(name, ends, {
    inputs: either('a node that input(shape) makes, or an array of them', anInput, listOf(anInput)),
    outputs: either('a node, or an array of nodes', aNode, listOf(aNode)),
  })
  checkArgument(
    isList(inputs) || !isList(outputs),
    () => 'graph: with an array of outputs, inputs must be an array, too.',
  )
  const sources = isList(inputs) ? inputs : [inputs]
  const targets = isList(outputs) ? outputs : [outputs]
  const nodes = inOrder(targets)
  // A file may describe as many nodes as it likes: nobody looks for one in a list.
  const placeOf = new Map(nodes.map((node, i) => [node, i]))
  for (const node of nodes)
    checkArgument(
      node.kind !== 'input' || sources.includes(node),
      () => `graph: an output needs an input of shape [${node.shape.join(', ')}] that inputs does not list.`,
    )
  for (const [i, node] of sources.entries())
    checkArgument(placeOf.has(node), () => `graph: no output needs inputs[${i}] of shape [${node.shape.join(', ')}].`)

  const calls = nodes.filter((node) => node.kind === 'call')
  const layers = [...new Set(calls.map((node) => node.layer))]
  // The shape of a layer's first call.
  const shapes = new Map([...calls].reverse().map((node) => [node.layer, node.inputs[0].shape]))
  const inputShapes = layers.map((layer) => shapes.get(layer)!)
  const layerAt = new Map(layers.map((layer, i) => [layer, i]))

  /** The outputs, and the states afterwards, where `states` has any. */
  const run = (
    params: Trees,
    states: Trees | undefined,
    xs: readonly Tensor[],
    options: ReturnType<typeof readForward>,
  ): [Tensor[], Trees] => {
    const next = [...(states ?? [])]
    const values = new Map<GraphNode, Tensor>()
    sources.forEach((source, i) => {
      const x = xs[i]
      checkArgument(
        xs.length === sources.length && isTensor(x) && x.rank > 0,
        () => `graph: takes ${sources.length} tensors with a batch axis, got ${xs.length} values.`,
      )
      if (!sameShape(x.shape.slice(1), source.shape))
        throw shapeError(sources.length > 1 ? `graph: input ${i}` : name, source.shape.join(', '), x.shape.slice(1))
      values.set(source, x)
    })
    nodes.forEach((node, n) => {
      const given = node.inputs.map((from) => values.get(from)!)
      if (node.kind === 'call') {
        const i = layerAt.get(node.layer)!
        values.set(
          node,
          inPart(`${name}[${i}]`, node.layer, () => {
            // The key belongs to the node: a shared dropout drops anew at each of its places.
            if (states === undefined) return node.layer.apply(params[i]!, given[0]!, partOptions(options, n))
            const [y, after] = node.layer.forward(params[i]!, next[i]!, given[0]!, partOptions(options, n))
            next[i] = after
            return y
          }),
        )
      } else if (node.kind === 'concat') values.set(node, concat(given, { axis: node.axis! }))
      else if (node.kind !== 'input') values.set(node, given.reduce(node.kind === 'add' ? add : mul))
    })
    return [targets.map((target) => values.get(target)!), next]
  }
  const entries = (what: 'params' | 'state', tree: unknown): Trees => entriesOf(name, what, tree, layers.length)
  const apply = (params: Trees, xs: readonly Tensor[], options: ApplyOptions): Tensor[] => {
    const { state, ...read } = readApply(name, options)
    return run(entries('params', params), state && entries('state', state), xs, read)[0]
  }
  const forward = (params: Trees, state: Trees, xs: readonly Tensor[], options: ForwardOptions): [Tensor[], Trees] => {
    return run(entries('params', params), entries('state', state), xs, readForward(name, options))
  }

  const index = (node: GraphNode): number => placeOf.get(node)!
  const parts: GraphParts = {
    name,
    layers,
    nodes,
    wiring: name,
    inputShapes: () => inputShapes,
    config: {
      kind: name,
      layers: layers.map((layer) => layer.config ?? null),
      nodes: nodes.map((node): Json => {
        if (node.kind === 'input') return { kind: 'input', shape: node.shape }
        const from = node.inputs.map(index)
        if (node.kind === 'call') return { kind: 'call', layer: layerAt.get(node.layer)!, inputs: from }
        return { kind: node.kind, inputs: from, ...(node.axis !== undefined && { axis: node.axis }) }
      }),
      inputs: isList(inputs) ? inputs.map(index) : index(inputs),
      outputs: isList(outputs) ? outputs.map(index) : index(outputs),
    },
  }
  if (!isList(inputs)) return one(inputs)
  return isList(outputs) ? many((ys) => ys) : many(([y]) => y!)

  function many<Y extends Tensor | Tensor[]>(given: (ys: Tensor[]) => Y): MultiGraph<Y> {
    return {
      ...parts,
      init: (options = {}) => initParts(name, layers, inputShapes, readOwnInit(name, options)),
      apply: (params, xs, options = {}) => given(apply(params, xs, options)),
      forward(params, state, xs, options = {}) {
        const [ys, next] = forward(params, state, xs, options)
        return [given(ys), next]
      },
      outputShapes: () => targets.map(({ shape }) => shape),
    }
  }

  function one(source: InputNode): Graph {
    const check = (inputShape: readonly number[]): void => {
      if (!sameShape(inputShape, source.shape)) throw shapeError(name, source.shape.join(', '), inputShape)
    }
    return {
      ...parts,
      withLayers(others) {
        const made = new Map<GraphNode, GraphNode>([[source, source]])
        for (const node of nodes) {
          if (node.kind === 'input') continue
          const from = node.inputs.map((before) => made.get(before)!)
          made.set(
            node,
            node.kind === 'call' ? call(others[layerAt.get(node.layer)!]!, from[0]!) : { ...node, inputs: from },
          )
        }
        return graph({ inputs: source, outputs: made.get(targets[0]!)! })
      },
      outputShape(inputShape) {
        check(inputShape)
        return targets[0]!.shape
      },
      init(options) {
        const { inputShape, ...rest } = readInit(name, options)
        check(inputShape)
        return initParts(name, layers, inputShapes, rest)
      },
      apply: (params, x, options = {}) => apply(params, [x], options)[0]!,
      forward(params, state, x, options = {}) {
        const [[y], next] = forward(params, state, [x], options)
        return [y!, next]
      },
    }
  }
}

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value)

/** Everything the targets need, each node once and after its inputs. */
function inOrder(targets: readonly GraphNode[]): GraphNode[] {
  const done = new Set<GraphNode>()
  const visit = (node: GraphNode): void => {
    if (done.has(node)) return
    node.inputs.forEach(visit)
    done.add(node)
  }
  targets.forEach(visit)
  return [...done]
}
