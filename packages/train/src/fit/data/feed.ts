import type { ArrayData } from '@neurite/core'
import type { Evaluator, Measures } from '../../evaluate/evaluator.js'
import type { Checkpoint } from '../../checkpoint/checkpoint.js'
import type { BatchInputs } from '../step/step.js'
import type { Placement } from './place.js'
import type { Split } from './plan.js'
import type { Given } from './supply.js'

/** The rows of a step, or of several in a row that are alike. */
export interface Batch {
  readonly steps: number
  /** Rows a step. */
  readonly size: number
  /** Which ones, for errors: of the data, or of the epoch where it streams in. */
  rows(step: number): Int32Array
  readonly streamed: boolean
  /** How much they count together. */
  mass(step: number): number
  /** Their features, read back. */
  features(step: number): Promise<ArrayData>
  /** What all its steps read and leave alone. */
  readonly lent: Partial<BatchInputs>
  /** What those from `begin` to before `end` get for themselves, in one call; without `end`, what one gets alone. To be disposed. */
  give(begin: number, end?: number): Given
  /** How much memory is held for this batch alone, until it is disposed. */
  readonly bytes: number
  dispose(): void
}

/** The batches of one epoch that are left. */
export interface EpochBatches {
  /** True once all were given. */
  readonly ended: boolean
  /**
   * Undefined at the end, or where the signal came first. Only what has to be waited for is a promise.
   *
   * @param most - as many steps as may come together
   */
  next(most: number): Batch | undefined | Promise<Batch | undefined>
}

/** What a run learns from, whatever the user gave: batches on a device, and what is known of all of them. */
export interface Feed {
  readonly placement: Placement
  /** The shape of one example. */
  readonly features: readonly number[]
  /** Of rows in memory; a source is not split. */
  readonly split: Split
  /** What a checkpoint must share with the run that goes on from it. */
  readonly identity: Checkpoint['run']
  /** As `identity`: of the numbers in memory. Reads them all. */
  digest(): Promise<Checkpoint['run']>
  /** On the rows that a run learns from, or on those of a validation share. */
  evaluator(measures: Measures, part: 'training' | 'share'): Evaluator
  /** @param skip - steps of the epoch that were made already */
  open(epoch: number, skip: number): EpochBatches | Promise<EpochBatches>
  /** Gives up what is left of an epoch. */
  close(): Promise<void>
  dispose(): void
}
