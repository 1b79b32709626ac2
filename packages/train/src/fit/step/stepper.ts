import { disposeTree, findNonFinite, mapTree, reshape, tensorsIn, tidy, zeros, type Key } from '@neurite/core'
import type { Batch } from '../data/feed.js'
import { nonFiniteError, type Circumstances } from './non-finite.js'
import type { Step, Training } from './step.js'

/** A step that was started. `before` can be replayed as long as nobody overwrites it. */
export interface Launched {
  readonly epoch: number
  /** Since the start of training, from 0. */
  readonly iteration: number
  readonly batch: Batch
  readonly random: Key
  readonly before: Training
  readonly after: Training
}

/** A step whose loss is known, and finite. */
export interface Settled {
  /** Its `before` is readable until the next step is launched. */
  readonly step: Launched
  readonly loss: number
  readonly gradientNorm: number | undefined
}

/** Handles on the same memory: it stays what it is, since a step that would overwrite shared memory gets a copy. */
export function snapshot<T>(tree: T): T {
  return mapTree((leaf) => reshape(leaf, leaf.shape), tree)
}

/**
 * Runs steps over a few sets of memory used in turn. A set may be overwritten once the step that read it, and the one
 * after, are known to have finite losses: until then it is what a replay needs. (The one after, because gradients that
 * overflow leave a finite loss and show in the next.)
 */
export class Stepper {
  readonly #step: Step
  readonly #probe: (step: Launched) => Promise<Circumstances>
  readonly #spares: Training[]
  readonly #pending: Launched[] = []
  #settled: Launched | undefined
  #current: Training

  /**
   * @param initial - the stepper's from now on
   * @param probe - what an error tells of a step; it may make the step again
   * @param lag - how many steps may be under way before the loss of the first is read
   */
  constructor(step: Step, probe: (step: Launched) => Promise<Circumstances>, initial: Training, lag: number) {
    this.#step = step
    this.#probe = probe
    this.#current = initial
    const blank = (): Training =>
      mapTree((leaf) => zeros(leaf.shape, { dtype: leaf.dtype, backend: leaf.backend }), initial)
    try {
      this.#spares = tidy(() => Array.from({ length: lag + 2 }, blank))
    } catch (error) {
      disposeTree(initial)
      throw error
    }
  }

  /** The newest set. Its tensors are overwritten two steps later. */
  get current(): Training {
    return this.#current
  }

  /** Steps whose loss was not read yet. */
  get pending(): number {
    return this.#pending.length
  }

  launch(epoch: number, iteration: number, batch: Batch, random: Key): void {
    const before = this.#current
    const after = this.#step(this.#spares.at(-1)!, before, batch.inputs, random)
    this.#spares.pop()
    this.#current = after
    this.#pending.push({ epoch, iteration, batch, random, before, after })
  }

  /**
   * What the oldest step came to: at once where the backend reads at once, since waiting costs as much as a small step.
   *
   * @throws NeuriteError `NON_FINITE` naming the operation that first left the finite numbers
   */
  settle(): Settled | Promise<Settled> {
    const { loss, gradientNorm } = this.#pending[0]!.after
    return loss.backend.capabilities.syncRead
      ? this.#accept(loss.dataSync()[0]!, gradientNorm?.dataSync()[0])
      : Promise.all([loss.data(), gradientNorm?.data()]).then(([value, norm]) => this.#accept(value[0]!, norm?.[0]))
  }

  #accept(loss: number, gradientNorm: number | undefined): Settled | Promise<never> {
    const step = this.#pending[0]!
    if (!Number.isFinite(loss)) {
      return this.#explain(step, `the loss became ${loss}`).then((error) => {
        throw error
      })
    }
    this.#pending.shift()
    if (this.#settled !== undefined) this.#spares.push(this.#settled.before)
    this.#settled = step
    return { step, loss, gradientNorm }
  }

  /** Puts other values in place of some of the current ones; leaves that are in both stay. Nothing may be pending. */
  replace(parts: Partial<Training>): void {
    const old = tensorsIn(this.#current)
    this.#current = { ...this.#current, ...parts }
    const kept = new Set(tensorsIn(this.#current))
    for (const leaf of old) if (!kept.has(leaf)) leaf.dispose()
  }

  /** The error for params that are not finite although every loss was: the last step made them. */
  async explainParams(): Promise<Error | undefined> {
    return this.#settled === undefined
      ? undefined
      : this.#explain(this.#settled, 'its update left params that are not finite')
  }

  /** Gives back everything but the current set. */
  dispose(): void {
    for (const { before } of this.#pending) disposeTree(before)
    if (this.#settled !== undefined) disposeTree(this.#settled.before)
    disposeTree(this.#spares)
    this.#step.dispose()
  }

  async #explain(launched: Launched, what: string): Promise<Error> {
    const replay = ({ before, batch, random }: Launched) =>
      findNonFinite(this.#step, before, before, batch.inputs, random)
    let failed = launched
    let found = await replay(failed)
    // What came in was already wrong: the update before made it.
    if (found?.primitive === 'input' && this.#settled !== undefined) {
      failed = this.#settled
      found = (await replay(failed)) ?? found
    }
    let circumstances = await this.#probe(failed)
    if (!Number.isFinite(circumstances.gradientNorm) && this.#settled !== undefined) {
      const { gradientNorm } = await this.#probe(this.#settled)
      circumstances = { ...circumstances, gradientNorm }
    }
    const { params, state, optimizerState } = failed.before
    return nonFiniteError(failed, found, what, snapshot({ params, state, optimizerState }), circumstances)
  }
}
