import { invalid, mustBe } from '../check/errors.js'
import { anObject, aString, listOf, oneOf } from '../check/read.js'
import { labelEncoder, LabelEncoder } from '../encode/label.js'
import { oneHotEncoder, type OneHotEncoder } from '../encode/one-hot.js'
import { ordinalEncoder, type OrdinalEncoder } from '../encode/ordinal.js'
import { imputer, type Imputer } from '../prepare/imputer.js'
import { outlierClipper, type OutlierClipper } from '../prepare/outlier-clipper.js'
import { polynomialFeatures, type PolynomialFeatures } from '../prepare/polynomial-features.js'
import { maxAbsScaler, type MaxAbsScaler } from '../scale/max-abs.js'
import { minMaxScaler, type MinMaxScaler } from '../scale/min-max.js'
import { normalizer, type Normalizer } from '../scale/normalizer.js'
import { robustScaler, type RobustScaler } from '../scale/robust.js'
import { standardScaler, type StandardScaler } from '../scale/standard.js'
import { columnTransformer, type ColumnPart, type ColumnTransformer, type ColumnUse } from './column-transformer.js'
import { Pipeline, type PipelineSteps } from './pipeline.js'
import type { Transformer } from './transformer.js'

/** The transformers of this package by their kind. */
export interface TransformerKinds {
  readonly minMaxScaler: MinMaxScaler
  readonly standardScaler: StandardScaler
  readonly robustScaler: RobustScaler
  readonly maxAbsScaler: MaxAbsScaler
  readonly normalizer: Normalizer
  readonly imputer: Imputer
  readonly outlierClipper: OutlierClipper
  readonly polynomialFeatures: PolynomialFeatures
  readonly oneHotEncoder: OneHotEncoder
  readonly ordinalEncoder: OrdinalEncoder
  readonly labelEncoder: LabelEncoder
  readonly columnTransformer: ColumnTransformer
  readonly pipeline: Pipeline | Pipeline<'labels'> | Pipeline<'table'>
}

/** Any transformer of this package; `takes` says which kind of data one takes. */
export type AnyTransformer = TransformerKinds[keyof TransformerKinds]

const WHERE = 'transformerFromJSON'
/** Pipelines within column transformers within pipelines: nobody nests deeper, but a hostile file can. */
const MOST_NESTED = 16

type Learning = Omit<TransformerKinds, 'columnTransformer' | 'pipeline'>

/** The factories check every option they are given, its type as well. */
const LEARNING: { readonly [Kind in keyof Learning]: (options: object) => Learning[Kind] } = {
  minMaxScaler,
  standardScaler,
  robustScaler,
  maxAbsScaler: maxAbsScaler as (options: object) => MaxAbsScaler,
  normalizer,
  imputer,
  outlierClipper,
  polynomialFeatures,
  oneHotEncoder,
  ordinalEncoder,
  labelEncoder,
}

/**
 * The fitted transformer that `toJSON` described: it transforms bit for bit the same.
 *
 * @param value - what `JSON.parse` gave; it may come from anywhere, every part is checked
 * @param kind - which transformer it must be, if you know: the result then has its type. Without it, look at the result's
 * `kind`, or at `takes`
 * @throws NeuriteError `INVALID_ARGUMENT` naming the part that is wrong, or another kind than was asked for; `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { standardScaler, transformerFromJSON } from '@neurite/data'
 * const text = JSON.stringify(standardScaler().fit([[1], [2], [6]]))
 * const scaler = transformerFromJSON(JSON.parse(text), 'standardScaler')
 * scaler.mean // => [3]
 * scaler.transform([[3]]).toArray() // => [[0]]
 * transformerFromJSON(JSON.parse(text), 'imputer') // => throws INVALID_ARGUMENT
 * ```
 */
export function transformerFromJSON<Kind extends keyof TransformerKinds>(
  value: unknown,
  kind: Kind,
): TransformerKinds[Kind]
export function transformerFromJSON(value: unknown): AnyTransformer
export function transformerFromJSON(value: unknown, kind?: string): AnyTransformer {
  const transformer = read(value, 0)
  if (kind !== undefined) oneOf(kind)(WHERE, 'kind', transformer.kind)
  return transformer
}

function read(value: unknown, depth: number): AnyTransformer {
  if (depth > MOST_NESTED) throw invalid(`${WHERE}: transformers are nested more than ${MOST_NESTED} deep.`)
  const json = anObject(WHERE, 'the value', value)
  const kind = oneOf(...(Object.keys(LEARNING) as (keyof Learning)[]), 'columnTransformer', 'pipeline')(
    WHERE,
    'kind',
    json['kind'],
  )
  const options = anObject(WHERE, 'options', json['options'])
  // What these two are made of, their own checks of arguments refuse where it does not fit.
  if (kind === 'columnTransformer') {
    const parts = listOf((_, path, part) => readPart(path, part, depth))(WHERE, 'parts', json['parts'])
    return columnTransformer(parts, options).restore(json)
  }
  if (kind === 'pipeline') {
    const steps = listOf((_, path, step) => readFeatures(path, step, depth))(WHERE, 'steps', json['steps'])
    return new Pipeline(steps as readonly Transformer[] as PipelineSteps<'matrix'>)
  }
  return LEARNING[kind](options).restore(json)
}

function readPart(path: string, value: unknown, depth: number): ColumnPart {
  const { columns, use } = anObject(WHERE, path, value)
  return {
    columns: listOf(aString)(WHERE, `${path}.columns`, columns),
    use: use === 'keep' ? use : (readFeatures(`${path}.use`, use, depth) as ColumnUse),
  }
}

/** A transformer that makes features: any but a labelEncoder. */
function readFeatures(path: string, value: unknown, depth: number): Exclude<AnyTransformer, LabelEncoder> {
  const transformer = read(value, depth + 1)
  if (!(transformer instanceof LabelEncoder)) return transformer
  throw mustBe(WHERE, path, 'a transformer of features', transformer.kind)
}
