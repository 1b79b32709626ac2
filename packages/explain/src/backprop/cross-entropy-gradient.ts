import { call, difference, scaled, type Expression } from './expression.js'
import type { TraceNode } from './trace.js'
import { flatValues } from './values.js'

/** Cross-entropies raise probabilities to the dtype's epsilon, which is part of the gradient but not of the formula. */
const CLOSE = 1e-5

/** What makes probabilities of a value, by primitive: from its output, and as a formula of the value. */
const PROBABILITIES: Readonly<Record<string, readonly [of: (output: number) => number, name: string | undefined]>> = {
  softmax: [(p) => p, undefined],
  sigmoid: [(p) => p, undefined],
  logSoftmax: [Math.exp, '\\operatorname{softmax}'],
}

/**
 * The gradient of a cross-entropy by what enters its softmax or sigmoid: c (P - Y), which is what the chain rule gives where
 * the rows of Y add up to 1 (Bishop, "Pattern recognition and machine learning", 4.91 and 4.109). Written so only if the trace's own
 * numbers are those of the formula, for a constant Y of the trace; undefined otherwise.
 */
export function crossEntropyGradient(
  nodes: readonly TraceNode[],
  node: TraceNode,
  users: readonly { readonly node: TraceNode }[],
  inPlace: (node: TraceNode) => Expression,
): Expression | undefined {
  const user = users[0]?.node
  const [probabilityOf, name] = PROBABILITIES[user?.primitive ?? ''] ?? []
  if (users.length !== 1 || probabilityOf === undefined || node.gradient === null) return undefined
  const probabilities = flatValues(user!.value).map(probabilityOf)
  const gradient = flatValues(node.gradient)
  for (const target of nodes) {
    if (target.kind !== 'constant' || String(target.shape) !== String(node.shape)) continue
    const truth = flatValues(target.value)
    const differences = probabilities.map((p, i) => p - truth[i]!)
    const largest = differences.reduce((best, d, i) => (Math.abs(d) > Math.abs(differences[best]!) ? i : best), 0)
    const factor = nearFraction(gradient[largest]! / differences[largest]!)
    const fits = differences.every(
      (d, i) => Math.abs(factor * d - gradient[i]!) <= CLOSE * Math.abs(gradient[largest]!),
    )
    // One number fits any factor.
    if (!fits || factor === 0 || differences.length === 1) continue
    const formula = name === undefined ? inPlace(user!) : call(name, node.shape, inPlace(node))
    return scaled(factor, difference(formula, inPlace(target)))
  }
  return undefined
}

/** 1 / n if it is close to that: a mean over n rows, but for rounding. */
function nearFraction(value: number): number {
  const below = Math.round(1 / value)
  return Math.abs(value * below - 1) <= CLOSE ? 1 / below : value
}
