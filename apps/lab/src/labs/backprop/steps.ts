import { latexSteps, type BackpropTrace, type LatexStep, type TraceGraph, type TraceNode } from '@neurite/explain'

/** What is done in a step; each is explained in a sentence. */
export type StepKind =
  | 'sum'
  | 'sumWithBias'
  | 'activation'
  | 'loss'
  | 'fromLoss'
  | 'throughPhi'
  | 'throughWeight'
  | 'split'
  | 'weight'
  | 'bias'
  | 'input'

/** Upstream times local, along one edge. */
export interface Term {
  readonly upstream: number
  readonly local: number
  readonly downstream: number
}

/** One value forward, or one gradient backward. */
export interface Step {
  readonly pass: 'forward' | 'backward'
  readonly kind: StepKind
  /** Which value: its place in the trace. */
  readonly id: number
  readonly name: string
  readonly result: number
  /** What stands between equals signs, as LaTeX: the name, the chain rule, the formula; the same in numbers; the result. */
  readonly symbols: readonly string[]
  readonly numbers: string | undefined
  readonly value: string
  /** What is multiplied on the way back. None on the way forward and straight from the loss. */
  readonly terms: readonly Term[]
  /** The same step for the whole layer (Remark 2), and where in its result this value stands. */
  readonly matrix: { readonly latex: string; readonly row: number; readonly column: number } | undefined
}

/** Digits of the formulas: an answer computed from what they show is right within a hundredth. */
const DIGITS = 4

/**
 * The steps in the order in which one draws them: forward column by column; backward from the loss, after each column the weights on the
 * edges into it and the biases of its neurons, since their gradients need nothing more (4.3.4, [1] to [6]). Inputs are not learned: their gradients come only where they are
 * asked for, last of all.
 *
 * @param options - `path`, the name of a weight or bias: of the backward pass only what its gradient needs; `dx`: on to the inputs
 */
export function stepsOf(
  trace: BackpropTrace,
  graph: TraceGraph,
  matrices: readonly LatexStep[],
  { path, dx }: { readonly path: string | undefined; readonly dx: boolean },
): Step[] {
  const named = latexSteps(trace, { digits: DIGITS, withNumbers: true })
  const plain = latexSteps(trace, { digits: DIGITS })
  const wanted = new Set(path === undefined ? [] : latexSteps(trace, { only: path }).map(({ name }) => name))
  const byColumn = Array.from({ length: graph.columns }, (_, at) =>
    graph.nodes.filter(({ column }) => column === at).map(({ id }) => id),
  )
  const step = (pass: Step['pass'], id: number): Step => {
    const node = trace.nodes[id]!
    const is = (each: LatexStep): boolean => each.pass === pass && each.name === node.name
    const symbols = plain.find(is)!.latex.split(' = ')
    const all = named.find(is)!.latex.split(' = ')
    return {
      pass,
      kind: kindOf(pass, node, trace, graph),
      id,
      name: node.name,
      result: Number(pass === 'forward' ? node.value : node.gradient),
      symbols: symbols.slice(0, -1),
      numbers: all.length > symbols.length ? all.at(-2) : undefined,
      value: all.at(-1)!,
      terms: pass === 'forward' ? [] : termsOf(node, trace, graph),
      matrix: matrixOf(pass, node.name, matrices),
    }
  }
  const forward = byColumn.slice(1).flatMap((ids) => ids.map((id) => step('forward', id)))
  const backward = byColumn
    .slice(dx ? 0 : 1)
    .reverse()
    .flatMap((ids) => [
      ...ids.filter((id) => id !== trace.output),
      ...graph.edges.filter(({ to }) => ids.includes(to)).flatMap(({ carries }) => carries),
      ...graph.nodes.filter(({ id }) => ids.includes(id)).flatMap(({ carries }) => carries),
    ])
    .filter((id) => trace.nodes[id]!.gradient !== null)
    .filter((id) => path === undefined || wanted.has(trace.nodes[id]!.name))
    .map((id) => step('backward', id))
  return [...forward, ...backward]
}

function kindOf(pass: Step['pass'], node: TraceNode, { output }: BackpropTrace, graph: TraceGraph): StepKind {
  const { edges, nodes } = graph
  const isActivation = node.name.startsWith('\\varphi')
  if (pass === 'forward') {
    if (node.id === output) return 'loss'
    const biased = nodes.some(({ id, carries }) => id === node.id && carries.length > 0)
    return isActivation ? 'activation' : biased ? 'sumWithBias' : 'sum'
  }
  if (node.kind === 'input') {
    if (neuronOf(node.id, graph) !== undefined) return 'bias'
    return edges.some(({ from }) => from === node.id) ? 'input' : 'weight'
  }
  if (!isActivation) return 'throughPhi'
  const uses = edges.filter(({ from }) => from === node.id)
  if (uses.some(({ to }) => to === output)) return 'fromLoss'
  return uses.length > 1 ? 'split' : 'throughWeight'
}

/** The sum that a bias stands at. */
export const neuronOf = (bias: number, { nodes }: TraceGraph): number | undefined =>
  nodes.find(({ carries }) => carries.includes(bias))?.id

function termsOf(node: TraceNode, { nodes, output }: BackpropTrace, graph: TraceGraph): Term[] {
  const { edges } = graph
  const gradient = (id: number): number => Number(nodes[id]!.gradient)
  const user = edges.find(({ carries }) => carries.includes(node.id))?.to ?? neuronOf(node.id, graph)
  if (user !== undefined) {
    // A weight's local gradient is what it is multiplied with (4.3.4, [1]); a bias' is 1.
    const use = nodes.flatMap(({ inputs }) => inputs).find(({ from }) => from === node.id)!
    return [{ upstream: gradient(user), local: Number(use.local), downstream: Number(node.gradient) }]
  }
  return edges
    .filter(({ from, to }) => from === node.id && to !== output)
    .map(({ to, local, downstream }) => ({ upstream: gradient(to), local: local!, downstream: downstream! }))
}

/** Where the chapter takes a step of its example: [1] to [6] of Backpropagation Example 1 (4.3.4). */
export const CHAPTER: Readonly<Record<string, string>> = {
  'w_{z1_2}': '[1]',
  'w_{z2_2}': '[2]',
  'z_{1}': '[3]',
  'z_{2}': '[3]',
  'w_{y2_2}': '[4]',
  'y_{2}': '[4]',
  '\\varphi(y_{2})': '[6]',
}

/** y_{2} is the second entry of Z_1, phi(y_{2}) of A_1, b_{y2} of b_1; w_{y2_1} stands in row 1 and column 2 of W_1. */
function matrixOf(pass: Step['pass'], name: string, steps: readonly LatexStep[]): Step['matrix'] {
  const find = (...names: string[]): string | undefined =>
    names
      .map((each) => steps.find((step) => step.pass === pass && step.name === each)?.latex)
      .find((latex) => latex !== undefined)
  const [, phi, bias, letter, column, row] =
    /^(\\varphi\()?(?:(b)_\{|w_\{)?([yzu])(?:_\{)?(\d)(?:_(\d))?/.exec(name) ?? []
  if (letter === undefined) {
    const latex = find(name)
    return latex === undefined ? undefined : { latex, row: 0, column: 0 }
  }
  const layer = 'yzu'.indexOf(letter) + 1
  const latex =
    bias !== undefined
      ? find(`b_{${layer}}`)
      : row !== undefined
        ? find(`W_{${layer}}`)
        : phi === undefined
          ? find(`Z_{${layer}}`)
          : // A layer without an activation has no A of its own.
            find(`A_{${layer}}`, `Z_{${layer}}`)
  return latex === undefined
    ? undefined
    : { latex, row: row === undefined ? 0 : Number(row) - 1, column: Number(column) - 1 }
}
