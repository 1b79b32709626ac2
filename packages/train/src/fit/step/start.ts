import { formatShape, mapTree, NeuriteError, sameShape, tidy, type Backend } from '@neurite/core'
import type { Layer } from '@neurite/nn'
import type { Optimizer } from '@neurite/optimizers'
import { restoreTree, type Checkpoint } from '../../checkpoint/checkpoint.js'
import type { Fit } from '../run/options.js'
import type { Place } from '../data/place.js'
import type { Training } from './step.js'
import { snapshot } from './run-steps.js'

/** The set that the first step starts from, in handles that the run may use up. */
export function initialTraining(
  model: Layer,
  inputShape: readonly number[],
  options: Fit,
  { backend, dtype }: Place,
): Training {
  const fresh = (): Made => model.init({ inputShape, seed: options.seed, dtype, backend })
  // An init of a layer or an optimizer may throw, and then nothing stays.
  return tidy(() =>
    options.resume === undefined ? given(options, fresh) : resumed(options.resume, options.optimizer, fresh, backend),
  )
}

type Made = Pick<Training, 'params' | 'state'>

/** What the options give, and the rest made anew. */
function given({ optimizer, ...options }: Fit, fresh: () => Made): Training {
  const made = options.params !== undefined && options.state !== undefined ? undefined : fresh()
  const params = snapshot(options.params ?? made!.params)
  const state = snapshot(options.state ?? made!.state)
  return {
    params,
    state,
    optimizerState: options.optimizerState === undefined ? optimizer.init(params) : snapshot(options.optimizerState),
  }
}

/** @throws NeuriteError `BAD_CHECKPOINT` if the checkpoint is of another model or optimizer */
function resumed(checkpoint: Checkpoint, optimizer: Optimizer, fresh: () => Made, backend: Backend): Training {
  const made = fresh()
  const expected = { ...made, optimizerState: optimizer.init(made.params) }
  const start = {
    params: restoreTree(checkpoint.params, backend),
    state: restoreTree(checkpoint.state, backend),
    optimizerState: restoreTree(checkpoint.optimizerState, backend),
  }
  try {
    checkAlike(expected, start)
    return start
  } catch (error) {
    throw new NeuriteError(
      'BAD_CHECKPOINT',
      'fit: resume: the checkpoint is of another model or optimizer; resume with those that it was made with.',
      {},
      error,
    )
  }
}

/** @throws NeuriteError if two trees differ in structure, or their leaves in shape or dtype */
export function checkAlike(expected: unknown, got: unknown): void {
  mapTree(
    (leaf, other) => {
      if (!sameShape(leaf.shape, other.shape) || leaf.dtype !== other.dtype) {
        throw new NeuriteError(
          'SHAPE_MISMATCH',
          `expected ${leaf.dtype} ${formatShape(leaf.shape)}, got ${other.dtype} ${formatShape(other.shape)}.`,
        )
      }
      return leaf
    },
    expected,
    got,
  )
}
