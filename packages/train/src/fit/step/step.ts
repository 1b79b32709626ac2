import {
  add,
  cast,
  compile,
  full,
  gather,
  namedScope,
  scan,
  valueAndGradWithAux,
  type Compiled,
  type Key,
  type Scan,
  type Tensor,
  type Tree,
} from '@neurite/core'
import type { Loss } from '@neurite/losses'
import { penalty, type Layer } from '@neurite/nn'
import { applyUpdates, globalNorm, type Optimizer } from '@neurite/optimizers'
import { lossOfBatch } from '../data/loss.js'
import type { Place } from '../data/place.js'

/** Everything that a step makes anew from what it was before. */
export interface Training {
  readonly params: Tree
  readonly optimizerState: Tree
  readonly state: Tree
}

/** What a step tells beside. */
export interface Told {
  /** Of the batch, before the update. */
  readonly loss: Tensor
  readonly gradientNorm?: Tensor
}

/** What a step reads and leaves alone: its batch, or all rows. */
export interface BatchInputs {
  readonly x: Tensor
  readonly y: Tensor
  /** One weight a row of x. */
  readonly weights?: Tensor
}

/** What is another at each step. */
export interface Turn {
  readonly random: Key
  /** Which rows are the batch, where all are there; int32. */
  readonly pick?: Tensor
}

/** Updates, one after another, in one call. */
export type Steps = Scan<Training, Turn, [batch: BatchInputs], Told>

export interface StepParts {
  readonly model: Layer
  readonly loss: Loss
  readonly optimizer: Optimizer
  readonly gradientNorm: boolean
}

/**
 * Compiles the step: gather the batch, go forward, take gradients, update. Data in memory stays on the device as a whole, so a step is told
 * which rows, and nothing else moves; what it makes goes over what was there before. As data streams in, the step is the
 * same but for the gathering; each length of batch has a program of its own.
 */
export function compileSteps({ model, loss, optimizer, gradientNorm }: StepParts): Steps {
  const step = (now: Training, { random, pick }: Turn, batch: BatchInputs): [Training, Told] => {
    const taken = (all: Tensor): Tensor => (pick === undefined ? all : gather(all, pick))
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
    return [
      { params: applyUpdates(now.params, updates), optimizerState, state },
      { loss: value, ...(gradientNorm ? { gradientNorm: cast(globalNorm(gradients), value.dtype) } : {}) },
    ]
  }
  return scan(step, { donate: true })
}

/** What the next update goes by, where the optimizer tells it. */
export interface Rate {
  at(now: Pick<Training, 'optimizerState'>): Promise<number>
  dispose(): void
}

export function compileRate({ learningRate }: Optimizer, { backend }: Place): Rate | undefined {
  if (learningRate === undefined) return undefined
  // Compiled, and called with a tensor of the training's place, so that constants are made there.
  const rate: Compiled<[optimizerState: Tree, place: Tensor], Tensor> = compile((state) => learningRate(state))
  const place = full([], 0, { backend })
  return {
    async at({ optimizerState }) {
      const value = rate(optimizerState, place)
      try {
        return await value.item()
      } finally {
        value.dispose()
      }
    },
    dispose() {
      place.dispose()
      rate.dispose()
    },
  }
}
