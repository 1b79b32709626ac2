import { NeuriteError } from '@neurite/core'
import type { Loss } from '@neurite/losses'
import { outputActivation, type Layer } from '@neurite/nn'
import type { Finding } from '../../diagnose.js'

/** What a model's outputs look like. */
export interface Looks {
  /** All between 0 and 1. */
  readonly bounded: boolean
  /** And each row adds up to 1. */
  readonly sums: boolean
}

/** As the model's last activation says; undefined where it has none that is known. */
export function looksOf(model: Layer): Looks | undefined {
  const last = outputActivation(model)
  if (last === undefined) return undefined
  const sums = last === 'softmax'
  return { bounded: sums || last === 'sigmoid' || last === 'hardSigmoid', sums }
}

/** @throws NeuriteError `INVALID_ARGUMENT` for softmax over a single output, which is 1 whatever the params are */
export function checkOutputs(where: string, model: Layer, features: readonly number[]): void {
  if (outputActivation(model) !== 'softmax' || model.outputShape(features).at(-1) !== 1) return
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: the model ends with softmax over one output, which is always 1, so that nothing is learned; use sigmoid with one output, or an output for each class.`,
  )
}

/** Outputs that the loss takes for something else. */
export function mismatch({ bounded, sums }: Looks, { targets, expects, kind = 'the loss' }: Loss): Finding | undefined {
  // One probability a number, or a row of them.
  const [probabilities, activation] = targets === 'values' ? [bounded, 'sigmoid'] : [sums, 'softmax']
  if (expects === 'logits' && probabilities)
    return {
      kind: 'probabilities-as-logits',
      message: `outputs are probabilities, but ${kind} has fromLogits: true and squashes them a second time; drop the last activation (better), or fromLogits.`,
    }
  if (expects === 'probabilities' && !probabilities)
    return {
      kind: 'logits-as-probabilities',
      message: `outputs are not probabilities, but ${kind} expects some; pass fromLogits: true (better), or end the model with ${activation}.`,
    }
  return undefined
}
