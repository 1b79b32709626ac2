import { NeuriteError, type ArrayData, type NonFinite } from '@neurite/core'
import type { Training } from './step.js'

/** The step that failed. */
interface Failed {
  readonly epoch: number
  readonly iteration: number
  /** Of the data, or of the epoch where it streams in. */
  readonly rows: Int32Array
  readonly features: ArrayData
  readonly streamed: boolean
}

/** What else is known of that step. */
export interface Circumstances {
  readonly learningRate: number | undefined
  /** Of the step, or of the one before where its own is not finite. */
  readonly gradientNorm: number
}

/** Undefined at 0 or below: what a probability of exactly 0 does. */
const SINGULAR = new Set(['log', 'log1p', 'div', 'reciprocal', 'sqrt', 'pow'])

/** Features beyond this are called unscaled. */
const LARGE = 100

/** Says which step failed, where, and the usual causes; carries what was good before it, which is the error's from then on. */
export function nonFiniteError(
  { epoch, iteration, rows, features, streamed }: Failed,
  found: NonFinite | undefined,
  what: string,
  before: Training,
  { learningRate, gradientNorm }: Circumstances,
): NeuriteError {
  const { params, state, optimizerState } = before
  const where = `epoch ${epoch}, iteration ${iteration}`
  let largest = 0
  for (const value of features.data) largest = Math.max(largest, Math.abs(value))
  const first =
    found === undefined
      ? 'a replay of the step stayed finite, so the device computes differently each time'
      : `the first operation to leave the finite numbers is '${found.primitive}'${found.scope === undefined ? '' : ` in ${found.scope}`}: ${found.value} at index [${found.index.join(', ')}] of shape [${found.shape.join(', ')}]`
  const rate = learningRate === undefined ? '' : `The learning rate was ${learningRate.toPrecision(3)}. `
  const message = `fit: in ${where} (rows ${listed(rows)}${streamed ? ' of the epoch' : ''}) ${what}; ${first}. ${rate}The gradient's norm was ${gradientNorm.toPrecision(3)}. ${causes(found, largest)} error.details holds the params from before.`
  const details = {
    epoch,
    iteration,
    rows: [...rows],
    largestFeature: largest,
    learningRate,
    gradientNorm,
    params,
    state,
    optimizerState,
    ...(found ?? {}),
  }
  return new NeuriteError('NON_FINITE', message, details)
}

function causes(found: NonFinite | undefined, largest: number): string {
  const list: string[] = []
  if (found !== undefined && SINGULAR.has(found.primitive))
    list.push('a logarithm or division of 0 (give the loss logits, with fromLogits: true, or clip)')
  if (largest > LARGE) list.push(`unscaled features (they reach ${largest.toPrecision(3)}; use standardScaler)`)
  list.push('a learning rate that is too large (divide it by 10, or put clipByGlobalNorm before the optimizer)')
  return `Usual causes: ${list.join('; ')}.`
}

function listed(rows: Int32Array): string {
  return rows.length <= 8 ? [...rows].join(', ') : `${[...rows.subarray(0, 8)].join(', ')}, ... ${rows.length} in all`
}
