import { disposeTree, findNonFinite, fold, tensorsIn, type Key, type NonFinite } from '@neurite/core'
import type { Batch } from '../data/feed.js'
import { nonFiniteError, type Circumstances } from './non-finite.js'
import { runSteps, shared, type Which } from './run-steps.js'
import type { Steps, Told, Training } from './step.js'

/** Steps that were started in one call. */
export interface Launched {
  readonly epoch: number
  /** Of the first of them, since the start of training, from 0. */
  readonly iteration: number
  readonly batch: Batch
  readonly told: Told
}

/** Steps whose losses are known, and finite. */
export interface Settled {
  readonly launched: Launched
  /** One a step. */
  readonly losses: ArrayLike<number>
  readonly gradientNorms: ArrayLike<number> | undefined
}

/** What was launched from a state of the training that is kept, so that any step of it can be made again. */
interface Leg {
  readonly start: Training
  readonly launched: Launched[]
  readonly begun: number
  /** Of batches that are kept because of it. */
  bytes: number
  /** Launches whose losses are known. */
  settled: number
}

/** One step. */
interface At {
  readonly leg: Leg
  readonly launched: Launched
  /** Among those launched together, from 0. */
  readonly step: number
}

/** How much may have to be made again before an error is told. A leg costs a copy of the training, so it should be worth some steps. */
const LEG_MS = 250
const LEG_LAUNCHES = 64

/** How much of what streams in is kept for it. A larger batch is a leg by itself: its step costs more than the copy. */
const LEG_BYTES = 2 ** 20

/**
 * Runs steps over one set of memory, which each overwrites. Every now and then the state is kept, as the start of a leg: what went wrong is
 * found by going over a leg again. Steps are the same each time, bit by bit. A leg is kept until a step of the one after is
 * known to be finite, because gradients that overflow leave a finite loss and show in the next.
 */
export class Stepper {
  readonly #steps: Steps
  readonly #random: Key
  readonly #probe: (before: Training, which: Which) => Promise<Circumstances>
  readonly #legs: Leg[] = []
  readonly #pending: { readonly leg: Leg; readonly launched: Launched }[] = []
  #current: Training
  #replaced = false

  /**
   * @param random - parent of the steps' keys
   * @param probe - what an error tells of a step; it may make the step again
   * @param initial - the stepper's from now on
   */
  constructor(
    steps: Steps,
    random: Key,
    probe: (before: Training, which: Which) => Promise<Circumstances>,
    initial: Training,
  ) {
    this.#steps = steps
    this.#random = random
    this.#probe = probe
    this.#current = initial
  }

  /** The newest set. The next launch overwrites it, unless somebody shares its memory. */
  get current(): Training {
    return this.#current
  }

  /** Launches whose losses were not read yet. */
  get pending(): number {
    return this.#pending.length
  }

  launch(epoch: number, iteration: number, batch: Batch): void {
    const leg = this.#legFor(batch)
    try {
      const [after, told] = runSteps(this.#steps, this.#current, { batch, iteration }, this.#random)
      this.#current = after
      const launched = { epoch, iteration, batch, told }
      leg.launched.push(launched)
      leg.bytes += batch.bytes
      this.#pending.push({ leg, launched })
    } catch (error) {
      // If the steps had begun, what they were given is gone.
      if (tensorsIn(this.#current).some(({ isReleased }) => isReleased)) this.#goBack(leg)
      throw error
    }
  }

  /**
   * What the oldest launch came to: at once where the backend reads at once, since waiting costs as much as a small step.
   *
   * @throws NeuriteError `NON_FINITE` naming the step, and the operation that first left the finite numbers
   */
  settle(): Settled | Promise<Settled> {
    const { loss, gradientNorm } = this.#pending[0]!.launched.told
    return loss.backend.capabilities.syncRead
      ? this.#accept(loss.dataSync(), gradientNorm?.dataSync())
      : Promise.all([loss.data(), gradientNorm?.data()]).then((read) => this.#accept(...read))
  }

  #accept(losses: ArrayLike<number>, gradientNorms: ArrayLike<number> | undefined): Settled | Promise<never> {
    const { leg, launched } = this.#pending[0]!
    for (let step = 0; step < losses.length; step++) {
      if (Number.isFinite(losses[step])) continue
      return this.#explain({ leg, launched, step }, `the loss became ${losses[step]}`).then((error) => {
        throw error
      })
    }
    this.#pending.shift()
    disposeTree(launched.told)
    leg.settled++
    while (this.#legs.length > 1 && this.#legs[1]!.settled > 0) this.#forget()
    return { launched, losses, gradientNorms }
  }

  /** Puts other values in place of some of the current ones; leaves that are in both stay. Nothing may be pending. */
  replace(parts: Partial<Training>): void {
    const old = tensorsIn(this.#current)
    this.#current = { ...this.#current, ...parts }
    const kept = new Set(tensorsIn(this.#current))
    for (const leaf of old) if (!kept.has(leaf)) leaf.dispose()
    this.#replaced = true
  }

  /** The error for params that are not finite although every loss was: the last step made them. */
  async explainParams(): Promise<Error | undefined> {
    const leg = this.#legs.at(-1)
    const launched = leg?.launched.at(-1)
    if (leg === undefined || launched === undefined) return undefined
    const last = { leg, launched, step: launched.batch.steps - 1 }
    return this.#explain(last, 'its update left params that are not finite')
  }

  /** Gives back everything but the current set. */
  dispose(): void {
    for (const { launched } of this.#pending.splice(0)) disposeTree(launched.told)
    while (this.#legs.length > 0) this.#forget()
    this.#steps.dispose()
  }

  /** The leg that a launch belongs to. */
  #legFor({ bytes }: Batch): Leg {
    const last = this.#legs.at(-1)
    const isFull =
      last === undefined ||
      last.launched.length >= LEG_LAUNCHES ||
      (bytes > 0 && last.bytes + bytes > LEG_BYTES) ||
      performance.now() - last.begun > LEG_MS
    if (!isFull && !this.#replaced) return last
    if (this.#pending.length === 0) while (this.#legs.length > 1) this.#forget()
    const leg: Leg = { start: shared(this.#current), launched: [], begun: performance.now(), bytes: 0, settled: 0 }
    this.#legs.push(leg)
    this.#replaced = false
    return leg
  }

  #forget(): void {
    const { start, launched } = this.#legs.shift()!
    disposeTree(start)
    for (const { batch } of launched) batch.dispose()
  }

  /** The step before, if it is still known. */
  #prior({ leg, launched, step }: At): At | undefined {
    if (step > 0) return { leg, launched, step: step - 1 }
    const before = this.#legs[this.#legs.indexOf(leg) - 1]
    const sibling = leg.launched[leg.launched.indexOf(launched) - 1]
    const last = sibling ?? before?.launched.at(-1)
    return last && { leg: sibling === undefined ? before! : leg, launched: last, step: last.batch.steps - 1 }
  }

  /** Makes the training anew as it was after a leg's launches; on a device that is lost it stays what the leg began with, and cannot be read. */
  #goBack(leg: Leg): void {
    disposeTree(this.#current)
    try {
      this.#current = this.#replay(leg)
    } catch {
      this.#current = shared(leg.start)
    }
  }

  /** The training as it was before a step. */
  #before({ leg, launched, step }: At): Training {
    return this.#replay(leg, launched, step)
  }

  /** Makes the steps of a leg again: all, or those before one of a launch. */
  #replay({ start, launched }: Leg, last?: Launched, step?: number): Training {
    let now = shared(start)
    try {
      for (const each of launched) {
        const end = each === last ? step! : each.batch.steps
        if (end > 0) {
          const [next, told] = runSteps(this.#steps, now, { ...each, end }, this.#random)
          disposeTree(told)
          now = next
        }
        if (each === last) break
      }
      return now
    } catch (error) {
      disposeTree(now)
      throw error
    }
  }

  /** What of a step was not finite first. */
  async #find({ launched: { batch, iteration }, step }: At, before: Training): Promise<NonFinite | undefined> {
    const given = batch.give(step)
    const turn = { random: fold(this.#random, iteration + step), ...given }
    return findNonFinite(this.#steps.step, before, turn, batch.lent).finally(() => disposeTree(given))
  }

  async #circumstances({ launched, step }: At, before: Training): Promise<Circumstances> {
    return this.#probe(before, { ...launched, begin: step, end: step + 1 })
  }

  async #explain(last: At, what: string): Promise<Error> {
    const prior = this.#prior(last)
    const earlier = prior && { at: prior, before: this.#before(prior) }
    let failed = { at: last, before: this.#before(last) }
    let found = await this.#find(failed.at, failed.before)
    // What came in was already wrong: the update before made it.
    if (found?.primitive === 'input' && earlier !== undefined) {
      disposeTree(failed.before)
      failed = earlier
      found = (await this.#find(failed.at, failed.before)) ?? found
    }
    let circumstances = await this.#circumstances(failed.at, failed.before)
    if (!Number.isFinite(circumstances.gradientNorm) && earlier !== undefined) {
      const { gradientNorm } = await this.#circumstances(earlier.at, earlier.before)
      circumstances = { ...circumstances, gradientNorm }
    }
    if (earlier !== failed) disposeTree(earlier?.before)
    const { launched, step } = failed.at
    const { batch, epoch, iteration } = launched
    const moment = {
      ...{ epoch, iteration: iteration + step, rows: batch.rows(step) },
      ...{ features: await batch.features(step), streamed: batch.streamed },
    }
    return nonFiniteError(moment, found, what, failed.before, circumstances)
  }
}
