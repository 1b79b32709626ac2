import { broadcastShapes, checkArgument, formatShape, NeuriteError, sameShape } from '@neurite/core'
import { having, listOf, must, number, or, readOptions, takesNoOptions } from '@neurite/core/arguments'
import type { Layer } from '../layer.js'
import { aShape } from '../readers.js'
import { aLayer, inPart } from './parts.js'

/** A value in a {@link graph}, before there are numbers: plain data that says where it comes from. */
export type GraphNode = InputNode | CallNode | JoinNode

/** Where examples come in. `shape` here and below is that of one example, without the batch axis. */
export interface InputNode {
  readonly kind: 'input'
  readonly shape: readonly number[]
  readonly inputs: readonly []
}

/** The output of a layer. */
export interface CallNode {
  readonly kind: 'call'
  readonly layer: Layer
  readonly shape: readonly number[]
  readonly inputs: readonly [GraphNode]
}

/** Several values made one. */
export interface JoinNode {
  readonly kind: 'add' | 'multiply' | 'concat'
  /** Of a concat, from the end: -1 is the last. */
  readonly axis?: number
  readonly shape: readonly number[]
  readonly inputs: readonly GraphNode[]
}

export const aNode = /* @__PURE__ */ having<GraphNode>('a node, as input and call make', 'kind', 'shape', 'inputs')
export const anInput = /* @__PURE__ */ must(
  'an input, as input(shape) makes',
  (value): value is InputNode =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'input',
)

/**
 * An input of a {@link graph}.
 *
 * @param shape - of one example, without the batch axis
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no shape
 *
 * @example
 * ```ts
 * import { input } from '@neurite/nn'
 * input([28, 28, 1]).shape // => [28, 28, 1]
 * ```
 */
export function input(shape: readonly number[], ...none: readonly []): InputNode {
  takesNoOptions('input', none)
  return { kind: 'input', shape: [...aShape('input', 'shape', shape)], inputs: [] }
}

/**
 * The output of `layer` for the value at `node`. Calling one layer at several nodes shares its params.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` if the layer cannot take this shape
 *
 * @example
 * ```ts
 * import { call, dense, input } from '@neurite/nn'
 * call(dense(8), input([2])).shape // => [8]
 * ```
 */
export function call(layer: Layer, node: GraphNode, ...none: readonly []): CallNode {
  takesNoOptions('call', none)
  aLayer('call', 'the layer', layer)
  const { shape: from } = aNode('call', 'node', node)
  const shape = inPart('call', layer, () => layer.outputShape(from))
  return { kind: 'call', layer, shape, inputs: [node] }
}

/**
 * The sum of values of one rank; extents of 1 broadcast.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` naming both shapes, `INVALID_ARGUMENT` for no nodes
 *
 * @example
 * ```ts
 * import { addNodes, input } from '@neurite/nn'
 * addNodes([input([4, 3]), input([1, 3])]).shape // => [4, 3]
 * ```
 */
export function addNodes(nodes: readonly GraphNode[], ...none: readonly []): JoinNode {
  takesNoOptions('addNodes', none)
  const inputs = someNodes('addNodes', nodes)
  return { kind: 'add', shape: commonShape('addNodes', inputs), inputs }
}

/**
 * The product of values of one rank, element by element; extents of 1 broadcast.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` naming both shapes, `INVALID_ARGUMENT` for no nodes
 *
 * @example
 * ```ts
 * import { input, multiplyNodes } from '@neurite/nn'
 * multiplyNodes([input([4, 3]), input([4, 1])]).shape // => [4, 3]
 * ```
 */
export function multiplyNodes(nodes: readonly GraphNode[], ...none: readonly []): JoinNode {
  takesNoOptions('multiplyNodes', none)
  const inputs = someNodes('multiplyNodes', nodes)
  return { kind: 'multiply', shape: commonShape('multiplyNodes', inputs), inputs }
}

/**
 * Values side by side along one axis; all other extents must be equal.
 *
 * @param options - `axis`, default -1, the last; the batch counts as axis 0, which cannot be joined
 * @throws NeuriteError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`, `INVALID_ARGUMENT` for no nodes
 *
 * @example
 * ```ts
 * import { concatNodes, input } from '@neurite/nn'
 * concatNodes([input([4, 3]), input([4, 2])]).shape // => [4, 5]
 * ```
 */
export function concatNodes(nodes: readonly GraphNode[], options: { readonly axis?: number } = {}): JoinNode {
  const { axis } = readOptions('concatNodes', options, { axis: or(-1, number()) })
  nodes = someNodes('concatNodes', nodes)
  const rank = nodes[0]!.shape.length
  const fromEnd = axis > 0 ? axis - 1 - rank : axis
  if (!Number.isInteger(axis) || fromEnd >= 0 || fromEnd < -rank) {
    throw new NeuriteError(
      'AXIS_OUT_OF_RANGE',
      `concatNodes: axis must be in [1, ${rank}] or [${-rank}, -1] (axis 0 is the batch), got ${axis}.`,
      { axis },
    )
  }
  const at = rank + fromEnd
  const rest = (shape: readonly number[]): number[] => shape.filter((_, i) => i !== at)
  if (!nodes.every(({ shape }) => shape.length === rank && sameShape(rest(shape), rest(nodes[0]!.shape)))) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `concatNodes: shapes must be equal but for axis ${axis}, got ${nodes.map(({ shape }) => formatShape(shape)).join(', ')} (without the batch axis).`,
      { shapes: nodes.map(({ shape }) => shape) },
    )
  }
  const joined = nodes.reduce((total, { shape }) => total + shape[at]!, 0)
  return {
    kind: 'concat',
    axis: fromEnd,
    shape: nodes[0]!.shape.map((extent, i) => (i === at ? joined : extent)),
    inputs: nodes,
  }
}

/** A copy: what becomes of the caller's array changes no graph. */
function someNodes(where: string, nodes: readonly GraphNode[]): readonly GraphNode[] {
  const read = listOf(aNode)(where, 'nodes', nodes)
  checkArgument(read.length > 0, () => `${where}: nodes must be one or more, got none.`)
  return read
}

function commonShape(where: string, nodes: readonly GraphNode[]): readonly number[] {
  return nodes
    .map(({ shape }) => shape)
    .reduce((a, b) => {
      if (a.length !== b.length) {
        throw new NeuriteError(
          'SHAPE_MISMATCH',
          `${where}: values must have one rank, got ${formatShape(a)} and ${formatShape(b)} (without the batch axis).`,
          { a, b },
        )
      }
      return broadcastShapes(where, a, b)
    })
}
