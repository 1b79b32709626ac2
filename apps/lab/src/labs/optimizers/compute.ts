import { cpu } from '@neurite/backend-cpu'
import {
  compile,
  concat,
  mean,
  mul,
  reshape,
  slice,
  sum,
  tensor,
  tidy,
  valueAndGrad,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { batchIndices } from '@neurite/data'
import { applyUpdates } from '@neurite/optimizers'
import { contours, type ContourMultiPolygon } from 'd3-contour'
import { optimizerFromConfig } from '@neurite/optimizers'
import { lossOf, PEOPLE, rowsOn, type Rows } from './losses.js'
import { trainRacer } from './network-race.js'
import { optimizerOf, rowsOf, type RacerId } from './racers.js'
import { surfaces, type Point, type SurfaceName } from './surfaces.js'

/** Cells of a surface's picture across. */
const ACROSS = 128
const LEVELS = 16

export interface LandscapeRequest {
  readonly surface: SurfaceName
  /** Left, right, bottom, top. */
  readonly window: readonly [number, number, number, number]
}

export interface Landscape extends LandscapeRequest {
  /** Of the grid, one cell of which is outside the window on each side. */
  readonly size: readonly [columns: number, rows: number]
  /** In cells, rows from the top; each holds what lies above its value. */
  readonly levels: readonly ContourMultiPolygon[]
  readonly minima: readonly Point[]
}

export interface RaceRequest {
  readonly where: SurfaceName | 'network'
  /** On a surface. */
  readonly start: Point
  readonly racers: readonly { readonly id: RacerId; readonly rate: number }[]
  /** Momentum's share of the last direction. */
  readonly beta: number
  readonly batchSize: number
  readonly seed: number
}

/** How one optimizer went. */
export interface Run {
  readonly id: RacerId
  /** L - L_min over all rows, before each step and after the last. It ends where the numbers do. */
  readonly losses: Float32Array
  /** Steps after which that stays below the goal. */
  readonly reached: number | undefined
  /** Whether it went where no way leads back. */
  readonly lost: boolean
  /** Rows whose gradients were computed, a step; 0 where there are no data. */
  readonly rowsAStep: number
  /** On a surface. */
  readonly way?: Way
  /** On the network: what it says on the grid of network.ts, again every few steps. */
  readonly pictures?: readonly Float32Array[]
}

export interface Way {
  /** The weights before each step and after the last: x, y, x, y, ... */
  readonly path: Float32Array
  /** The gradients of the steps, likewise. */
  readonly gradients: Float32Array
  /** From the last point to the nearest minimum. */
  readonly distance: number
}

/** Steps after which losses stay below the goal. */
export function reachedBy(losses: Float32Array, goal: number): number | undefined {
  const above = losses.findLastIndex((value) => !(value < goal))
  return above + 1 < losses.length ? above + 1 : undefined
}

async function onCpu<T>(act: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = cpu()
  try {
    return await act(backend)
  } finally {
    backend.dispose()
  }
}

const floats = async (values: Tensor): Promise<Float32Array> => Float32Array.from((await values.data()) as Float32Array)

/**
 * Contours that share the picture's area: between two of them lies as much of it, less near the bottom. The grid is a cell wider than the
 * window all around, since contours close along its border.
 */
export function landscape({ surface, window }: LandscapeRequest): Promise<Landscape> {
  return onCpu(async (backend) => {
    const [left, right, bottom, top] = window
    const cell = (right - left) / ACROSS
    const rowsHigh = Math.max(2, Math.round((top - bottom) / cell))
    const size = [ACROSS + 2, rowsHigh + 2] as const
    const places = size[0] * size[1]
    const column = (at: (k: number) => number): Tensor =>
      tensor(
        Float32Array.from({ length: places }, (_, k) => at(k)),
        { shape: [places, 1], backend },
      )
    const x = column((k) => left + ((k % size[0]) - 0.5) * cell)
    const y = column((k) => top - (Math.floor(k / size[0]) - 0.5) * ((top - bottom) / rowsHigh))
    const rows = surface === 'data' ? rowsOn(backend) : undefined
    const values = await floats(tidy(() => lossOf(surface)(x, y, rows)))
    const sorted = values.toSorted()
    const thresholds = Array.from(
      { length: LEVELS },
      (_, i) => sorted[Math.floor(((i + 0.6) / LEVELS) ** 1.5 * (places - 1))]!,
    )
    const levels = contours()
      .size([...size])
      .thresholds(thresholds)([...values])
    return { surface, window, size, levels, minima: (await bottomOf(surface, rows)).minima }
  })
}

/** The lowest points and the loss there. */
async function bottomOf(
  surface: SurfaceName,
  rows: Rows | undefined,
): Promise<{ readonly minima: readonly Point[]; readonly loss: number }> {
  if (rows === undefined) return { minima: surfaces[surface].minima, loss: 0 }
  // Of standardized columns the least squares' slope is their correlation, and the intercept 0.
  const { height, weight } = rows
  const slope = Number(await mean(mul(height, weight)).item())
  const at = (value: number): Tensor => tensor([[value]], { backend: height.backend })
  return { minima: [[slope, 0]], loss: (await floats(lossOf(surface)(at(slope), at(0), rows)))[0]! }
}

/** Every racer from one start, each with its own learning rate and rows. */
export async function race(request: RaceRequest): Promise<readonly Run[]> {
  const runs: Run[] = []
  const { where } = request
  if (where === 'network') {
    for (const racer of request.racers) runs.push(await trainRacer(request, racer))
    return runs
  }
  return onCpu(async (backend) => {
    const all = where === 'data' ? rowsOn(backend) : undefined
    const bottom = await bottomOf(where, all)
    for (const racer of request.racers) runs.push(await oneRun({ ...request, where }, racer, all, bottom, backend))
    return runs
  })
}

async function oneRun(
  { where, start, beta, batchSize, seed }: RaceRequest & { readonly where: SurfaceName },
  { id, rate }: RaceRequest['racers'][number],
  all: Rows | undefined,
  bottom: Awaited<ReturnType<typeof bottomOf>>,
  backend: Backend,
): Promise<Run> {
  const { steps, goal } = surfaces[where]
  const loss = lossOf(where)
  const optimizer = optimizerFromConfig({ ...optimizerOf(id, beta), learningRate: rate })
  const at = (w: Tensor, k: number): Tensor => slice(w, { begin: [0, k], size: [-1, 1] })
  const lossAt = (w: Tensor, rows: Rows | undefined): Tensor => loss(at(w, 0), at(w, 1), rows)
  const step = compile((w: Tensor, state: ReturnType<typeof optimizer.init>, rows: Rows | undefined) => {
    const [, gradient] = valueAndGrad((weights: Tensor) => sum(lossAt(weights, rows)))(w)
    const [update, next] = optimizer.update(gradient, state, w)
    return { w: applyUpdates(w, update), gradient, state: next }
  })
  let w = tensor(Float32Array.from(start), { shape: [1, 2], backend })
  let state = optimizer.init(w)
  const batches = all === undefined ? undefined : batchesOf(id, all, batchSize, seed, backend)
  const [path, gradients] = [[w], [] as Tensor[]]
  for (let k = 0; k < steps; k++) {
    const made = step(w, state, batches?.(k))
    ;({ w, state } = made)
    path.push(w)
    gradients.push(made.gradient)
  }
  const joined = concat(path)
  const losses = await floats(tidy(() => reshape(lossAt(joined, all), [-1])))
  const excess = losses.map((value) => Math.max(0, value - bottom.loss))
  step.dispose()
  return finite(id, await floats(joined), await floats(concat(gradients)), excess, {
    goal,
    minima: bottom.minima,
    rowsAStep: all === undefined ? 0 : id === 'gd' ? PEOPLE : batchSize,
  })
}

/** The rows of step k, uploaded once an epoch. */
function batchesOf(id: RacerId, all: Rows, batchSize: number, seed: number, backend: Backend): (k: number) => Rows {
  const order = rowsOf(id)
  if (order === 'all') return () => all
  const iterations = Math.ceil(PEOPLE / batchSize)
  let epoch: Int32Array[] = []
  return (k) => {
    if (k % iterations === 0) epoch = batchIndices(PEOPLE, { batchSize, order, seed, epoch: k / iterations })
    return rowsOn(backend, epoch[k % iterations])
  }
}

/** Beyond this nothing comes back. */
const LOST = 1e4

function finite(
  id: RacerId,
  path: Float32Array,
  gradients: Float32Array,
  losses: Float32Array,
  { goal, minima, rowsAStep }: { goal: number; minima: readonly Point[]; rowsAStep: number },
): Run {
  let end = 0
  while (end < losses.length && Math.hypot(path[2 * end]!, path[2 * end + 1]!) < LOST) end++
  const lost = end < losses.length
  const [x, y] = [path[2 * end - 2]!, path[2 * end - 1]!]
  return {
    id,
    losses: losses.slice(0, end),
    reached: lost ? undefined : reachedBy(losses, goal),
    lost,
    rowsAStep,
    way: {
      path: path.slice(0, 2 * end),
      gradients: gradients.slice(0, 2 * (lost ? end : end - 1)),
      distance: lost ? Infinity : Math.min(...minima.map(([mx, my]) => Math.hypot(x - mx, y - my))),
    },
  }
}
