import { fold, tensor } from '@neurite/core'
import type { Tree } from '@neurite/nn'
import type { Optimizer } from '@neurite/optimizers'
import { massOf } from '../evaluate/evaluator.js'
import { validationName } from './history.js'
import { atStart } from './progress.js'
import type { FitOptions } from './options.js'
import type { Prepared } from './prepare.js'
import type { BatchInputs } from './step.js'

/** Runs an epoch, or what is left of one that was interrupted: its steps, then measurements and callbacks. */
export async function runEpoch(
  run: Prepared,
  options: FitOptions,
  turn: () => Promise<void> | undefined,
): Promise<void> {
  const { session, stepper, plan, lag } = run
  const { progress } = session
  const begun = performance.now()
  const from = progress.step
  if (from === 0) {
    progress.learningRate = (await learningRateOf(options.optimizer, session.optimizerState)) ?? null
    await session.beginEpoch()
  }
  const steps = stepsOf(run, options.optimizer, begun)
  while (progress.step < plan.iterations) {
    if (options.signal?.aborted === true) session.stop('signal')
    if (session.stoppedBy !== undefined) break
    steps.launch()
    if (stepper.pending > lag) await steps.settle()
    const others = turn()
    if (others !== undefined) await others
  }
  while (stepper.pending > 0) await steps.settle()
  if (progress.step < plan.iterations) return
  const values = {
    ...(await measure(run)),
    ...(progress.learningRate === null ? {} : { learningRate: progress.learningRate }),
  }
  const seconds = (performance.now() - begun) / 1000
  for (const [name, value] of Object.entries({ ...values, seconds })) session.history[name]!.push(value)
  const { epoch, iteration } = progress
  const samples = plan.split.trainIndices.length - from * plan.batchSize
  Object.assign(progress, { ...atStart(), epoch: epoch + 1, iteration, bestEpoch: progress.bestEpoch })
  await session.tellEpoch({
    epoch,
    epochs: options.epochs,
    iterations: iteration,
    values,
    seconds,
    samplesPerSecond: samples / seconds,
  })
}

/** Launches and settles the steps of the epoch under way, and keeps count. */
function stepsOf(run: Prepared, optimizer: Optimizer, begun: number): { launch(): void; settle(): Promise<void> } {
  const { session, stepper, plan, data, weights, weightTensor, random, offsets, sumLoss } = run
  const { progress } = session
  const order = plan.order(progress.epoch)
  const inputs = {
    x: data.x,
    y: data.y,
    order: run.keepOrder(tensor(order, { backend: session.backend })),
    ...(weightTensor === undefined ? {} : { weights: weightTensor }),
  }
  const whole: BatchInputs = { ...inputs, offsets: offsets.whole }
  const last: BatchInputs = { ...inputs, offsets: offsets.last }
  let samples = 0

  return {
    launch() {
      const { epoch, iteration, step } = progress
      const rows = order.subarray(step * plan.batchSize, (step + 1) * plan.batchSize)
      stepper.launch({
        epoch,
        iteration,
        rows,
        batch: step === plan.iterations - 1 ? last : whole,
        random: fold(random, iteration),
      })
      progress.iteration++
      progress.step++
    },
    async settle() {
      const { epoch, iteration, rows, loss, gradientNorm, before } = await stepper.settle()
      const mass = sumLoss ? 1 : massOf(rows, weights)
      progress.lossSum += loss * mass
      progress.mass += mass
      samples += rows.length
      if (!session.watched) return
      const samplesPerSecond = (1000 * samples) / (performance.now() - begun)
      const learningRate = await learningRateOf(optimizer, before.optimizerState)
      await session.tellIteration({
        epoch,
        iteration,
        loss,
        samplesPerSecond,
        ...(gradientNorm === undefined ? {} : { gradientNorm }),
        ...(learningRate === undefined ? {} : { learningRate }),
      })
    },
  }
}

/** What is known after an epoch, by the names of the history. */
async function measure({
  session,
  trainEvaluator,
  validationEvaluator,
  sumLoss,
}: Prepared): Promise<Record<string, number>> {
  const { params, state, progress } = session
  const training = await trainEvaluator?.measure(params, state)
  const validation = Object.entries((await validationEvaluator?.measure(params, state)) ?? {})
  return {
    loss: progress.lossSum / (sumLoss ? 1 : progress.mass),
    ...training,
    ...Object.fromEntries(validation.map(([name, value]) => [validationName(name), value])),
  }
}

/** What the optimizer's next update goes by, where it tells it. */
async function learningRateOf(optimizer: Optimizer, state: Tree): Promise<number | undefined> {
  const rate = optimizer.learningRate?.(state)
  if (rate === undefined) return undefined
  const value = await rate.item()
  rate.dispose()
  return value
}
