import { checkArgument, key, NeuriteError, tensor, type Backend } from '@neurite/core'
import {
  aFunction,
  aSeed,
  asGiven,
  having,
  number,
  optional,
  or,
  readOptions,
  whole,
  type Reader,
  aBackend,
} from '@neurite/core/arguments'
import {
  dense,
  sequential,
  type Activation,
  type DenseParams,
  type Layer,
  type Nothing,
  type Sequential,
} from '@neurite/nn'
import { suitableActivation, type HostActivation } from './activation.js'
import { boxOf, gridOf, sample, stretched, trainingPoints, type Box, type RealFunction } from './box.js'
import { fitNetwork, type Problem } from './fit-network.js'
import { combine, hiddenValues, type ShallowNetwork } from './network.js'

/** Where a fit stands. */
export interface ApproximationProgress {
  /** Of the network that is being fitted. Smaller networks come first. */
  readonly neurons: number
  /** Steps of refinement so far; 0 while starts are made. */
  readonly step: number
  /** Root mean square of the errors at the training points; Infinity before there are any. */
  readonly rmsError: number
}

/** Options of {@link approximate}. */
export interface ApproximateOptions {
  /** [low, high] for a function of one number; an interval for each coordinate of a function of two or three. */
  readonly domain: readonly [number, number] | Box
  /** How many hidden neurons, N. Without it as many as `tolerance` needs. */
  readonly neurons?: number
  /** The sup-norm error to reach, with 5, 10, 20, ... neurons. Default 0.01. Not together with `neurons`. */
  readonly tolerance?: number
  /** Most neurons that `tolerance` may take. Default 160. */
  readonly maxNeurons?: number
  /** phi: a name, or a function of a tensor that works element by element. No polynomial. Default 'tanh'. */
  readonly activation?: Activation
  /** Default 0. The same seed gives the same network. */
  readonly seed?: number
  /** Most steps of refinement for a network; 0 leaves hidden weights as they were drawn. Default 60. */
  readonly steps?: number
  /** Must have float64. Default: the default backend. */
  readonly backend?: Backend
  /** Ends the work with `ABORTED`. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ApproximationProgress) => void
}

/** F(x) = sum v_i phi(w_i . x + b_i), close to a function. */
export interface Approximation {
  readonly neurons: number
  /** The largest |F - f| on a grid of points that were not used for fitting: 1024, 64 x 64 or 32 x 32 x 32. Never larger with more neurons. */
  readonly supError: number
  /** The root mean square of F - f there. */
  readonly rmsError: number
  /** Whether `supError` is within `tolerance`; undefined where `neurons` was given. */
  readonly reached: boolean | undefined
  /** Where: an interval for each coordinate. */
  readonly domain: Box
  /** The numbers of the formula: w_i, b_i and v_i for each neuron i. */
  readonly weights: {
    readonly w: readonly (readonly number[])[]
    readonly b: readonly number[]
    readonly v: readonly number[]
  }
  /** `sequential([dense(N, { activation }), dense(1, { useBias: false })])`, and its params in float64. */
  readonly model: Sequential<readonly [Layer<DenseParams, Nothing>, Layer<DenseParams, Nothing>]>
  readonly params: readonly [DenseParams, DenseParams]
  /** F at points: numbers for a function of one number, else arrays. */
  readonly evaluate: (points: readonly number[] | readonly (readonly number[])[]) => Promise<number[]>
}

/** Refinement ends where the root mean square error is this share of the function's largest value. */
const ACCURATE = 1e-7

/**
 * The universal approximation theorem at work (chapter 4.1): finds F(x) = sum v_i phi(w_i . x + b_i) close to a function f
 * of one, two or three numbers on a box, and says how close, on points that were not used for fitting.
 *
 * Neurons are added one by one where the error is largest, or drawn at random over the box; v is solved for by least squares,
 * and all weights are refined by Levenberg and Marquardt's method; everything in float64. The network with the smallest
 * `supError` is kept, so that more neurons are never worse. Yields to the event loop between steps.
 *
 * @param f - finite on the whole domain; the theorem asks for a continuous one
 * @throws NeuriteError `INVALID_ARGUMENT` for an activation that cannot approximate (a polynomial, softmax) and for
 * wrong options, `NON_FINITE` naming the point where f is not finite, `NOT_SUPPORTED` for a backend without float64,
 * `ABORTED`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { approximate } from '@neurite/explain'
 * const F = await approximate((x) => Math.sin(2 * Math.PI * x), { domain: [0, 1], neurons: 10 })
 * F.supError < 1e-3 // => true
 * F.params[0].weight.shape // => [1, 10]
 * await approximate(Math.abs, { domain: [-1, 1], activation: 'identity' }) // => throws INVALID_ARGUMENT
 * ```
 */
export async function approximate(f: RealFunction, options: ApproximateOptions): Promise<Approximation> {
  aFunction('approximate', 'f', f)
  const read = readOptions('approximate', options, {
    domain: asGiven<ApproximateOptions['domain']>,
    neurons: optional(whole(1)),
    tolerance: optional(number('(0, Infinity)')),
    maxNeurons: or(160, whole(1)),
    activation: or('tanh', asGiven<Activation>),
    seed: or(0, aSeed),
    steps: or(60, whole(0)),
    backend: optional(aBackend),
    signal: optional(having<AbortSignal>('an AbortSignal', 'aborted')),
    onProgress: optional(aFunction as Reader<NonNullable<ApproximateOptions['onProgress']>>),
  })
  const { activation, seed, steps, tolerance = 0.01, maxNeurons, neurons, backend, signal, onProgress } = read
  checkArgument(
    neurons === undefined || read.tolerance === undefined,
    () => 'approximate: give neurons or tolerance, not both.',
  )
  const box = boxOf(read.domain)
  checkSignal(signal)
  const phi = await suitableActivation(activation, backend)

  const points = trainingPoints(f, box)
  const targets = sample(f, points, box)
  const largest = targets.reduce((a, y) => Math.max(a, Math.abs(y)), 0)
  const heldOut = gridOf(box.length, 'held out')
  const problem: Problem = {
    phi,
    points,
    targets,
    heldOut: { points: heldOut, targets: sample(f, heldOut, box) },
    steps,
    goal: points.rows * (ACCURATE * largest) ** 2,
    random: key(seed),
    known: [],
    async pause({ squares, ...at }) {
      onProgress?.({ ...at, rmsError: Math.sqrt(squares / points.rows) })
      await new Promise((resolve) => setTimeout(resolve))
      checkSignal(signal)
    },
  }
  for (let n = neurons ?? Math.min(5, maxNeurons); ; n = Math.min(2 * n, maxNeurons)) {
    const { network, supError, rmsError } = await fitNetwork(problem, n)
    const reached = neurons === undefined ? supError <= tolerance : undefined
    if (reached !== false || n === maxNeurons)
      return {
        neurons: n,
        supError,
        rmsError,
        reached,
        domain: box.map(([low, high]) => [low, high] as const),
        ...usable(phi, stretched(network, box), box.length, activation, backend),
      }
  }
}

/** A network as numbers, as a model, and as a function. */
function usable(
  phi: HostActivation,
  network: ShallowNetwork,
  m: number,
  activation: Activation,
  backend: Backend | undefined,
): Pick<Approximation, 'weights' | 'model' | 'params' | 'evaluate'> {
  const { w, b, v } = network
  const n = v.length
  const on = backend === undefined ? {} : { backend }
  const columns = Float64Array.from({ length: m * n }, (_, j) => w[(j % n) * m + Math.floor(j / n)]!)
  return {
    weights: {
      w: Array.from({ length: n }, (_, i) => [...w.subarray(i * m, (i + 1) * m)]),
      b: [...b],
      v: [...v],
    },
    model: sequential([dense(n, { activation }), dense(1, { useBias: false })]),
    params: [
      { weight: tensor(columns, { shape: [m, n], ...on }), bias: tensor(b, on) },
      { weight: tensor(v, { shape: [n, 1], ...on }) },
    ],
    async evaluate(points) {
      const rows = points.map((point: number | readonly number[]) => (typeof point === 'number' ? [point] : point))
      const wrong = rows.find((row) => row.length !== m)
      checkArgument(
        wrong === undefined,
        () => `evaluate: each point must have ${m} coordinates, got one of ${wrong!.length}.`,
      )
      const matrix = { rows: rows.length, columns: m, data: Float64Array.from(rows.flat()) }
      return [...combine(await hiddenValues(phi, matrix, network), v)]
    },
  }
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new NeuriteError('ABORTED', 'approximate: the signal was aborted.', {}, signal.reason)
}
