import { fold, type Key } from '@neurite/core'
import type { HostActivation } from './activation.js'
import { randomUnits } from './features.js'
import { leastSquares, type Matrix } from './least-squares.js'
import { combine, hiddenValues, type ShallowNetwork } from './network.js'
import { refine, type Refinement } from './refine.js'

/** What is fitted, and how: a function's values at points of [-1, 1]^m. */
export interface Problem {
  readonly phi: HostActivation
  readonly points: Matrix
  readonly targets: Float64Array
  /** At most so many steps of refinement for one network. */
  readonly steps: number
  /** Refinement ends at this sum of squares. */
  readonly goal: number
  readonly random: Key
  readonly pause: Pause
  /** Networks made so far, by their number of neurons. */
  readonly known: Map<number, Refinement>
}

/** Called between steps; awaiting it lets other work run, and it throws to stop. */
export type Pause = (at: { readonly neurons: number; readonly step: number; readonly squares: number }) => Promise<void>

/** Units turn within the box at rates between 0.5 and one of these. */
const STEEPNESS = [2, 4, 8, 16, 32]

/** Below this many neurons a network starts from random units alone. */
const SMALL = 10

/** Multiplications that the refinement of one network may take: some seconds. */
const WORK = 4e9

/** Starts that are refined before the best is chosen, and by how many steps; at most half of all steps go there. */
const TRIED = 3
const TRIAL_STEPS = 4

/**
 * A network of so many units. The units start at random, v by least squares: for random units the error falls like
 * 1 / sqrt(N) or faster (Rahimi & Recht 2008). So that more neurons are never worse, half of them may come from the best
 * network of half the size. The starts with the smallest error are then refined in all of w, b and v.
 */
export async function fitNetwork(problem: Problem, neurons: number): Promise<Refinement> {
  const { known } = problem
  const made = known.get(neurons) ?? (await make(problem, neurons))
  known.set(neurons, made)
  return made
}

async function make(problem: Problem, neurons: number): Promise<Refinement> {
  const { phi, points, targets, random, pause, goal } = problem
  const half = neurons >= SMALL ? await fitNetwork(problem, Math.floor(neurons / 2)) : undefined
  const starts: Refinement[] = []
  for (const [i, steep] of STEEPNESS.entries()) {
    await pause({ neurons, step: 0, squares: Math.min(...starts.map(({ squares }) => squares)) })
    const scale = [0.5, steep] as const
    const stream = fold(fold(random, neurons), i)
    starts.push(await solved(problem, randomUnits(stream, neurons, points.columns, scale)))
    if (half === undefined) continue
    const { w, b } = half.network
    const fresh = randomUnits(fold(stream, 'more'), neurons - b.length, points.columns, scale)
    starts.push(await solved(problem, { w: joined(w, fresh.w), b: joined(b, fresh.b) }))
  }
  starts.sort((p, q) => p.squares - q.squares)

  const width = neurons * (points.columns + 2)
  let left = Math.min(problem.steps, Math.floor(WORK / (points.rows * width * width)))
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
  const best = tried.reduce((p, q) => (q.squares < p.squares ? q : p))
  return improve(best, left)
}

/** Units with the v that fits best. The ridge keeps v small where units are nearly alike. */
async function solved({ phi, points, targets }: Problem, units: Pick<ShallowNetwork, 'w' | 'b'>): Promise<Refinement> {
  const hidden = await hiddenValues(phi, points, units)
  const v = leastSquares(hidden, targets, 1e-13 * points.rows)
  const squares = combine(hidden, v).reduce((total, y, s) => total + (targets[s]! - y) ** 2, 0)
  return { network: { ...units, v }, squares, damping: 1e-3 }
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
