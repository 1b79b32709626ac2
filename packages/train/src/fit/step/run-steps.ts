import { disposeTree, mapTree, reshape, splitKey, type Key } from '@neurite/core'
import type { Batch } from '../data/feed.js'
import { compileSteps, type StepParts, type Steps, type Told, type Training } from './step.js'

/** Which steps: those of a batch, or some of them. */
export interface Which {
  readonly batch: Batch
  /** Of the batch's first step, since the start of training, from 0. */
  readonly iteration: number
  /** From this one of its steps on, from 0. Default 0. */
  readonly begin?: number
  /** Up to this one, which is not made. Default: all. */
  readonly end?: number
}

/** Handles on the same memory: it stays what it is, since a step that would overwrite shared memory gets a copy. */
export function snapshot<T>(tree: T): T {
  return mapTree((leaf) => reshape(leaf, leaf.shape), tree)
}

/** A {@link snapshot} that no `tidy` around it takes away, for the run's own use; costs less. */
export function shared<T>(tree: T): T {
  return mapTree((leaf) => leaf.alias(), tree)
}

/**
 * Makes steps, one after another, in one call.
 *
 * @param from - is used up
 * @param random - parent of the steps' keys
 */
export function runSteps(
  steps: Steps,
  from: Training,
  { batch, iteration, begin = 0, end = batch.steps }: Which,
  random: Key,
): [Training, Told] {
  const given = batch.give(begin, end)
  try {
    return steps(from, { random: splitKey(random, end - begin, iteration + begin), ...given }, batch.lent)
  } finally {
    disposeTree(given)
  }
}

/** The length of the gradients of one step, of steps that were made without it. */
export async function gradientNormOf(parts: StepParts, before: Training, which: Which, random: Key): Promise<number> {
  const steps = compileSteps({ ...parts, gradientNorm: true })
  try {
    const [after, told] = runSteps(steps, shared(before), which, random)
    const [norm] = await told.gradientNorm!.data()
    disposeTree([after, told])
    return norm!
  } finally {
    steps.dispose()
  }
}
