import { aString, optional, readOptions } from '@neurite/core/arguments'
import { aTrace } from '../readers.js'
import { aDetail, showTrace, type Detail, type Shown } from './chain-rule.js'
import { columnsOf } from './columns-of.js'
import { reachedFrom } from './reached-from.js'
import type { BackpropTrace, TraceNode } from './trace.js'

/** Options of {@link traceGraph}. */
export interface TraceGraphOptions {
  /** Which nodes are drawn; see `latexSteps`. Default `named` if anything between inputs and loss has a name. */
  readonly detail?: Detail
  /** The name of a value: the way from the loss back to it is marked. Default: none. */
  readonly path?: string
}

/** A value of a trace, and where it stands. */
export interface TraceGraphNode {
  /** Its place in the trace's `nodes`. */
  readonly id: number
  /** Its column from the left, from 0; a value stands right of all that it is made from. */
  readonly column: number
  /** Its row, counted from the middle of the picture downwards: -1, 0 and 1 in a column of three, -0.5 and 0.5 in one of two. */
  readonly row: number
  /** What stands at it: biases, inputs that are added to its sum and used nowhere else; ids of the trace's `nodes`. */
  readonly carries: readonly number[]
  /** Whether it is on the path that was asked for. */
  readonly onPath: boolean
}

/** A value that enters another one. */
export interface TraceGraphEdge {
  readonly from: number
  readonly to: number
  /** What stands on the edge: weights that are used here alone, or a target; ids of the trace's `nodes`. */
  readonly carries: readonly number[]
  /** How far on the way from `from` to `to` that stands, from 0 to 1. On the edges between equal steps of rows, all then stand equally far apart. */
  readonly at: number
  /** The local gradient, d to / d from. Null if not all values of the trace are numbers, and where nothing flows. */
  readonly local: number | null
  /** The downstream gradient: upstream times local (chapter 4.3.4, Remark 1). Null where `local` is. */
  readonly downstream: number | null
  /** Whether it is on the path that was asked for. */
  readonly onPath: boolean
}

/** A trace as it is drawn, plain data. */
export interface TraceGraph {
  readonly columns: number
  /** The number of nodes in the fullest column. */
  readonly rows: number
  readonly nodes: readonly TraceGraphNode[]
  readonly edges: readonly TraceGraphEdge[]
}

/**
 * A trace as nodes and edges in columns and rows, for drawings of your own: the chapter draws its example so (4.3.4), inputs on the left,
 * the loss on the right. A weight that is used once, and what a loss compares with, stands on the edge of the value that it meets; a bias at the
 * sum that it is added to. `traceSvg` draws boxes in the same columns.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, also for a path to a value that the trace does not have, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { mul, sin, tensor } from '@neurite/core'
 * import { traceBackprop, traceGraph } from '@neurite/explain'
 * const trace = await traceBackprop(({ x, w }, name) => sin(name('z', mul(x, w))), { x: tensor(0), w: tensor(2) })
 * const { nodes, edges } = traceGraph(trace)
 * nodes.map(({ id, column }) => `${trace.nodes[id]!.name} in column ${column}`) // => ['x in column 0', 'z in column 1', '\\mathscr{L} in column 2']
 * const [first] = edges
 * first!.carries.map((id) => trace.nodes[id]!.name) // => ['w']
 * first!.local // => 2
 * first!.downstream // => 2
 * ```
 */
export function traceGraph(trace: BackpropTrace, options: TraceGraphOptions = {}): TraceGraph {
  const { detail, path } = readOptions('traceGraph', options, { detail: aDetail, path: optional(aString) })
  aTrace('traceGraph', 'trace', trace)
  const shown = showTrace(trace, detail)
  const onPath = path === undefined ? undefined : reachedFrom('traceGraph: path', trace.nodes, path)
  const isMarked = (id: number): boolean => onPath?.has(id) === true

  const { meets, beside } = meetings(trace.nodes, shown)
  const drawn = shown.filter(({ node: { id } }) => !meets.has(id) && !beside.has(id))
  const sourcesOf = ({ sources }: Shown): number[] =>
    sources.map(({ id }) => id).filter((id) => drawn.some(({ node }) => node.id === id))
  const column = columnsOf(
    drawn.map((step) => ({ id: step.node.id, made: step.node.kind === 'operation', sources: sourcesOf(step) })),
  )
  const columns = Math.max(...column.values()) + 1
  const counts = Array.from({ length: columns }, (_, at) => [...column.values()].filter((each) => each === at).length)
  const before = counts.map(() => 0)
  const nodes = drawn.map(({ node: { id } }): TraceGraphNode => {
    const at = column.get(id)!
    const carries = [...beside].flatMap(([bias, to]) => (to === id ? [bias] : []))
    return { id, column: at, row: before[at]!++ - (counts[at]! - 1) / 2, carries, onPath: isMarked(id) }
  })
  const edges = drawn.flatMap((step) => {
    const sources = sourcesOf(step)
    const to = step.node
    return sources.map((from): TraceGraphEdge => {
      const carries = [...meets].flatMap(([id, met]) => (met.from === from && met.to === to.id ? [id] : []))
      const local = drawn.find(({ node }) => node.id === from)!.uses.find(({ node }) => node === to)?.local?.value
      return {
        from,
        to: to.id,
        carries,
        at: sources.length / (sources.length + 1),
        local: local ?? null,
        downstream: local === undefined ? null : local * (to.gradient as number),
        onPath: isMarked(to.id) && (isMarked(from) || carries.some(isMarked)),
      }
    })
  })
  return { columns, rows: Math.max(...counts), nodes, edges }
}

interface Meetings {
  /** The edges on which inputs stand: those that are used once, by an operation of two, with another value that is shown. */
  readonly meets: ReadonlyMap<number, { readonly from: number; readonly to: number }>
  /** The values at which biases stand: inputs that are used once, added to something that is folded into the value. */
  readonly beside: ReadonlyMap<number, number>
}

function meetings(nodes: readonly TraceNode[], shown: readonly Shown[]): Meetings {
  const isShown = new Set(shown.map(({ node }) => node.id))
  const usersOf = (id: number): readonly TraceNode[] =>
    nodes.filter(({ inputs }) => inputs.some(({ from }) => from === id))
  const meets = new Map<number, { readonly from: number; readonly to: number }>()
  const beside = new Map<number, number>()
  for (const { node } of shown) {
    if (node.kind === 'operation') continue
    const [user, ...others] = usersOf(node.id)
    if (user?.inputs.length !== 2 || others.length > 0) continue
    const [first, second] = user.inputs.map(({ from }) => from)
    const other = first === node.id ? second! : first!
    const to = shownFrom(user, isShown, usersOf)
    // Of two inputs that could stand on each other's edge, the second one does; one that is both does not.
    const bothAlone = node.id === first && nodes[other]!.kind !== 'operation' && usersOf(other).length === 1
    if (to === undefined || bothAlone) continue
    if (isShown.has(other)) meets.set(node.id, { from: other, to })
    else if (user.primitive === 'add' && node.kind === 'input' && nodes[other]!.kind === 'operation')
      beside.set(node.id, to)
  }
  return { meets, beside }
}

/** The one shown value that an operation leads to: itself, or what it is folded into; undefined if there are several. */
function shownFrom(
  node: TraceNode,
  isShown: ReadonlySet<number>,
  usersOf: (id: number) => readonly TraceNode[],
): number | undefined {
  let at = node
  while (!isShown.has(at.id)) {
    const [next, ...others] = usersOf(at.id)
    if (next === undefined || others.length > 0) return undefined
    at = next
  }
  return at.id
}
