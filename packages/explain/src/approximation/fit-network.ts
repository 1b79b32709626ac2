import { fold, power, type Key } from '@neurite/core'
import type { HostActivation } from './activation.js'
import { randomUnits, unitsAt } from './features.js'
import { leastSquares, type Matrix } from './least-squares.js'
import { combine, evaluateNetwork, hiddenValues, type ShallowNetwork } from './network.js'
import { refine, type Refinement } from './refine.js'

/** What is fitted, and how: a function's values at points of [-1, 1]^m. */
export interface Problem {
  readonly phi: HostActivation
  readonly points: Matrix
  readonly targets: Float64Array
  /** Points between those of fitting, by which networks are compared. */
  readonly heldOut: { readonly points: Matrix; readonly targets: Float64Array }
  /** At most so many steps of refinement for one network. */
  readonly steps: number
  /** Refinement ends at this sum of squares. */
  readonly goal: number
  readonly random: Key
  readonly pause: Pause
  /** Networks made so far: that of n neurons is number n - 1. */
  readonly known: Fitted[]
}

/** Called between steps; awaiting it lets other work run, and it throws to stop. */
export type Pause = (at: { readonly neurons: number; readonly step: number; readonly squares: number }) => Promise<void>

/** Networks of one size. */
export interface Fitted {
  /** The one that larger ones grow from. */
  readonly latest: Refinement
  /** The one with the smallest error at the points held out, of this size or smaller with neurons that weigh 0. */
  readonly best: Measured
}

/** A network and its errors at the points held out. */
export interface Measured {
  readonly network: ShallowNetwork
  readonly supError: number
  readonly rmsError: number
}

/** Units turn within the box at rates between 0.5 and one of these. */
const STEEPNESS = [2, 4, 8, 16, 32]

/** Multiplications that the refinement of one network may take: some seconds. */
const WORK = 4e9
/** The same for a network that only leads to larger ones. */
const LITTLE_WORK = 1.2e7

/** Starts that are refined before the best is chosen, and by how many steps; at most half of all steps go there. */
const TRIED = 3
const TRIAL_STEPS = 4

/** Units that are looked at before one is added. */
const CANDIDATES = 48

/** Sizes whose networks are started anew and refined at length: 1 to 5, 10, 20, 40, ... */
const isThorough = (neurons: number): boolean => neurons <= 5 || Number.isInteger(Math.log2(neurons / 5))

/**
 * A network of so many neurons. Each is the one before with a neuron more, put where the error is largest, so that more
 * neurons are never worse (Barron 1993 for how greedy growth converges). At some sizes networks of random units compete with it: for those the
 * error falls like 1 / sqrt(N) or faster (Rahimi & Recht 2008). v is found by least squares, then w, b and v are refined.
 */
export async function fitNetwork(problem: Problem, neurons: number): Promise<Measured> {
  const { known } = problem
  while (known.length < neurons) known.push(await next(problem, known.at(-1)))
  return known[neurons - 1]!.best
}

async function next(problem: Problem, before: Fitted | undefined): Promise<Fitted> {
  const neurons = problem.known.length + 1
  const starts = before === undefined ? [] : [await grown(problem, before.latest)]
  if (isThorough(neurons)) starts.push(...(await randomStarts(problem, neurons)))
  starts.sort((p, q) => p.squares - q.squares)
  const latest = await refined(problem, starts, isThorough(neurons) ? WORK : LITTLE_WORK)
  const measured = await measure(problem, latest.network)
  // A neuron that weighs 0 changes nothing: the smaller network is one of this size.
  const best =
    before === undefined || measured.supError < before.best.supError
      ? measured
      : { ...before.best, network: withUnit(before.best.network, lastUnit(latest.network), 0) }
  return { latest, best }
}

/** Networks of random units, and of half of them beside the network of half the size. */
async function randomStarts(problem: Problem, neurons: number): Promise<Refinement[]> {
  const { points, random, pause, known } = problem
  const half = neurons >= 10 ? known[Math.floor(neurons / 2) - 1]?.latest.network : undefined
  const starts: Refinement[] = []
  for (const [i, steep] of STEEPNESS.entries()) {
    await pause({ neurons, step: 0, squares: Math.min(...starts.map(({ squares }) => squares)) })
    const scale = [0.5, steep] as const
    const stream = fold(fold(random, neurons), i)
    starts.push(await solved(problem, randomUnits(stream, neurons, points.columns, scale)))
    if (half === undefined) continue
    const fresh = randomUnits(fold(stream, 'more'), neurons - half.b.length, points.columns, scale)
    starts.push(await solved(problem, { w: joined(half.w, fresh.w), b: joined(half.b, fresh.b) }))
  }
  return starts
}

/** A network with one more unit: of some, the one most like what is left to explain (matching pursuit, Mallat & Zhang 1993). */
async function grown(problem: Problem, { network, squares }: Refinement): Promise<Refinement> {
  const { phi, points, targets, random, pause } = problem
  const { rows, columns: m } = points
  const neurons = network.b.length + 1
  await pause({ neurons, step: 0, squares })
  const rest = (await evaluateNetwork(phi, points, network)).map((y, s) => targets[s]! - y)
  const worst = rest.reduce((at, r, s) => (Math.abs(r) > Math.abs(rest[at]!) ? s : at), 0)
  const stream = fold(fold(random, neurons), 'one')
  const anywhere = randomUnits(stream, CANDIDATES, m, [0.5, STEEPNESS.at(-1)!])
  // Steeper, and points of fitting would not see what happens between them.
  const near = unitsAt(
    fold(stream, 'near'),
    CANDIDATES,
    points.data.subarray(worst * m, (worst + 1) * m),
    2 / spacingAt(points, worst),
  )
  const candidates = { w: joined(anywhere.w, near.w), b: joined(anywhere.b, near.b) }
  const { data, columns } = await hiddenValues(phi, points, candidates)
  let chosen = 0
  let most = -1
  for (let i = 0; i < columns; i++) {
    let along = 0
    let own = 0
    for (let s = 0; s < rows; s++) {
      along += data[s * columns + i]! * rest[s]!
      own += data[s * columns + i]! ** 2
    }
    const explained = own > 0 ? along ** 2 / own : 0
    if (explained > most) [chosen, most] = [i, explained]
  }
  const unit = { w: candidates.w.subarray(chosen * m, (chosen + 1) * m), b: candidates.b[chosen]! }
  return solved(problem, withUnit(network, unit, 0))
}

/** How far the points of fitting around one are from it: of one coordinate in order, of more on a grid. */
function spacingAt({ rows, columns: m, data }: Matrix, s: number): number {
  if (m > 1) return 2 / (power(rows, 1 / m) - 1)
  return Math.max((data[s] ?? 0) - (data[s - 1] ?? data[s]!), (data[s + 1] ?? data[s]!) - data[s]!)
}

/** The best of some starts, refined as far as steps and work allow. */
async function refined(problem: Problem, starts: readonly Refinement[], work: number): Promise<Refinement> {
  const { phi, points, targets, pause, goal } = problem
  const neurons = starts[0]!.network.b.length
  const width = neurons * (points.columns + 2)
  let left = Math.min(problem.steps, Math.floor(work / (points.rows * width * width)))
  let done = 0
  const improve = async (start: Refinement, count: number): Promise<Refinement> => {
    let best = start
    for (let i = 0; i < count && left > 0 && best.squares > goal; i++, left--) {
      await pause({ neurons, step: ++done, squares: best.squares })
      const next = await refine(phi, points, targets, best)
      if (next === undefined) break
      const slow = next.squares > best.squares * (1 - 1e-4)
      best = next
      if (slow) break
    }
    return best
  }
  const trial = Math.min(TRIAL_STEPS, Math.floor(left / (2 * TRIED)))
  const tried: Refinement[] = []
  for (const start of starts.slice(0, TRIED)) tried.push(await improve(start, trial))
  return improve(
    tried.reduce((p, q) => (q.squares < p.squares ? q : p)),
    left,
  )
}

async function measure({ phi, heldOut }: Problem, network: ShallowNetwork): Promise<Measured> {
  const errors = (await evaluateNetwork(phi, heldOut.points, network)).map((y, s) => y - heldOut.targets[s]!)
  return {
    network,
    supError: errors.reduce((a, e) => Math.max(a, Math.abs(e)), 0),
    rmsError: Math.sqrt(errors.reduce((a, e) => a + e * e, 0) / errors.length),
  }
}

/** Units with the v that fits best. The ridge keeps v small where units are nearly alike. */
async function solved({ phi, points, targets }: Problem, units: Pick<ShallowNetwork, 'w' | 'b'>): Promise<Refinement> {
  const hidden = await hiddenValues(phi, points, units)
  const v = leastSquares(hidden, targets, 1e-13 * points.rows)
  const squares = combine(hidden, v).reduce((total, y, s) => total + (targets[s]! - y) ** 2, 0)
  return { network: { w: units.w, b: units.b, v }, squares, damping: 1e-3 }
}

function lastUnit({ w, b }: ShallowNetwork): { readonly w: Float64Array; readonly b: number } {
  const m = w.length / b.length
  return { w: w.subarray(w.length - m), b: b.at(-1)! }
}

const withUnit = (
  { w, b, v }: ShallowNetwork,
  unit: { readonly w: Float64Array; readonly b: number },
  weight: number,
): ShallowNetwork => ({
  w: joined(w, unit.w),
  b: joined(b, Float64Array.of(unit.b)),
  v: joined(v, Float64Array.of(weight)),
})

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
