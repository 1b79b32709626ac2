import { NeuriteError } from '@neurite/core'
import { invalid } from '../check/errors.js'
import { distinct, toLabels, type Category, type Labels } from './labels.js'

/** What an encoder does with a category that `fit` did not see. */
export type Unknown = 'error' | 'ignore'

/** What an encoder learned: the categories and the place of each. */
export interface Categories {
  readonly list: readonly Category[]
  readonly index: ReadonlyMap<Category, number>
}

/**
 * The labels that an encoder knows, in order.
 *
 * @param given - labels in an order of their own, each once; otherwise they are sorted, and come any number of times
 * @throws NeuriteError `INVALID_ARGUMENT` for no labels, or one given twice
 */
export function categoriesOf(where: string, labels: Labels, given: boolean): Categories {
  const all = toLabels(where, labels)
  const list = given ? Object.freeze([...all]) : distinct(all)
  const index = new Map(list.map((category, i) => [category, i]))
  if (list.length === 0) throw invalid(`${where}: there are no labels.`)
  if (index.size === list.length) return { list, index }
  const twice = list.find((category, i) => index.get(category) !== i)
  throw invalid(`${where}: the category '${twice}' comes twice; give each once.`, { category: twice })
}

/** @returns the error to throw */
export function unknownCategory(message: string, details: Readonly<Record<string, unknown>>): NeuriteError {
  return new NeuriteError('UNKNOWN_CATEGORY', message, details)
}

/** Each label's place, -1 for one that is unknown and ignored. */
export function placesOf(where: string, labels: Labels, { list, index }: Categories, unknown: Unknown): Int32Array {
  return Int32Array.from(toLabels(where, labels), (label, row) => {
    const place = index.get(label)
    if (place !== undefined || unknown === 'ignore') return place ?? -1
    const known = `${list.slice(0, 20).join(', ')}${list.length > 20 ? ', ...' : ''}`
    const message = `${where}: row ${row} has the category '${label}', which fit did not see; known: ${known}.`
    throw unknownCategory(message, { category: label, row, categories: list })
  })
}
