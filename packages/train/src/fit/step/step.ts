import {
  add,
  cast,
  compile,
  full,
  gather,
  mapTree,
  namedScope,
  scan,
  valueAndGradWithAux,
  type Compiled,
  type Key,
  type Program,
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

/** Rows as a step takes them: its batch, or all of them. */
export interface BatchInputs {
  readonly x: Tensor
  readonly y: Tensor
  /** One weight a row of x. */
  readonly weights?: Tensor
}

/** What is another at each step. */
export interface Turn {
  readonly random: Key
  /** Which of the rows that are lent are the batch; int32. */
  readonly pick?: Tensor
  /** Or the batch itself. */
  readonly rows?: BatchInputs
}

/** Updates, one after another, in one call. */
export type Steps = Scan<Training, Turn, [lent: Partial<BatchInputs>], Told>

export interface StepParts {
  readonly model: Layer
  readonly loss: Loss
  readonly optimizer: Optimizer
  readonly gradientNorm: boolean
}

/** The rows of one step. */
export function batchOf(lent: Partial<BatchInputs>, { pick, rows }: Omit<Turn, 'random'>): BatchInputs {
  if (rows !== undefined) return rows
  const all = lent as BatchInputs
  return pick === undefined ? all : mapTree((column) => gather(column, pick), all)
}

/**
 * Compiles the step: gather the batch, go forward, take gradients, update. Data in memory stays on the device as a whole, so a step is told
 * which rows, and nothing else moves; what it makes goes over what was there before. As data streams in, or is too large for the device, the
 * step is the same but for the gathering; each length of batch has a program of its own.
 */
export function compileSteps({ model, loss, optimizer, gradientNorm }: StepParts): Steps {
  const step = (now: Training, { random, ...given }: Turn, lent: Partial<BatchInputs>): [Training, Told] => {
    const { x, y, weights } = batchOf(lent, given)
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
  /** Only what has to be waited for is a promise. */
  at(now: Pick<Training, 'optimizerState'>): number | Promise<number>
  dispose(): void
}

export function compileRate({ learningRate }: Optimizer, { backend }: Place): Rate | undefined {
  if (learningRate === undefined) return undefined
  // Compiled, and called with a tensor of the training's place, so that constants are made there.
  const rate: Compiled<[optimizerState: Tree, place: Tensor], Tensor> = compile((state) => learningRate(state))
  const place = full([], 0, { backend })
  /** Of a rate that depends on nothing. */
  let fixed: number | undefined
  return {
    at({ optimizerState }) {
      if (fixed !== undefined) return fixed
      const value = rate(optimizerState, place)
      if (!backend.capabilities.syncRead) return value.item().finally(() => value.dispose())
      const [now] = value.dataSync()
      value.dispose()
      if (isConstant(rate.program(optimizerState, place))) fixed = now
      return now!
    },
    dispose() {
      place.dispose()
      rate.dispose()
    },
  }
}

/** Whether a program makes its outputs of no inputs. */
function isConstant({ instructions, outputs }: Program): boolean {
  return outputs.length > 0 && instructions.every(({ inputs }) => inputs.length === 0)
}
