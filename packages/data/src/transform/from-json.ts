import { anObject, listOf, mustBe, oneOf, readOptions, type Reader } from '@neurite/core/arguments'
import { invalid } from '../check/errors.js'
import { labelEncoder, type LabelEncoder } from '../encode/label.js'
import { oneHotEncoder, type OneHotEncoder } from '../encode/one-hot.js'
import { ordinalEncoder, type OrdinalEncoder } from '../encode/ordinal.js'
import { imputer, type Imputer } from '../prepare/imputer.js'
import { outlierClipper, type OutlierClipper } from '../prepare/outlier-clipper.js'
import { MOST_FEATURES, polynomialFeatures, type PolynomialFeatures } from '../prepare/polynomial-features.js'
import { maxAbsScaler, type MaxAbsScaler } from '../scale/max-abs.js'
import { minMaxScaler, type MinMaxScaler } from '../scale/min-max.js'
import { normalizer, type Normalizer } from '../scale/normalizer.js'
import { robustScaler, type RobustScaler } from '../scale/robust.js'
import { standardScaler, type StandardScaler } from '../scale/standard.js'
import { fittedColumns, someColumns, type ColumnTransformer, type FittedPart } from './column-transformer.js'
import { fittedPipeline, type FittedFeatures, type Pipeline } from './pipeline.js'

/** The fitted transformers of this package by their kind. */
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
  readonly pipeline: Pipeline
}

/** Any fitted transformer of this package; `takes` says which kind of data one takes. */
export type AnyFitted = TransformerKinds[keyof TransformerKinds]

const WHERE = 'transformerFromJSON'
/** Pipelines within column transformers within pipelines: nobody nests deeper, but a hostile file can. */
const MOST_NESTED = 16

type Learning = Omit<TransformerKinds, 'columnTransformer' | 'pipeline'>

const LEARNING: { readonly [Kind in keyof Learning]: { fromJSON(json: unknown): Learning[Kind] } } = {
  minMaxScaler,
  standardScaler,
  robustScaler,
  maxAbsScaler,
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
export function transformerFromJSON(value: unknown): AnyFitted
export function transformerFromJSON(value: unknown, kind?: string): AnyFitted {
  const transformer = read(WHERE, value, 0, { products: 0 })
  if (kind !== undefined) oneOf(kind)(WHERE, 'kind', transformer.kind)
  return transformer
}

/** @param total - what all of them together make: a few bytes describe many products */
function read(where: string, value: unknown, depth: number, total: { products: number }): AnyFitted {
  if (depth > MOST_NESTED) throw invalid(`${WHERE}: transformers are nested more than ${MOST_NESTED} deep.`)
  const json = anObject(where, 'the value', value)
  const kinds = Object.keys(LEARNING) as (keyof Learning)[]
  const kind = oneOf(...kinds, 'columnTransformer', 'pipeline')(where, 'kind', json['kind'])
  if (kind !== 'columnTransformer' && kind !== 'pipeline') {
    const learned = LEARNING[kind].fromJSON(json)
    if ('products' in learned) total.products += learned.products.length
    if (total.products <= MOST_FEATURES) return learned
    throw invalid(`${WHERE}: together the transformers make more than ${MOST_FEATURES} products.`)
  }

  const { options, state } = readOptions(where, json, { kind: oneOf(kind), options: anObject, state: anObject })
  const features: Reader<FittedFeatures> = (place, name, item) => {
    const transformer = read(`${place}.${name}`, item, depth + 1, total)
    if (transformer.kind !== 'labelEncoder') return transformer
    throw mustBe(place, name, 'a transformer of features', transformer.kind)
  }
  if (kind === 'pipeline') {
    readOptions(where, options, {})
    return fittedPipeline(readOptions(where, state, { steps: listOf(features) }).steps)
  }
  const use: Reader<FittedPart['use']> = (place, name, item) => (item === 'keep' ? item : features(place, name, item))
  const part: Reader<FittedPart> = (place, name, item) =>
    readOptions(`${place}.${name}`, item as FittedPart, { columns: someColumns, use })
  return fittedColumns(readOptions(where, state, { parts: listOf(part) }).parts, options)
}
