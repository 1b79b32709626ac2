import {
  add,
  cast,
  compile,
  disposeTree,
  full,
  gather,
  greaterEqual,
  namedScope,
  valueAndGradWithAux,
  where,
  type Compiled,
  type Key,
  type Tensor,
  type Tree,
} from '@neurite/core'
import type { Loss } from '@neurite/losses'
import { penalty, type Layer } from '@neurite/nn'
import { applyUpdates, globalNorm, type Optimizer } from '@neurite/optimizers'
import { lossOfBatch } from '../data/loss.js'
import { snapshot, type Launched } from './stepper.js'

/** Everything that a step makes anew from what it was before. */
export interface Training {
  readonly params: Tree
  readonly optimizerState: Tree
  readonly state: Tree
  /** Where in the epoch's order the next batch begins, for rows in memory; int32, 0-d. */
  readonly cursor?: Tensor
  /** Of the batch, before the update. */
  readonly loss: Tensor
  readonly gradientNorm?: Tensor
}

/** What a step reads and leaves alone: its batch, or all rows and which of them are the batch. */
export interface BatchInputs {
  readonly x: Tensor
  readonly y: Tensor
  /** One weight a row of x. */
  readonly weights?: Tensor
  readonly pick?: BatchPick
}

/** Finds a batch among all rows, together with the cursor. */
export interface BatchPick {
  /** The epoch's rows, batch after batch; int32. */
  readonly order: Tensor
  /** 0 .. size of the batch - 1; int32. */
  readonly offsets: Tensor
}

/** One update as a function of values alone. `spare` is not read: its memory becomes the result's. */
export type Step = Compiled<[spare: Training, now: Training, batch: BatchInputs, random: Key], Training>

export interface StepParts {
  readonly model: Layer
  readonly loss: Loss
  readonly optimizer: Optimizer
  readonly gradientNorm: boolean
}

/**
 * Compiles the step: gather the batch, go forward, take gradients, update. Data in memory stays on the device as a whole, so a
 * step uploads nothing; and all it makes goes into the memory of `spare`, so a warm step allocates nothing either. Without
 * `pick`, as data streams in, the step is the same but for the gathering; each length of batch has a program of its own.
 */
export function compileStep({ model, loss, optimizer, gradientNorm }: StepParts): Step {
  const step = (_spare: Training, now: Training, batch: BatchInputs, random: Key): Training => {
    const { pick } = batch
    const { cursor } = now
    const rows = pick === undefined || cursor === undefined ? undefined : gather(pick.order, add(cursor, pick.offsets))
    const taken = (all: Tensor): Tensor => (rows === undefined ? all : gather(all, rows))
    const x = taken(batch.x)
    const y = taken(batch.y)
    const weights = batch.weights && taken(batch.weights)
    const objective = (params: Tree): [Tensor, Tree] => {
      const [prediction, state] = model.forward(params, now.state, x, { training: true, random })
      const fit = namedScope('the loss', () => lossOfBatch(loss, prediction, y, weights))
      const cost = penalty(model, params)
      return [cost === undefined ? fit : add(fit, cost), state]
    }
    const [value, gradients, state] = valueAndGradWithAux(objective)(now.params)
    const [updates, optimizerState] = namedScope('the optimizer', () =>
      optimizer.update(gradients, now.optimizerState, now.params),
    )
    return {
      params: applyUpdates(now.params, updates),
      optimizerState,
      state,
      ...(pick === undefined || cursor === undefined ? {} : { cursor: advance(cursor, pick) }),
      loss: value,
      ...(gradientNorm ? { gradientNorm: cast(globalNorm(gradients), value.dtype) } : {}),
    }
  }
  return compile(step, { donate: [0] })
}

/** What the next update goes by, where the optimizer tells it. Compiled, so that constants are made where the training is. */
export type RateOf = Compiled<[now: Pick<Training, 'optimizerState' | 'loss'>], Tensor>

export function compileRate({ learningRate }: Optimizer): RateOf | undefined {
  return learningRate && compile(({ optimizerState }) => learningRate(optimizerState))
}

/** What the next update goes by, read. */
export async function learningRateAt(
  rateOf: RateOf | undefined,
  { optimizerState, loss }: Training,
): Promise<number | undefined> {
  const rate = rateOf?.({ optimizerState, loss })
  const value = await rate?.item()
  rate?.dispose()
  return value
}

/** The length of the gradients of a step that was made without it. */
export async function gradientNormOf(
  parts: StepParts,
  { before, batch, random }: Pick<Launched, 'before' | 'batch' | 'random'>,
): Promise<number> {
  const step = compileStep({ ...parts, gradientNorm: true })
  try {
    const after = step(snapshot(before), before, batch.inputs, random)
    const norm = await after.gradientNorm!.item()
    disposeTree(after)
    return norm
  } finally {
    step.dispose()
  }
}

/** Past this batch, or back to 0 at the end of the order. */
function advance(cursor: Tensor, { order, offsets }: BatchPick): Tensor {
  const next = add(cursor, offsets.size)
  return where(greaterEqual(next, order.size), full([], 0, { dtype: 'int32', backend: cursor.backend }), next)
}
