import { oneOf, optional } from '@neurite/core/arguments'
import { constant, named, product, sum, type Expression } from './expression.js'
import { crossEntropyGradient } from './cross-entropy-gradient.js'
import { downstreamFormula, valueFormula, type Application } from './formulas.js'
import type { BackpropTrace, TraceNode } from './trace.js'
import { uniformValue } from './values.js'

/** How much is shown: `named`: the inputs and what has a name, the rest written out in their formulas; `all`: every operation. */
export type Detail = 'named' | 'all'

/** One node of a trace with others folded into its formulas. */
export interface Shown {
  readonly node: TraceNode
  /** Its value, in the names of the nodes shown before it. */
  readonly formula: Expression
  /** Its gradient, in the names of those shown after it; 1 for the loss, null for constants. */
  readonly gradientFormula: Expression | null
  /** What it is made from and what is made from it, among the nodes shown. */
  readonly sources: readonly TraceNode[]
  readonly uses: readonly Use[]
}

/** A node shown that another one enters. */
export interface Use {
  readonly node: TraceNode
  /** Null if not all values are numbers. */
  readonly local: Local | null
}

/** d node / d another one, along all ways between them. */
export interface Local {
  readonly formula: Expression
  readonly value: number
}

export const aDetail = /* @__PURE__ */ optional(/* @__PURE__ */ oneOf('named', 'all'))

/** A node by its name; a constant that is one number by that. */
export function nameOf({ kind, named: given, name, value, shape }: TraceNode): Expression {
  const number = kind === 'constant' && !given ? uniformValue(value) : undefined
  return number === undefined ? named(name, shape) : constant(number, shape)
}

/** The derivative of one name by another, as a name of its own. */
export const partial = (of: string, by: string, shape: readonly number[]): Expression =>
  named(`\\frac{\\partial ${of}}{\\partial ${by}}`, shape, true)

/**
 * The nodes of a trace that are shown, each with its formulas (the chain rule, chapter 4.3.4).
 *
 * @param asked - default `named` if the caller named anything between inputs and loss
 */
export function showTrace({ nodes, output }: BackpropTrace, asked: Detail | undefined): Shown[] {
  const anyNamed = nodes.some(({ kind, named, id }) => kind === 'operation' && named && id !== output)
  const detail = asked ?? (anyNamed ? 'named' : 'all')
  const isShown = (node: TraceNode): boolean =>
    detail === 'all' || node.named || node.kind === 'input' || node.id === output
  const loss = nodes[output]!.name
  const users = nodes.map((): { readonly node: TraceNode; readonly k: number }[] => [])
  for (const node of nodes) node.inputs.forEach(({ from }, k) => users[from]!.push({ node, k }))

  const values = new Map<number, Expression>()
  /** A node where it is used: its name, or its formula if it has no name of its own. */
  const inPlace = (node: TraceNode): Expression =>
    isShown(node) || node.kind === 'constant' ? nameOf(node) : written(node)
  const written = (node: TraceNode): Expression => {
    const known = values.get(node.id)
    if (known !== undefined) return known
    // A value's formula says nothing of the value itself.
    const made = valueFormula(application(node, nameOf(node)))
    values.set(node.id, made)
    return made
  }
  const application = (node: TraceNode, output: Expression): Application => ({
    primitive: node.primitive!,
    params: node.params,
    inputs: node.inputs.map(({ from }) => inPlace(nodes[from]!)),
    output,
  })
  const applicationOf = (node: TraceNode): Application =>
    application(node, isShown(node) ? nameOf(node) : written(node))

  const gradients = new Map<number, Expression | undefined>()
  /** The gradient at a node, made once: what is used twice at each step would double the work at each. */
  const gradient = (node: TraceNode): Expression | undefined => {
    if (!gradients.has(node.id)) gradients.set(node.id, arriving(node))
    return gradients.get(node.id)
  }
  /** The sum of what the uses of a node send down. */
  const arriving = (node: TraceNode): Expression | undefined => {
    const known = crossEntropyGradient(nodes, node, users[node.id]!, inPlace)
    if (known !== undefined) return known
    const terms = users[node.id]!.filter(({ node: user, k }) => user.inputs[k]!.downstream !== null).map(
      ({ node: user, k }) => downstreamFormula(applicationOf(user), k, upstream(user)),
    )
    return terms.length === 0 ? undefined : sum(...terms)
  }
  const upstream = (node: TraceNode): Expression => {
    if (node.id === output) return constant(1)
    return isShown(node) ? partial(loss, node.name, node.shape) : gradient(node)!
  }

  /** d target / d node through nodes that are not shown; `known` are those found on the way. */
  const along = (
    node: TraceNode,
    target: TraceNode,
    known = new Map<number, Local | undefined>(),
  ): Local | undefined => {
    if (known.has(node.id)) return known.get(node.id)
    let total: Local | undefined
    for (const { node: user, k } of users[node.id]!) {
      const { local } = user.inputs[k]!
      if (local === null || (user !== target && isShown(user))) continue
      const rest = user === target ? { formula: constant(1), value: 1 } : along(user, target, known)
      if (rest === undefined) continue
      const term = {
        formula: downstreamFormula(applicationOf(user), k, rest.formula),
        value: (local as number) * rest.value,
      }
      total =
        total === undefined ? term : { formula: sum(total.formula, term.formula), value: total.value + term.value }
    }
    known.set(node.id, total)
    return total
  }
  /** The shown nodes next to one on the way to the loss, and on the way back; each node asked once. */
  const nearest: (node: TraceNode) => readonly TraceNode[] = once((node) =>
    users[node.id]!.flatMap(({ node: user }) => (isShown(user) ? [user] : nearest(user))),
  )
  const origins: (node: TraceNode) => readonly TraceNode[] = once((node) =>
    node.inputs.flatMap(({ from }) => {
      const source = nodes[from]!
      return isShown(source) ? [source] : origins(source)
    }),
  )

  const numbers = nodes.every(({ shape }) => shape.length === 0)
  return nodes.filter(isShown).map((node) => {
    const uses = node.gradient === null ? [] : [...nearest(node)].sort((a, b) => a.id - b.id)
    const own = node.gradient === null ? undefined : gradient(node)
    return {
      node,
      formula: node.kind === 'operation' ? written(node) : nameOf(node),
      // In the node's shape, also where what arrives is one number for all.
      gradientFormula: node.id === output ? constant(1) : own === undefined ? null : product(node.shape, own),
      sources: origins(node),
      uses: uses.map((use): Use => ({ node: use, local: (numbers ? along(node, use) : undefined) ?? null })),
    }
  })
}

/** A list for each node, without repetitions, made when it is asked for first. */
function once(list: (node: TraceNode) => TraceNode[]): (node: TraceNode) => readonly TraceNode[] {
  const known = new Map<number, readonly TraceNode[]>()
  return (node) => {
    const made = known.get(node.id) ?? [...new Set(list(node))]
    known.set(node.id, made)
    return made
  }
}
