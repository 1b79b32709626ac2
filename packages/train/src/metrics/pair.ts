import { NeuriteError, type ArrayData, type HostArray } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { checkFinite } from '../fit/data/finite.js'
import { indicesOf, isText, namesIn } from './names.js'

/**
 * What a metric compares: numbers with numbers; classes with classes, which may be told by name; scores of classes, which may not,
 * with classes, which may.
 */
export type Takes = 'numbers' | 'classes' | 'scores'

/** Prediction and target of a metric, checked: as many rows, and what each row counts. */
export interface Pair {
  readonly kind: string
  readonly rows: number
  readonly prediction: ArrayData
  readonly target: ArrayData
  readonly weights: ArrayLike<number> | undefined
  readonly fromLogits: boolean
  /** Names of the classes, by index, where they have some. */
  readonly names: readonly string[] | undefined
  /** Whether somebody said in which order; else names are sorted. */
  readonly ordered: boolean
  /** Whether classes are told as -1 and 1, as hinge losses take them; the target has 0 and 1 for them. */
  readonly signs: boolean
  /** What was said of it. */
  readonly multiLabel: boolean | undefined
}

/** What was told at a call, read. */
interface Told {
  readonly weights: HostArray | undefined
  readonly fromLogits: boolean
  readonly labels: readonly string[] | undefined
  readonly multiLabel: boolean | undefined
}

/** @throws NeuriteError where the two do not have the same number of rows, at least one, or are not finite */
export function pairOf(
  kind: string,
  takes: Takes,
  prediction: unknown,
  target: unknown,
  { weights, fromLogits, labels, multiLabel }: Told,
): Pair {
  const names = takes === 'numbers' ? undefined : namesIn(kind, prediction, target, labels)
  if (takes === 'scores' && isText(prediction))
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${kind}: the prediction is names of classes; give the numbers that the model predicts, of which ${kind} is made.`,
    )
  const read = (name: string, value: unknown): ArrayData =>
    names !== undefined && isText(value)
      ? { shape: [value.length], data: indicesOf(`${kind}: ${name}`, value, names) }
      : hostArray(`${kind}: ${name}`, value)
  const p = read('prediction', prediction)
  const t = read('target', target)
  const [rows = 0] = p.shape
  if (rows !== t.shape[0] || p.data.length === 0 || t.data.length === 0) {
    const message = `${kind}: prediction has shape [${p.shape.join(', ')}], target has shape [${t.shape.join(', ')}]; both need the same number of rows, at least one.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { prediction: p.shape, target: t.shape })
  }
  // A logit of -Infinity rules a class out, as a mask does.
  const ruledOut = takes !== 'numbers' && fromLogits && p.data.includes(-Infinity)
  checkFinite(
    `${kind}: prediction`,
    ruledOut ? { ...p, data: Float64Array.from(p.data, (value) => (value === -Infinity ? 0 : value)) } : p,
  )
  checkFinite(`${kind}: target`, t)
  const signs = takes !== 'numbers' && t.data.length === rows && areSigns(t.data)
  return {
    ...{ kind, rows, prediction: p, fromLogits, names, multiLabel, signs },
    target: signs ? { ...t, data: Int32Array.from(t.data, (value) => (value > 0 ? 1 : 0)) } : t,
    ordered: labels !== undefined,
    weights: weights === undefined ? undefined : weightsIn(kind, weights, rows),
  }
}

function areSigns(data: ArrayData['data']): boolean {
  return data.some((value) => value === -1) && data.every((value) => value === -1 || value === 1)
}

function weightsIn(kind: string, given: HostArray, rows: number): ArrayData['data'] {
  const { data } = hostArray(`${kind}: weights`, given)
  const fit = data.length === rows && data.every((weight) => weight >= 0 && weight < Infinity)
  if (fit && data.some((weight) => weight > 0)) return data
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${kind}: weights must be one finite number >= 0 for each of the ${rows} rows, not all 0.`,
    { rows },
  )
}

/** Weight of row i. */
export function weightAt({ weights }: Pair, i: number): number {
  return weights === undefined ? 1 : weights[i]!
}
