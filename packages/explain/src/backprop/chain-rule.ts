import { oneOf, optional } from '@neurite/core/arguments'
import { downstreamFormula, plus, sumOf, valueFormula, whole, type Application, type Expression } from './formulas.js'
import type { BackpropTrace, TraceNode } from './trace.js'

/** How much is shown: `named`: the inputs and what has a name, the rest written out in their formulas; `all`: every operation. */
export type Detail = 'named' | 'all'

/** One node of a trace with others folded into its formulas. */
export interface Shown {
  readonly node: TraceNode
  /** Its value, in the names of the nodes shown before it. */
  readonly formula: string
  /** Its gradient, in the names of those shown after it; '1' for the loss, null for constants. */
  readonly gradientFormula: string | null
  /** What it is made from and what is made from it, among the nodes shown. */
  readonly sources: readonly TraceNode[]
  readonly uses: readonly Use[]
}

/** A node shown that another one enters. */
export interface Use {
  readonly node: TraceNode
  /** d node / d the other one, along all ways between them; null if they are not all numbers. */
  readonly local: { readonly formula: string; readonly value: number } | null
}

export const aDetail = /* @__PURE__ */ optional(/* @__PURE__ */ oneOf('named', 'all'))

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
  const nameOf = ({ name }: TraceNode): Expression => (name.startsWith('-') ? { text: name, binds: 1 } : whole(name))
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
    inputShapes: node.inputs.map(({ from }) => nodes[from]!.shape),
    output,
    shape: node.shape,
  })
  const applicationOf = (node: TraceNode): Application =>
    application(node, isShown(node) ? nameOf(node) : written(node))

  /** The gradient at a node: the sum of what its uses send down. */
  const gradient = (node: TraceNode): Expression | undefined => {
    const terms = users[node.id]!.filter(({ node: user, k }) => user.inputs[k]!.downstream !== null).map(
      ({ node: user, k }) => downstreamFormula(applicationOf(user), k, upstream(user)),
    )
    return terms.length === 0 ? undefined : sumOf(terms)
  }
  const upstream = (node: TraceNode): Expression => {
    if (node.id === output) return whole('1')
    return isShown(node) ? whole(`\\frac{\\partial ${loss}}{\\partial ${node.name}}`) : gradient(node)!
  }

  /** d target / d node through nodes that are not shown. */
  const along = (node: TraceNode, target: TraceNode): { formula: Expression; value: number } | undefined => {
    let sum: { formula: Expression; value: number } | undefined
    for (const { node: user, k } of users[node.id]!) {
      const { local } = user.inputs[k]!
      if (local === null || (user !== target && isShown(user))) continue
      const rest = user === target ? { formula: whole('1'), value: 1 } : along(user, target)
      if (rest === undefined) continue
      const term = {
        formula: downstreamFormula(applicationOf(user), k, rest.formula),
        value: firstNumber(local) * rest.value,
      }
      sum = sum === undefined ? term : { formula: plus(sum.formula, term.formula), value: sum.value + term.value }
    }
    return sum
  }
  const nearest = (node: TraceNode): TraceNode[] => [
    ...new Set(users[node.id]!.flatMap(({ node: user }) => (isShown(user) ? [user] : nearest(user)))),
  ]
  const origins = (node: TraceNode): TraceNode[] => [
    ...new Set(
      node.inputs.flatMap(({ from }) => {
        const source = nodes[from]!
        return isShown(source) || source.kind === 'constant' ? [source] : origins(source)
      }),
    ),
  ]

  return nodes.filter(isShown).map((node) => {
    const uses = node.gradient === null ? [] : nearest(node).sort((a, b) => a.id - b.id)
    const numbers = node.shape.length === 0 && nodes.every(({ shape }) => shape.length === 0)
    return {
      node,
      formula: node.kind === 'operation' ? written(node).text : node.name,
      gradientFormula: node.id === output ? '1' : node.gradient === null ? null : (gradient(node)?.text ?? null),
      sources: origins(node),
      uses: uses.map((use): Use => {
        const local = numbers ? along(node, use) : undefined
        return { node: use, local: local === undefined ? null : { formula: local.formula.text, value: local.value } }
      }),
    }
  })
}

const firstNumber = (value: unknown): number => (Array.isArray(value) ? firstNumber(value[0]) : Number(value))
