import { NeuriteError } from '@neurite/core'
import { labelEncoder, LabelEncoder } from '../encode/label.js'
import type { Category, Labels } from '../encode/labels.js'
import { oneHotEncoder, type OneHotEncoder } from '../encode/one-hot.js'
import { ordinalEncoder, type OrdinalEncoder } from '../encode/ordinal.js'
import { readArray, readNumberOrNull, readObject, readString, wrong } from '../json/read.js'
import { imputer, type Imputer } from '../prepare/imputer.js'
import { outlierClipper, type OutlierClipper } from '../prepare/outlier-clipper.js'
import { polynomialFeatures, type PolynomialFeatures } from '../prepare/polynomial-features.js'
import { maxAbsScaler, type MaxAbsScaler } from '../scale/max-abs.js'
import { minMaxScaler, type MinMaxScaler } from '../scale/min-max.js'
import { normalizer, type Normalizer } from '../scale/normalizer.js'
import { robustScaler, type RobustScaler } from '../scale/robust.js'
import { standardScaler, type StandardScaler } from '../scale/standard.js'
import { columnTransformer, type ColumnPart, type ColumnTransformer, type ColumnUse } from './column-transformer.js'
import type { LearnedColumnsJSON } from './learned-columns.js'
import { Pipeline } from './pipeline.js'
import type { Takes, Transformer } from './transformer.js'

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

type Json = Readonly<Record<string, unknown>>
/** The factories check every option they are given, its type as well. */
type Make<T> = (options: object, json: Json, depth: number) => T

const WHERE = 'transformerFromJSON'
/** Pipelines within column transformers within pipelines: nobody nests deeper, but a hostile file can. */
const MOST_NESTED = 16

const KINDS: { readonly [Kind in keyof TransformerKinds]: Make<TransformerKinds[Kind]> } = {
  minMaxScaler: (options, json) => minMaxScaler(options).restore(learned(json)),
  standardScaler: (options, json) => standardScaler(options).restore(learned(json)),
  robustScaler: (options, json) => robustScaler(options).restore(learned(json)),
  maxAbsScaler: (options, json) => maxAbsScaler({ ...options }).restore(learned(json)),
  normalizer: (options) => normalizer(options),
  imputer: (options, json) => imputer(options).restore(learned(json)),
  outlierClipper: (options, json) => outlierClipper(options).restore(learned(json)),
  polynomialFeatures: (options, json) => polynomialFeatures(options).restore(widthOf(json)),
  oneHotEncoder: (options, json) => oneHotEncoder(options).restore(categoriesOf(json)),
  ordinalEncoder: (options, json) => ordinalEncoder(options).restore(categoriesOf(json)),
  labelEncoder: (options, json) => labelEncoder(options).restore(categoriesOf(json)),
  columnTransformer: (options, json, depth) => {
    const parts = readArray(WHERE, 'parts', json['parts'], (path, item) => readPart(path, item, depth))
    return columnTransformer(parts, options).restore()
  },
  pipeline: (_, json, depth) => {
    const steps = readArray(WHERE, 'steps', json['steps'], (path, item) => readFeatures(path, item, depth))
    const [first, ...rest] = steps.map((step): Transformer<Takes> => step)
    const others = rest.filter(takesMatrix)
    if (first === undefined || others.length < rest.length) {
      throw wrong(WHERE, 'steps', 'a list of at least one step, of which all but the first take a matrix', steps)
    }
    return new Pipeline([first, ...others]) as TransformerKinds['pipeline']
  },
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
  if (kind === undefined || transformer.kind === kind) return transformer
  const message = `${WHERE}: expected the kind '${kind}', got '${transformer.kind}'.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { expected: kind, kind: transformer.kind })
}

function read(value: unknown, depth: number): AnyTransformer {
  if (depth > MOST_NESTED) {
    throw new NeuriteError('INVALID_ARGUMENT', `${WHERE}: transformers are nested more than ${MOST_NESTED} deep.`)
  }
  const json = readObject(WHERE, 'the value', value)
  const kind = readString(WHERE, 'kind', json['kind'])
  if (!isKind(kind)) {
    const message = `${WHERE}: unknown kind '${kind}'; known kinds: ${Object.keys(KINDS).join(', ')}.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { kind })
  }
  return KINDS[kind](readObject(WHERE, 'options', json['options']), json, depth)
}

function isKind(kind: string): kind is keyof TransformerKinds {
  return Object.hasOwn(KINDS, kind)
}

function learned(json: Json): Pick<LearnedColumnsJSON, 'state' | 'columns'> {
  const state = Object.entries(readObject(WHERE, 'state', json['state'])).map(
    ([name, values]) =>
      [name, readArray(WHERE, `state.${name}`, values, (path, item) => readNumberOrNull(WHERE, path, item))] as const,
  )
  return { state: Object.fromEntries(state), ...columnsOf(json) }
}

function widthOf(json: Json): { width: number; columns?: string[] } {
  const { width } = json
  const { columns } = columnsOf(json)
  const length = typeof width === 'number' && Number.isInteger(width) && width >= 1 ? width : undefined
  if (length === undefined || (columns !== undefined && columns.length !== length)) {
    throw wrong(WHERE, 'width', 'the number of columns', width)
  }
  return { width: length, ...(columns && { columns }) }
}

function columnsOf(json: Json): { columns?: string[] } {
  const columns = json['columns']
  if (columns === undefined) return {}
  return { columns: readArray(WHERE, 'columns', columns, (path, item) => readString(WHERE, path, item)) }
}

function categoriesOf(json: Json): Labels {
  const categories = readArray(WHERE, 'categories', json['categories'], (path, item): Category => {
    if (typeof item === 'string' || typeof item === 'number') return item
    throw wrong(WHERE, path, 'a string or a number', item)
  })
  // What mixes the two is refused where it is restored.
  return categories as Labels
}

function takesMatrix(step: Transformer<Takes>): step is Transformer {
  return step.takes === 'matrix'
}

function readPart(path: string, item: unknown, depth: number): ColumnPart {
  const { columns, use } = readObject(WHERE, path, item)
  const names = readArray(WHERE, `${path}.columns`, columns, (at, name) => readString(WHERE, at, name))
  if (use === 'keep') return { columns: names, use }
  const transformer = readFeatures(`${path}.use`, use, depth)
  // The columnTransformer refuses what takes a table.
  return { columns: names, use: transformer as ColumnUse }
}

/** A transformer inside another one: all but the label encoder, which is for targets. */
function readFeatures(path: string, item: unknown, depth: number): Exclude<AnyTransformer, LabelEncoder> {
  const transformer = read(item, depth + 1)
  if (transformer instanceof LabelEncoder) {
    throw new NeuriteError('INVALID_ARGUMENT', `${WHERE}: ${path} is a labelEncoder, which makes no features.`, {
      path,
    })
  }
  return transformer
}
