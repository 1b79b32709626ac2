import type { DType } from '@neurite/core'

/** The primitives that are computed element by element. */
export type Elementwise =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'floor'
  | 'exp'
  /** The exponential of what is known to be at most 0. */
  | 'expNonPositive'
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
  | 'erfc'
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
  /** What else is stored at each point, before the last node's value is: nodes whose values others read as well. */
  readonly also?: readonly Also[] | undefined
}

export interface Also {
  readonly node: number
  /** The operand over which it is written. */
  readonly operand: number
  readonly walk: Walk
}

const FUNCTIONS: ReadonlySet<Elementwise> = /* @__PURE__ */ new Set<Elementwise>([
  ...([
    'exp',
    'expNonPositive',
    'expm1',
    'log',
    'log1p',
    'sin',
    'cos',
    'tanh',
    'sigmoid',
    'erf',
    'erfc',
    'pow',
  ] as const),
])

/** Whether it computes what takes longer than the loop around it. */
export function hasFunction({ nodes }: Nest): boolean {
  return nodes.some(isFunction)
}

export function isFunction(node: Node): node is Extract<Node, { kind: 'apply' }> {
  return node.kind === 'apply' && FUNCTIONS.has(node.primitive)
}

/** Whether 64 bits are wanted in each lane. */
export function isWide({ nodes }: Nest): boolean {
  return nodes.some(
    (node) => node.dtype === 'float64' || (node.kind === 'apply' && node.from === 'float64') || node.kind === 'count',
  )
}

export function sameWalk(a: Walk, b: Walk): boolean {
  return a.dtype === b.dtype && a.offset === b.offset && a.strides.every((stride, axis) => stride === b.strides[axis])
}

/** Where a nest touches its operands. */
export function accessesOf({ nodes, also = [] }: Nest): { readonly operand: number; readonly walk: Walk }[] {
  return [...nodes.flatMap((node) => (node.kind === 'load' ? [node] : [])), ...also]
}

/** All that a nest reads and writes, in the order in which {@link withWalks} takes them: first the last node's store. */
export function walksOf({ store, nodes, also = [] }: Nest): readonly Walk[] {
  return [store, ...nodes.flatMap((node) => (node.kind === 'load' ? [node.walk] : [])), ...also.map(({ walk }) => walk)]
}

/** The nest over other axes, with other walks. */
export function withWalks(nest: Nest, extents: readonly number[], walks: readonly Walk[]): Nest {
  const [store, ...others] = walks
  let next = 0
  return {
    ...nest,
    extents,
    store: store!,
    nodes: nest.nodes.map((node): Node => (node.kind === 'load' ? { ...node, walk: others[next++]! } : node)),
    ...(nest.also && { also: nest.also.map((each) => ({ ...each, walk: others[next++]! })) }),
  }
}

/** For people. */
export function printNest({ extents, nodes, store, reduction, also = [] }: Nest): string {
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
  for (const { node, operand, walk } of also) lines.push(`${inner}${place(`operand${operand}`, walk)} = %${node}`)
  lines.push(`${inner}${place('out', store)} ${reduction === undefined ? '=' : `= ${reduction}`} %${nodes.length - 1}`)
  return lines.join('\n')
}
