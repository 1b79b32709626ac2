import { cast, checkArgument, disposeTree, exp, mul, NeuriteError, power } from '@neurite/core'
import { aFunction, number, or, readOptions, whole } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import type { Optimizer, LearningRateSchedule } from '@neurite/optimizers'
import { fit, fitReaders, type Dataset, type FitOptions } from '@neurite/train'

/** Options of {@link learningRateFinder}. */
export interface LearningRateFinderOptions extends Pick<
  FitOptions,
  'batchSize' | 'order' | 'seed' | 'signal' | 'backend' | 'dtype' | 'params'
> {
  readonly loss: Loss
  /** Makes the optimizer for a learning rate: `(learningRate) => adam({ learningRate })`. */
  readonly optimizer: (learningRate: LearningRateSchedule) => Optimizer
  /** Where the rate begins. Default 1e-6. */
  readonly minimum?: number
  /** Where it ends, if the loss does not rise before. Default 10. */
  readonly maximum?: number
  /** How many rates are tried, one a step. Default 100. */
  readonly steps?: number
}

/** The loss over the learning rate, to be plotted over the rate's logarithm. */
export interface LearningRateCurve {
  readonly learningRates: readonly number[]
  /** Of each step's batch. */
  readonly losses: readonly number[]
  /** The losses with noise evened out. */
  readonly smoothed: readonly number[]
  /** A tenth of the rate at which the smoothed loss is least: as fast as goes with some margin. */
  readonly suggestion: number
}

/** Above this many times the least loss, training has diverged; where that is below 0, as far above it. */
const DIVERGED = 4

/** Rates grow by a factor that is computed in float32. */
const WIDEST = 1e38

/** How much of the average is kept at each step. */
const SMOOTHING = 0.9

/**
 * Trains for some steps while the learning rate grows from very small to too large (Smith 2017): where the loss falls
 * fastest, before it explodes, is a good rate. The model's params are not changed.
 *
 * @param options - `loss`, `optimizer`, `minimum` default 1e-6, `maximum` default 10, `steps` default 100, and some of fit's
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, `ABORTED`, and what `fit` throws
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { sgd } from '@neurite/optimizers'
 * import { learningRateFinder } from '@neurite/search'
 * const data = { x: [[-1], [0], [1], [2]], y: [-1, 1, 3, 5] }
 * const { suggestion } = await learningRateFinder(sequential([dense(1)]), data, {
 *   loss: mse, optimizer: (learningRate) => sgd({ learningRate }), minimum: 1e-4,
 * })
 * suggestion > 1e-3 && suggestion < 0.5 // => true
 * ```
 */
export async function learningRateFinder(
  model: Layer,
  data: Dataset,
  options: LearningRateFinderOptions,
): Promise<LearningRateCurve> {
  const where = 'learningRateFinder'
  const { loss, batchSize, order, seed, signal, backend, dtype, params } = fitReaders()
  const {
    minimum,
    maximum,
    steps,
    optimizer: optimizerFor,
    ...rest
  } = readOptions(where, options, {
    ...{ loss, batchSize, order, seed, signal, backend, dtype, params },
    optimizer: aFunction<LearningRateFinderOptions['optimizer']>,
    minimum: or(1e-6, number('(0, Infinity)')),
    maximum: or(10, number('(0, Infinity)')),
    steps: or(100, whole(10)),
  })
  checkArgument(
    minimum < maximum,
    () => `${where}: minimum must be less than maximum, got ${minimum} and ${maximum}.`,
    { minimum, maximum },
  )
  checkArgument(
    maximum / minimum <= WIDEST,
    () => `${where}: maximum / minimum must be at most ${WIDEST}, got ${maximum / minimum}; take a narrower range.`,
    { minimum, maximum },
  )
  const growth = Math.log(maximum / minimum) / (steps - 1)
  const schedule: LearningRateSchedule = (step) => mul(exp(mul(cast(step, 'float32'), growth)), minimum)
  const losses: number[] = []
  const smoothed: number[] = []
  let average = 0
  const diverged = (loss: number): boolean => {
    average = SMOOTHING * average + (1 - SMOOTHING) * loss
    losses.push(loss)
    // Divided by the weight gathered so far, so that the first values are not too small (Kingma & Ba 2015).
    smoothed.push(average / (1 - power(SMOOTHING, losses.length)))
    const least = Math.min(...smoothed)
    return losses.length >= steps || smoothed.at(-1)! - least > (DIVERGED - 1) * Math.abs(least)
  }
  try {
    const result = await fit(model, data, {
      ...rest,
      optimizer: optimizerFor(schedule),
      epochs: steps,
      callbacks: [
        {
          name: where,
          onIteration: ({ loss }, run) => {
            if (diverged(loss)) run.stop(where)
          },
        },
      ],
    } as FitOptions)
    disposeTree([result.params, result.state, result.optimizerState])
    if (result.stoppedBy === 'signal')
      throw new NeuriteError('ABORTED', `${where}: aborted after ${losses.length} steps.`, {}, options.signal?.reason)
  } catch (error) {
    // A rate at which the loss overflows is the end that was looked for.
    if (!NeuriteError.isInstance(error) || error.code !== 'NON_FINITE' || losses.length === 0) throw error
    disposeTree([error.details.params, error.details.state, error.details.optimizerState])
  }
  const learningRates = losses.map((_, i) => minimum * Math.exp(growth * i))
  const least = smoothed.indexOf(Math.min(...smoothed))
  return { learningRates, losses, smoothed, suggestion: learningRates[least]! / 10 }
}
