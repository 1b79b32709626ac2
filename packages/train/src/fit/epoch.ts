import { fold, type Tree } from '@neurite/core'
import type { Optimizer } from '@neurite/optimizers'
import { validationName } from './history.js'
import { atStart } from './progress.js'
import type { FitOptions } from './options.js'
import type { Prepared } from './prepare.js'
import type { StepBatch } from './feed.js'

/** Runs an epoch, or what is left of one that was interrupted: its steps, then measurements and callbacks. */
export async function runEpoch(
  run: Prepared,
  options: FitOptions,
  turn: () => Promise<void> | undefined,
): Promise<void> {
  const { session, stepper, feed, lag } = run
  const { progress } = session
  const begun = performance.now()
  if (progress.step === 0) {
    progress.learningRate = (await learningRateOf(options.optimizer, session.optimizerState)) ?? null
    await session.beginEpoch()
  }
  const steps = stepsOf(run, options.optimizer, begun)
  const batches = await feed.open(progress.epoch, progress.step)
  while (!batches.ended) {
    if (options.signal?.aborted === true) session.stop('signal')
    if (session.stoppedBy !== undefined) break
    const next = batches.next()
    const batch = next instanceof Promise ? await next : next
    if (batch === undefined) continue
    steps.launch(batch)
    if (stepper.pending > lag) await steps.settle()
    const others = turn()
    if (others !== undefined) await others
  }
  while (stepper.pending > 0) await steps.settle()
  if (!batches.ended) return
  const measured = await measure(run)
  if (measured === undefined) {
    // Its steps are made, so a checkpoint of now goes on with the measuring.
    session.stop('signal')
    return
  }
  const values = {
    ...measured,
    ...(progress.learningRate === null ? {} : { learningRate: progress.learningRate }),
  }
  const seconds = (performance.now() - begun) / 1000
  for (const [name, value] of Object.entries({ ...values, seconds })) session.history[name]!.push(value)
  const { epoch, iteration } = progress
  Object.assign(progress, { ...atStart(), epoch: epoch + 1, iteration, bestEpoch: progress.bestEpoch })
  await session.tellEpoch({
    epoch,
    epochs: options.epochs,
    iterations: iteration,
    values,
    seconds,
    samplesPerSecond: steps.samples / seconds,
  })
}

/** Steps that are launched and settled, and counted. */
interface Steps {
  /** Rows that were settled. */
  readonly samples: number
  launch(batch: StepBatch): void
  settle(): Promise<void>
}

function stepsOf({ session, stepper, random, sumLoss }: Prepared, optimizer: Optimizer, begun: number): Steps {
  const { progress } = session
  let samples = 0
  return {
    get samples() {
      return samples
    },
    launch({ rows, mass, inputs }) {
      const { epoch, iteration } = progress
      stepper.launch({ epoch, iteration, rows, mass, batch: inputs, random: fold(random, iteration) })
      progress.iteration++
      progress.step++
    },
    async settle() {
      const { epoch, iteration, rows, mass, loss, gradientNorm, before } = await stepper.settle()
      const counted = sumLoss ? 1 : mass
      progress.lossSum += loss * counted
      progress.mass += counted
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

/** What is known after an epoch, by the names of the history; undefined if the signal came while a source was read. */
async function measure({
  session,
  trainEvaluator,
  validationEvaluator,
  sumLoss,
}: Prepared): Promise<Record<string, number> | undefined> {
  const { params, state, progress } = session
  const training = trainEvaluator === undefined ? {} : await trainEvaluator.measure(params, state, progress.epoch)
  if (training === undefined) return undefined
  const validation =
    validationEvaluator === undefined ? {} : await validationEvaluator.measure(params, state, progress.epoch)
  if (validation === undefined) return undefined
  return {
    loss: progress.lossSum / (sumLoss ? 1 : progress.mass),
    ...training,
    ...Object.fromEntries(Object.entries(validation).map(([name, value]) => [validationName(name), value])),
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
