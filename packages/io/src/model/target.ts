import { checkArgument, NeuriteError, type ArrayData, type HostArray, type Json } from '@neurite/core'
import { aString, either, listOf, number, oneOf, optional, readOptions } from '@neurite/core/arguments'
import {
  transformerFromJSON,
  type Category,
  type FeatureMatrix,
  type LabelEncoder,
  type OneHotEncoder,
  type TransformerJSON,
} from '@neurite/data'
import { blameFile } from '@neurite/files'
import type { OutputKind } from './probabilities.js'

/** Reads {@link TargetOptions.outputs}. */
export const anOutputKind = /* @__PURE__ */ oneOf('probabilities', 'logits')

/** Reads {@link TargetOptions.labels}. */
export const someLabels = /* @__PURE__ */ either('a list of names or of numbers', listOf(aString), listOf(number()))

/** A fitted transformer of the target that can be undone: a scaler, or a pipeline of scalers. */
export interface TargetScaler {
  readonly kind: string
  inverseTransform(x: HostArray): FeatureMatrix
  toJSON(): TransformerJSON
}

/** What an output means: a value of the scaled target, or a score for each label. */
export interface TargetOptions {
  /** What the target was transformed with for training: a fitted scaler, a labelEncoder or a oneHotEncoder. */
  readonly target?: TargetScaler | LabelEncoder | OneHotEncoder
  /** Instead of an encoder: the names of the classes, in the order of their numbers. */
  readonly labels?: readonly string[] | readonly number[]
  /**
   * Of a model with two labels and one output: above which output the second label is predicted. 0.5 for probabilities, of a
   * last layer with a sigmoid; 0 for logits.
   */
  readonly threshold?: number
  /**
   * Of a model with labels: what its outputs are, for `predictProbabilities`. Default: what the last layer's activation says: probabilities for
   * softmax and sigmoid, logits where there is none. Needed after a last layer of your own.
   */
  readonly outputs?: OutputKind
}

/** What a prediction is: a label, a number, or as many numbers as the model has outputs, nested as their shape says. */
export type Prediction = string | number | readonly Prediction[]

/** How outputs become predictions. */
export interface Target {
  readonly scaler: TargetScaler | undefined
  readonly labels: readonly Category[] | undefined
  readonly threshold: number | undefined
  /** Undefined where it is not known, or there are no labels. */
  readonly outputs: OutputKind | undefined
}

/** @throws NeuriteError `INVALID_ARGUMENT` for options that contradict each other or do not fit the output's shape */
export function resolveTarget(
  where: string,
  options: { readonly [Name in keyof TargetOptions]: TargetOptions[Name] | undefined },
  outputShape: readonly number[],
): Target {
  const { target, threshold } = options
  const encoder = target !== undefined && 'categories' in target ? target : undefined
  checkArgument(
    target === undefined || options.labels === undefined,
    () => `${where}: give target or labels, not both; an encoder has its labels.`,
  )
  const labels = (encoder?.kind === 'oneHotEncoder' ? encoder.categories[0] : encoder?.categories) ?? options.labels
  checkArgument(
    encoder?.kind !== 'oneHotEncoder' || encoder.categories.length === 1,
    () => `${where}: a oneHotEncoder of a target encodes one column.`,
  )
  const scaler = encoder === undefined ? (target as TargetScaler | undefined) : undefined
  checkArgument(
    scaler === undefined || ('inverseTransform' in scaler && outputShape.length <= 1),
    () =>
      `${where}: target must be a fitted scaler or encoder, and the output one row an example; got ${scaler?.kind} and the shape [${outputShape.join(', ')}].`,
  )
  checkArgument(
    options.outputs === undefined || labels !== undefined,
    () => `${where}: outputs says what the scores of labels are; there are no labels.`,
  )
  const { outputs } = options
  const resolved: Target = { scaler, labels: labels === undefined ? undefined : [...labels], threshold, outputs }
  const problem = problemOf(resolved, outputShape)
  checkArgument(problem === undefined, () => `${where}: ${problem}.`, { labels, threshold, outputShape })
  return resolved
}

function problemOf({ labels, threshold }: Target, outputShape: readonly number[]): string | undefined {
  const width = outputShape[0] ?? 1
  const binary = labels?.length === 2 && width === 1 && outputShape.length <= 1
  if (binary !== (threshold !== undefined)) {
    return binary
      ? 'two labels and one output need a threshold: 0.5 for probabilities (a sigmoid at the end), 0 for logits'
      : 'a threshold is for two labels and one output'
  }
  if (threshold !== undefined && !Number.isFinite(threshold)) return `threshold must be a number, got ${threshold}`
  if (labels === undefined || binary) return undefined
  if (new Set(labels).size !== labels.length) return 'a label stands twice in labels'
  if (outputShape.length === 1 && width === labels.length) return undefined
  return `${labels.length} labels do not fit the output shape [batch, ${outputShape.join(', ')}]`
}

/** The numbers that a prediction is made of: the output, with the scaling of the target undone. */
export function undoScaling({ scaler }: Target, output: ArrayData): ArrayData {
  if (scaler === undefined) return output
  const [rows = 0] = output.shape
  return scaler.inverseTransform({ shape: [rows, output.data.length / rows], data: output.data })
}

/** One prediction a row, from what {@link undoScaling} gave. */
export function decide({ labels, threshold }: Target, { shape, data }: ArrayData): Prediction[] {
  const [rows = 0, ...rest] = shape
  const width = data.length / rows
  return Array.from({ length: rows }, (_, i): Prediction => {
    const row = data.subarray(i * width, (i + 1) * width)
    if (labels === undefined) return width === 1 && rest.length <= 1 ? row[0]! : nest(row, rest)
    if (threshold !== undefined) return labels[row[0]! > threshold ? 1 : 0]!
    return labels[argmax(row)]!
  })
}

/** The first of the greatest. */
function argmax(scores: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i
  return best
}

function nest(data: ArrayLike<number>, shape: readonly number[]): readonly Prediction[] {
  const [, ...rest] = shape
  if (rest.length === 0) return Array.from(data)
  const [extent = 0] = shape
  const size = data.length / extent
  return Array.from({ length: extent }, (_, i) => nest(Array.from(data).slice(i * size, (i + 1) * size), rest))
}

/** A target as plain data; undefined where predictions are the outputs. */
export function targetToJson({ scaler, labels, threshold, outputs }: Target): object | undefined {
  if (scaler !== undefined) return { scaler: scaler.toJSON() }
  // JSON leaves out what is undefined.
  return labels && { labels, threshold, outputs }
}

/** @throws NeuriteError `BAD_FILE` */
export function readTarget(where: string, json: Json | undefined, outputShape: readonly number[]): Target {
  return blameFile(`${where}: the target`, () => {
    const { scaler, labels, threshold, outputs } = readOptions(
      'target',
      (json ?? {}) as Readonly<Record<string, unknown>>,
      {
        scaler: optional((_, __, value) => transformerFromJSON(value)),
        labels: optional(someLabels),
        threshold: optional(number()),
        outputs: optional(anOutputKind),
      },
    )
    if (scaler !== undefined && (!('inverseTransform' in scaler) || scaler.takes !== 'matrix')) {
      throw new NeuriteError('INVALID_ARGUMENT', `${scaler.kind} is no scaler.`)
    }
    return resolveTarget(where, { target: scaler, labels, threshold, outputs }, outputShape)
  })
}
