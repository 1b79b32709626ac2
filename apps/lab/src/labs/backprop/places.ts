import type { BackpropTrace, TraceGraph, TraceGraphEdge } from '@neurite/explain'

export interface Point {
  readonly x: number
  readonly y: number
}

/** An edge on the stage: a curve from disc to disc, level at both ends and where its tag stands. */
export interface Line {
  readonly edge: TraceGraphEdge
  readonly path: string
  /** The middle of what stands on it; of the line, where nothing does. */
  readonly tag: Point
  readonly from: Point
}

/** explain's columns and rows in pixels. */
export interface Places {
  readonly radius: number
  readonly nodes: ReadonlyMap<number, Point>
  readonly lines: readonly Line[]
  /** Whether there is room for names and local gradients beside the numbers. */
  readonly roomy: boolean
  /** Whether there is room for the numbers of the present step only. */
  readonly crowded: boolean
  /** Whether a sum and its activation stand so close that their numbers have to go apart. */
  readonly close: boolean
  readonly weightWidth: number
  readonly targetWidth: number
  /** Where a bias stands, seen from the middle of its neuron, and the gradients of both. Undefined without biases. */
  readonly bias: BiasPlace | undefined
}

export interface BiasPlace {
  readonly x: number
  readonly y: number
  readonly height: number
  /** Baselines of the gradients: the sum's, and the bias' own. */
  readonly gradientY: number
  readonly ownGradientY: number
  /** Whether there is room for one gradient only: the bias' own while it is asked for, else the sum's. */
  readonly tight: boolean
}

const MARGIN = 8
/** Above and below the discs gradients and values are written. */
const ABOVE = 26
const BELOW = 24
/** With room, local gradients stand below the values. */
const BELOW_LOCALS = 38

/** A bias stands above the gradient of its sum; where rows are near, at the disc, with one gradient above it. */
function biasPlace(radius: number, width: number, roomy: boolean, tight: boolean): BiasPlace {
  const height = roomy ? 24 : 16
  const y = tight ? -(radius + 2 + height / 2) : -(radius + (roomy ? 22 : 19) + height / 2)
  const above = y - height / 2 - (roomy ? 5 : 3)
  // To the right: on the left stand the weights.
  const x = Math.max(0, width / 2 - radius - 2)
  return { x, y, height, gradientY: tight ? above : -radius - 8, ownGradientY: above, tight }
}
/** From a disc's upper side to the top of what stands above it. */
const topOf = ({ ownGradientY }: BiasPlace, radius: number): number => -ownGradientY - radius + 11

export function placesOf({ nodes: trace }: BackpropTrace, graph: TraceGraph, width: number, height: number): Places {
  const { columns, rows, nodes, edges } = graph
  const roomy = width > 560
  const below = roomy ? BELOW_LOCALS : BELOW
  const weightWidth = roomy ? (columns > 6 ? 86 : 96) : columns > 6 ? 31 : 38
  const targetWidth = roomy ? 84 : columns > 6 ? 29 : 34
  const columnOf = new Map(nodes.map(({ id, column }) => [id, column]))
  /** What stands between a column and the next. */
  const tags = Array.from({ length: columns - 1 }, (_, at) => {
    const [carried] = edges.filter(({ to }) => columnOf.get(to) === at + 1).flatMap(({ carries }) => carries)
    return carried === undefined ? 0 : trace[carried]!.kind === 'input' ? weightWidth : targetWidth
  })
  const used = 2 * MARGIN + tags.reduce<number>((sum, tag) => sum + tag, 0)
  const radius = Math.max(11, Math.min(30, (width - used) / (columns * (roomy ? 3.3 : 2.6)), height / (rows * 4)))
  // Before a tag the lines cross: there they have more room than after it.
  const shares = tags.map((tag): readonly [before: number, after: number] => (tag > 0 ? [1.9, 0.8] : [1, 0]))
  const unit = (width - used - columns * 2 * radius) / shares.reduce((sum, [before, after]) => sum + before + after, 0)
  const xs = tags.reduce<number[]>(
    (before, tag, i) => [...before, before.at(-1)! + 2 * radius + tag + (shares[i]![0] + shares[i]![1]) * unit],
    [MARGIN + radius],
  )
  const stepBelow = (above: number): number =>
    rows === 1 ? Infinity : Math.min(230, (height - above - below - 2 * radius) / (rows - 1))
  const loose = biasPlace(radius, weightWidth, roomy, false)
  const fits = stepBelow(topOf(loose, radius)) - 2 * radius >= below + topOf(loose, radius)
  const bias = nodes.some(({ carries }) => carries.length > 0)
    ? biasPlace(radius, weightWidth, roomy, !fits)
    : undefined
  const above = bias === undefined ? ABOVE : Math.max(ABOVE, topOf(bias, radius))
  const step = rows === 1 ? 0 : stepBelow(above)
  const middle = above + (height - above - below) / 2
  const points = new Map(nodes.map(({ id, column, row }) => [id, { x: xs[column]!, y: middle + row * step }]))
  const heights = new Map(
    tags.flatMap((tag, column) => {
      const into = edges.filter(({ to, carries }) => carries.length > 0 && columnOf.get(to) === column + 1)
      // A weight stands where explain says; a target beside the output that it is compared with.
      const share = (edge: TraceGraphEdge): number => (tag === targetWidth ? 0 : edge.at)
      const wanted = into.map((edge) => {
        const [a, b] = [points.get(edge.from)!, points.get(edge.to)!]
        return [edge, a.y + share(edge) * (b.y - a.y)] as const
      })
      return spread(wanted, height)
    }),
  )
  const lines = edges.map((edge) => {
    const into = edges.filter(({ to }) => to === edge.to)
    const fan = Math.min(9, (1.3 * radius) / into.length) * (into.indexOf(edge) - (into.length - 1) / 2)
    const column = columnOf.get(edge.to)! - 1
    return line(edge, points.get(edge.from)!, points.get(edge.to)!, radius, fan, {
      width: tags[column]!,
      x: xs[column]! + radius + shares[column]![0] * unit + tags[column]! / 2,
      y: heights.get(edge),
    })
  })
  const crowded = !roomy && columns > 6
  const close = 2 * radius + unit < 68
  return { radius, nodes: points, lines, roomy, crowded, close, weightWidth, targetWidth, bias }
}

/** Tags of one column closer than this would cover each other. */
const LEAST_APART = 16

/** Where the tags of a column stand: as wanted, or, where they would cover each other, evenly over the height in the same order. */
function spread<T>(wanted: readonly (readonly [T, number])[], height: number): readonly (readonly [T, number])[] {
  const sorted = [...wanted].sort(([, a], [, b]) => a - b)
  if (sorted.every(([, y], i) => i === 0 || y - sorted[i - 1]![1] >= LEAST_APART)) return wanted
  const [top, bottom] = [LEAST_APART, height - LEAST_APART]
  return sorted.map(([edge], i) => [edge, top + ((bottom - top) * i) / (sorted.length - 1)])
}

function line(
  edge: TraceGraphEdge,
  a: Point,
  b: Point,
  radius: number,
  fan: number,
  tag: { readonly width: number; readonly x: number; readonly y: number | undefined },
): Line {
  const from = { x: a.x + radius, y: a.y }
  const to = { x: b.x - Math.sqrt(radius * radius - fan * fan), y: b.y + fan }
  if (tag.y === undefined) {
    const tag = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
    return { edge, from, tag, path: `M${from.x} ${from.y}${curve(from, to)}` }
  }
  const at = { x: tag.x, y: tag.y }
  const [left, right] = [-1, 1].map((side) => ({ x: at.x + (side * tag.width) / 2, y: at.y }))
  return { edge, from, tag: at, path: `M${from.x} ${from.y}${curve(from, left!)}H${right!.x}${curve(right!, to)}` }
}

const curve = (from: Point, to: Point): string => {
  const middle = (from.x + to.x) / 2
  return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`
}
