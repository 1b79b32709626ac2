import { NeuriteError } from '@neurite/core'
import { readArray, readNumberOrNull, readObject, readString } from '../json/read.js'
import { maxAbsScaler } from './max-abs.js'
import { minMaxScaler } from './min-max.js'
import { normalizer, type Normalizer } from './normalizer.js'
import { robustScaler } from './robust.js'
import type { Scaler, ScalerJSON } from './scaler.js'
import { standardScaler } from './standard.js'

const WHERE = 'scalerFromJSON'

type Make = (options: object, json: ScalerJSON) => Scaler | Normalizer

/** Kinds and how each is made. The factories check every option they are given, its type as well. */
const KINDS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['minMaxScaler', (options, json) => minMaxScaler(options).restore(json)],
  ['standardScaler', (options, json) => standardScaler(options).restore(json)],
  ['robustScaler', (options, json) => robustScaler(options).restore(json)],
  ['maxAbsScaler', (options, json) => maxAbsScaler({ ...options }).restore(json)],
  ['normalizer', (options) => normalizer(options)],
])

/**
 * The fitted scaler that `toJSON` described: it transforms bit for bit the same.
 *
 * @param value - what `JSON.parse` gave; it may come from anywhere, every part is checked
 * @throws NeuriteError `INVALID_ARGUMENT` naming the part that is wrong, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { scalerFromJSON, standardScaler } from '@neurite/data'
 * const scaler = standardScaler().fit([[1], [2], [6]])
 * const text = JSON.stringify(scaler)
 * scalerFromJSON(JSON.parse(text)).transform([[3]]).toArray() // => [[0]]
 * ```
 */
export function scalerFromJSON(value: unknown): Scaler | Normalizer {
  const json = readObject(WHERE, 'the value', value)
  const kind = readString(WHERE, 'kind', json['kind'])
  const make = KINDS.get(kind)
  if (make === undefined) {
    const message = `${WHERE}: unknown kind '${kind}'; known kinds: ${[...KINDS.keys()].join(', ')}.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { kind })
  }
  const options = readObject(WHERE, 'options', json['options'])
  const state = Object.entries(readObject(WHERE, 'state', json['state'])).map(
    ([name, values]) =>
      [name, readArray(WHERE, `state.${name}`, values, (path, item) => readNumberOrNull(WHERE, path, item))] as const,
  )
  const columns =
    json['columns'] === undefined
      ? undefined
      : readArray(WHERE, 'columns', json['columns'], (path, item) => readString(WHERE, path, item))
  return make(options, { kind, options, state: Object.fromEntries(state), ...(columns && { columns }) })
}
