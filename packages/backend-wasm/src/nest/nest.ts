import type { DType } from '@neurite/core'

/** The primitives that are computed element by element. */
export type Elementwise =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'floor'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'erf'
  | 'logicalNot'
  | 'cast'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'equal'
  | 'less'
  | 'lessEqual'
  | 'logicalAnd'
  | 'logicalOr'
  | 'where'

export type Reduction = 'sum' | 'max' | 'min'

/** How a loop nest walks through one array: a step along axis i of the nest is `strides[i]` elements. */
export interface Walk {
  readonly dtype: DType
  readonly offset: number
  readonly strides: readonly number[]
}

/** A value that a nest computes at each point of its space, from those before it. */
export type Node =
  | { readonly kind: 'load'; readonly operand: number; readonly walk: Walk; readonly dtype: DType }
  | { readonly kind: 'constant'; readonly value: number; readonly dtype: DType }
  /** start + step * the index along the only axis. */
  | { readonly kind: 'count'; readonly start: number; readonly step: number; readonly dtype: DType }
  | {
      readonly kind: 'apply'
      readonly primitive: Elementwise
      readonly inputs: readonly number[]
      /** Of the inputs that are no condition. */
      readonly from: DType
      readonly dtype: DType
    }

/**
 * Loops with constant bounds around an expression: the last node's value at each point of the space is stored, or reduced over
 * the axes along which the result does not move. Plain data.
 */
export interface Nest {
  /** Outermost first. No axis has extent 1. */
  readonly extents: readonly number[]
  readonly nodes: readonly Node[]
  readonly store: Walk
  readonly reduction?: Reduction | undefined
}

/** For people. */
export function printNest({ extents, nodes, store, reduction }: Nest): string {
  const place = (name: string, { offset, strides }: Walk): string => {
    const terms = strides.flatMap((stride, axis) =>
      stride === 0 ? [] : [stride === 1 ? `i${axis}` : `${stride} i${axis}`],
    )
    if (offset !== 0 || terms.length === 0) terms.push(String(offset))
    return `${name}[${terms.join(' + ')}]`
  }
  const indent = (depth: number): string => '  '.repeat(depth)
  const lines = extents.map((extent, axis) => {
    const summed = reduction !== undefined && store.strides[axis] === 0
    return `${indent(axis)}for i${axis} < ${extent}${summed ? ' (reduced)' : ''}`
  })
  const inner = indent(extents.length)
  nodes.forEach((node, i) => {
    const what =
      node.kind === 'load'
        ? place(`operand${node.operand}`, node.walk)
        : node.kind === 'constant'
          ? String(node.value)
          : node.kind === 'count'
            ? `${node.start} + ${node.step} i0`
            : `${node.primitive}(${node.inputs.map((input) => `%${input}`).join(', ')})`
    lines.push(`${inner}%${i}: ${node.dtype} = ${what}`)
  })
  lines.push(`${inner}${place('out', store)} ${reduction === undefined ? '=' : `= ${reduction}`} %${nodes.length - 1}`)
  return lines.join('\n')
}
