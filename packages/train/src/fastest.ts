import {
  checkArgument,
  compile,
  disposeTree,
  key,
  mean,
  NeuriteError,
  square,
  valueAndGrad,
  zeros,
  type Backend,
  type Refusal,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { aBackend, having, listOf, number, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { abortError, inputIndices, type Layer } from '@neurite/nn'
import { applyUpdates, sgd, type Optimizer } from '@neurite/optimizers'
import { aSignal } from './evaluate/arguments.js'
import { checkModel } from './fit/run/options.js'

/** What {@link fastest} measures. */
export interface FastestOptions {
  readonly model: Layer
  /** The shape of one example: without the batch axis. */
  readonly inputShape: readonly number[]
  /** Examples a step. Default 32, as `fit`. */
  readonly batchSize?: number
  /** As it will be trained. Default `sgd({ learningRate: 0.01 })`. */
  readonly optimizer?: Optimizer
  /** How long each candidate may take, in milliseconds, beside its first step, which compiles. Default 200. */
  readonly duration?: number
  /** Ends the measurement: it rejects with `ABORTED`. */
  readonly signal?: AbortSignal
}

/** How one candidate did. */
export interface Measured {
  /** Its place in the list. */
  readonly index: number
  /** The backend's name. */
  readonly name: string
  /** The median time of a training step, in microseconds. */
  readonly microseconds: number
  /** How many steps were measured. */
  readonly steps: number
}

/** What {@link fastest} chose, and why. */
export interface Fastest {
  readonly backend: Backend
  /** Of every candidate that ran, the fastest first. */
  readonly measured: readonly Measured[]
  /** Candidates that cannot run here, or not this model. */
  readonly refused: readonly Refusal[]
  /** A sentence with the figures, for people. */
  readonly reason: string
}

/** A backend, or how to get one: what a factory such as `cpu()` or `wasm()` returns, or a function that calls it. */
export type Candidate = Backend | Promise<Backend> | (() => Backend | Promise<Backend>)

/**
 * The backend on which this model trains fastest, here and now: each candidate runs training steps on zeros for a fraction of a
 * second. Small networks are often fastest where a step costs least, large ones where arithmetic does; only a measurement
 * tells.
 *
 * What is measured is a compiled step of one batch, called one by one: forward, backward of the mean square of the output, update.
 * Candidates that are functions and are not chosen are disposed of; backends that you made yourself are left alone.
 *
 * @param candidates - in order of preference: of two that are equally fast (within 10%), the first is taken
 * @throws NeuriteError `BACKEND_UNAVAILABLE` with every reason if none can run, `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, `SHAPE_MISMATCH`,
 * `ABORTED`
 * @example
 * ```ts
 * import { cpu } from '@neurite/backend-cpu'
 * import { dense, sequential } from '@neurite/nn'
 * import { fastest } from '@neurite/train'
 * const model = sequential([dense(8, { activation: 'tanh' }), dense(1)])
 * const { backend, measured } = await fastest([() => cpu()], { model, inputShape: [2], batchSize: 10, duration: 20 })
 * backend.name // => 'cpu'
 * measured.length // => 1
 * ```
 */
export async function fastest(candidates: readonly Candidate[], options: FastestOptions): Promise<Fastest> {
  checkArgument(
    Array.isArray(candidates) && candidates.length > 0,
    () => 'fastest: candidates must be a list of backends or of functions that make one, such as [wasm(), cpu()].',
  )
  const { model, inputShape, batchSize, optimizer, duration, signal } = readOptions('fastest', options, {
    model: having<Layer>('a model, as sequential(...) returns', 'init', 'apply'),
    inputShape: listOf(whole(1)),
    batchSize: or(32, whole(1)),
    optimizer: optional(having<Optimizer>('what a factory such as adam() returns', 'init', 'update')),
    duration: or(200, number('(0, 60000]')),
    signal: optional(aSignal),
  })
  checkModel('fastest', model)
  const step = { model, inputShape, batchSize, optimizer: optimizer ?? sgd({ learningRate: 0.01 }) }
  const ran: { readonly backend: Backend; readonly isOurs: boolean; readonly measured: Measured }[] = []
  const refused: Refusal[] = []
  // One that fails while another is measured is read later.
  for (const candidate of candidates) if (candidate instanceof Promise) candidate.catch(() => {})
  for (const [index, candidate] of candidates.entries()) {
    if (signal?.aborted === true) throw abortError('fastest', signal)
    let backend: Backend | undefined
    try {
      backend = aBackend('fastest', 'candidate', await (typeof candidate === 'function' ? candidate() : candidate))
      const measured = { index, name: backend.name, ...(await measure(backend, step, duration)) }
      ran.push({ backend, isOurs: typeof candidate === 'function', measured })
    } catch (error) {
      // A model that does not fit is the caller's mistake on every backend.
      if (NeuriteError.isInstance(error) && MISTAKES.has(error.code)) throw error
      if (typeof candidate === 'function') backend?.dispose()
      refused.push({ index, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  const least = Math.min(...ran.map(({ measured }) => measured.microseconds))
  const chosen = ran.find(({ measured }) => measured.microseconds <= 1.1 * least)
  if (chosen === undefined) {
    const reasons = refused.map(({ index, reason }) => `\n- candidate ${index}: ${reason}`).join('')
    throw new NeuriteError('BACKEND_UNAVAILABLE', `fastest: none of ${candidates.length} candidates runs.${reasons}`, {
      refused,
    })
  }
  for (const { backend, isOurs } of ran) if (isOurs && backend !== chosen.backend) backend.dispose()
  const measured = ran.map((each) => each.measured).sort((a, b) => a.microseconds - b.microseconds)
  const figures = measured.map(({ name, microseconds }) => `${name} ${microseconds.toPrecision(3)} µs`).join(', ')
  const reason = `${chosen.backend.name}: a training step of ${batchSize} examples takes ${figures}.`
  return { backend: chosen.backend, measured, refused, reason }
}

const MISTAKES: ReadonlySet<string> = /* @__PURE__ */ new Set(['SHAPE_MISMATCH', 'INVALID_ARGUMENT', 'DTYPE_MISMATCH'])

type StepOptions = Required<Pick<FastestOptions, 'model' | 'inputShape' | 'batchSize' | 'optimizer'>>

/** Steps between two looks at the clock take about so long, in milliseconds. */
const BURST = 5

async function measure(
  backend: Backend,
  { model, inputShape, batchSize, optimizer }: StepOptions,
  duration: number,
): Promise<Pick<Measured, 'microseconds' | 'steps'>> {
  const { params: initial, state } = model.init({ inputShape, seed: 0, backend })
  const x = zeros([batchSize, ...inputShape], {
    backend,
    dtype: inputIndices(model) === undefined ? 'float32' : 'int32',
  })
  const step = compile(
    (params: Tree, own: Tree, batch: Tensor, random: ReturnType<typeof key>) => {
      const [loss, gradients] = valueAndGrad((p: Tree) => {
        return mean(square(model.forward(p, state, batch, { training: true, random })[0]))
      })(params)
      const [updates, next] = optimizer.update(gradients, own, params)
      return { params: applyUpdates(params, updates), own: next, loss }
    },
    { donate: [0, 1] },
  )
  const random = key(0)
  let now = { params: initial, own: optimizer.init(initial) }
  /** So many steps, and the loss of the last, which waits for the device; in milliseconds. */
  const run = async (steps: number): Promise<number> => {
    const start = performance.now()
    for (let i = 0; i < steps; i++) {
      const { loss, ...next } = step(now.params, now.own, x, random)
      now = next
      if (i === steps - 1) await loss.data()
      loss.dispose()
    }
    return performance.now() - start
  }
  try {
    await run(1)
    const times: number[] = []
    let [burst, steps, spent] = [1, 0, 0]
    while (spent < duration) {
      const took = await run(burst)
      times.push(took / burst)
      steps += burst
      spent += took
      // As many steps as fill a burst; never far more than before, since a short time is a coarse one.
      burst = Math.max(1, Math.floor(burst * Math.min(4, BURST / Math.max(took, 1e-3))))
    }
    times.sort((a, b) => a - b)
    return { microseconds: 1000 * times[Math.floor(times.length / 2)]!, steps }
  } finally {
    step.dispose()
    disposeTree([now.params, now.own, x, state])
  }
}
