import { disposeTree, mapTree, reshape, tensorsIn, zeros, type Key } from '@neurite/core'
import { nonFiniteError } from './non-finite.js'
import type { BatchInputs, Step, Training } from './step.js'

/** A step to be made: its inputs, and how an error names it. */
export interface Work {
  readonly epoch: number
  /** Since the start of training, from 0. */
  readonly iteration: number
  /** Of the data, or of the epoch where data streams in. */
  readonly rows: Int32Array
  /** How much they count together. */
  readonly mass: number
  readonly batch: BatchInputs
  readonly random: Key
}

/** A step that was started. `before` can be replayed as long as nobody overwrites it. */
export interface Launched extends Work {
  readonly before: Training
  readonly after: Training
}

/** A step whose loss is known, and finite. */
export interface Settled extends Work {
  /** Readable until the next step is launched. */
  readonly before: Training
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
  readonly #spares: Training[]
  readonly #pending: Launched[] = []
  #settled: Launched | undefined
  #current: Training

  /**
   * @param initial - the stepper's from now on
   * @param lag - how many steps may be under way before the loss of the first is read
   */
  constructor(step: Step, initial: Training, lag: number) {
    this.#step = step
    this.#current = initial
    const blank = (): Training =>
      mapTree((leaf) => zeros(leaf.shape, { dtype: leaf.dtype, backend: leaf.backend }), initial)
    this.#spares = Array.from({ length: lag + 2 }, blank)
  }

  /** The newest set. Its tensors are overwritten two steps later. */
  get current(): Training {
    return this.#current
  }

  /** Steps whose loss was not read yet. */
  get pending(): number {
    return this.#pending.length
  }

  launch(work: Work): void {
    const before = this.#current
    this.#current = this.#step(this.#spares.at(-1)!, before, work.batch, work.random)
    this.#spares.pop()
    // Named one by one: a spread costs as much as a small step's kernels.
    const { epoch, iteration, rows, mass, batch, random } = work
    this.#pending.push({ epoch, iteration, rows, mass, batch, random, before, after: this.#current })
  }

  /**
   * Waits for the oldest step.
   *
   * @throws NeuriteError `NON_FINITE` naming the operation that first left the finite numbers
   */
  async settle(): Promise<Settled> {
    const launched = this.#pending[0]!
    const { before, after, epoch, iteration, rows, mass, batch, random } = launched
    const loss = (await after.loss.data())[0]!
    if (!Number.isFinite(loss)) throw await this.#explain(launched, `the loss became ${loss}`)
    const gradientNorm = after.gradientNorm === undefined ? undefined : (await after.gradientNorm.data())[0]!
    this.#pending.shift()
    if (this.#settled !== undefined) this.#spares.push(this.#settled.before)
    this.#settled = launched
    return { epoch, iteration, rows, mass, batch, random, before, loss, gradientNorm }
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
    const replay = ({ before, batch, random }: Launched) => this.#step.findNonFinite(before, before, batch, random)
    let failed = launched
    let found = await replay(failed)
    // What came in was already wrong: the update before made it.
    if (found?.primitive === 'input' && this.#settled !== undefined) {
      failed = this.#settled
      found = (await replay(failed)) ?? found
    }
    const { params, state, optimizerState } = failed.before
    return nonFiniteError(failed, found, what, snapshot({ params, state, optimizerState }))
  }
}
