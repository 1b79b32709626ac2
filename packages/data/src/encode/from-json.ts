import { NeuriteError } from '@neurite/core'
import { readArray, readObject, readString, wrong } from '../json/read.js'
import { labelEncoder, type LabelEncoder } from './label.js'
import type { Category, Labels } from './labels.js'
import { oneHotEncoder, type OneHotEncoder } from './one-hot.js'

const WHERE = 'encoderFromJSON'

type Make = (options: object, categories: Labels) => OneHotEncoder | LabelEncoder

const KINDS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['oneHotEncoder', (options, categories) => oneHotEncoder({ ...options, categories })],
  ['labelEncoder', (options, categories) => labelEncoder({ ...options, categories })],
])

/**
 * The fitted encoder that `toJSON` described.
 *
 * @param value - what `JSON.parse` gave; it may come from anywhere, every part is checked
 * @throws NeuriteError `INVALID_ARGUMENT` naming the part that is wrong, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { encoderFromJSON, labelEncoder } from '@neurite/data'
 * const text = JSON.stringify(labelEncoder().fit(['no', 'yes']))
 * encoderFromJSON(JSON.parse(text)).transform(['yes']).data // => [1]
 * ```
 */
export function encoderFromJSON(value: unknown): OneHotEncoder | LabelEncoder {
  const json = readObject(WHERE, 'the value', value)
  const kind = readString(WHERE, 'kind', json['kind'])
  const make = KINDS.get(kind)
  if (make === undefined) {
    const message = `${WHERE}: unknown kind '${kind}'; known kinds: ${[...KINDS.keys()].join(', ')}.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { kind })
  }
  const categories = readArray(WHERE, 'categories', json['categories'], (path, item): Category => {
    if (typeof item === 'string' || typeof item === 'number') return item
    throw wrong(WHERE, path, 'a string or a number', item)
  })
  // toLabels, behind the factories, refuses an array that mixes the two.
  return make(readObject(WHERE, 'options', json['options']), categories as Labels)
}
