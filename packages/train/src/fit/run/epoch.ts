import { validationName } from './history.js'
import { noneCounts } from '../../evaluate/mass.js'
import type { Pace } from './pace.js'
import { atStart } from './progress.js'
import type { Fit } from './options.js'
import type { Prepared } from './prepare.js'
import type { Batch } from '../data/feed.js'
import type { Settled } from '../step/stepper.js'

/** Runs an epoch, or what is left of one that was interrupted: its steps, then measurements and callbacks. */
export async function runEpoch(run: Prepared, options: Fit, pace: Pace): Promise<void> {
  const { session, stepper, feed, lag } = run
  const { progress } = session
  const begun = performance.now()
  if (progress.step === 0) {
    progress.learningRate = (await run.rate?.at(stepper.current)) ?? null
    await session.beginEpoch()
  }
  const steps = stepsOf(run, begun)
  const batches = await feed.open(progress.epoch, progress.step)
  pace.begin()
  while (!batches.ended) {
    if (options.signal?.aborted === true) session.stop('signal')
    if (session.stoppedBy !== undefined) break
    // Who hears of each step finds the run as it is after that step.
    const next = batches.next(session.watched ? 1 : pace.most)
    const batch = next instanceof Promise ? await next : next
    if (batch === undefined) continue
    const launched = steps.launch(batch)
    if (launched !== undefined) await launched
    const told = stepper.pending > lag ? steps.settle() : undefined
    if (told !== undefined) await told
    const others = pace.made(batch.steps)
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

/** Steps that are launched and settled, and counted. Only what has to be waited for is a promise. */
interface Steps {
  /** Rows that were settled. */
  readonly samples: number
  launch(batch: Batch): Promise<void> | undefined
  settle(): Promise<void> | undefined
}

function stepsOf({ session, stepper, rate, sumLoss }: Prepared, begun: number): Steps {
  const { progress, watched } = session
  let samples = 0
  /** Of the step under way, which changes what it is read from. */
  let learningRate: number | undefined
  const tell = async ({ launched: { epoch, iteration }, losses, gradientNorms }: Settled): Promise<void> => {
    const samplesPerSecond = (1000 * samples) / (performance.now() - begun)
    await session.tellIteration({
      epoch,
      iteration,
      loss: losses[0]!,
      samplesPerSecond,
      ...(gradientNorms === undefined ? {} : { gradientNorm: gradientNorms[0]! }),
      ...(learningRate === undefined ? {} : { learningRate }),
    })
  }
  const start = (batch: Batch): void => {
    const { epoch, iteration } = progress
    stepper.launch(epoch, iteration, batch)
    progress.iteration += batch.steps
    progress.step += batch.steps
  }
  const count = (settled: Settled): Promise<void> | undefined => {
    const { batch } = settled.launched
    for (let step = 0; step < batch.steps; step++) {
      const counted = sumLoss ? 1 : batch.mass(step)
      progress.lossSum += settled.losses[step]! * counted
      progress.mass += counted
    }
    samples += batch.steps * batch.size
    return watched ? tell(settled) : undefined
  }
  return {
    get samples() {
      return samples
    },
    launch(batch) {
      const value = watched ? rate?.at(stepper.current) : undefined
      if (value instanceof Promise) {
        return value.then((known) => {
          learningRate = known
          start(batch)
        })
      }
      learningRate = value
      start(batch)
      return undefined
    },
    settle() {
      const settled = stepper.settle()
      return settled instanceof Promise ? settled.then(count) : count(settled)
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
  if (!sumLoss && progress.mass === 0) throw noneCounts('fit', 'to train with')
  return {
    loss: progress.lossSum / (sumLoss ? 1 : progress.mass),
    ...training,
    ...Object.fromEntries(Object.entries(validation).map(([name, value]) => [validationName(name), value])),
  }
}
