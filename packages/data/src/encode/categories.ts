import { NeuriteError } from '@neurite/core'
import type { Reader } from '@neurite/core/arguments'
import { invalid } from '../check/errors.js'
import { aLabelList, type Category, type LabelList } from './labels.js'

/** What an encoder does with a category that `fit` did not see. */
export type Unknown = 'error' | 'ignore'

/** Categories in an order of their own: at least one, each once. */
export const aCategoryList: Reader<LabelList> = (where, name, value) => {
  const list: readonly Category[] = aLabelList(where, name, value)
  const seen = new Set<Category>()
  const twice = list.find((category) => seen.size === seen.add(category).size)
  if (twice === undefined && list.length > 0) return list as LabelList
  const problem = twice === undefined ? 'there are no labels' : `the category '${twice}' comes twice; give each once`
  throw invalid(`${where}: ${name}: ${problem}.`, { categories: list })
}

/** @returns the error to throw */
export function unknownCategory(message: string, details: Readonly<Record<string, unknown>>): NeuriteError {
  return new NeuriteError('UNKNOWN_CATEGORY', message, details)
}

/** Each label's place among the categories, -1 for one that is unknown and ignored. */
export function placesOf(where: string, labels: LabelList, categories: LabelList, unknown: Unknown): Int32Array {
  const index = new Map<Category, number>(categories.map((category: Category, i) => [category, i]))
  return Int32Array.from<Category>(labels, (label, row) => {
    const place = index.get(label)
    if (place !== undefined || unknown === 'ignore') return place ?? -1
    const known = `${categories.slice(0, 20).join(', ')}${categories.length > 20 ? ', ...' : ''}`
    const message = `${where}: row ${row} has the category '${label}', which fit did not see; known: ${known}.`
    throw unknownCategory(message, { category: label, row, categories })
  })
}

/** The categories of places. */
export function categoriesAt(where: string, places: ArrayLike<number>, categories: LabelList): LabelList {
  return Array.from(places, (place, row) => {
    const category = categories[place]
    if (category !== undefined) return category
    const message = `${where}: row ${row} is ${place}; there are ${categories.length} categories, numbered from 0.`
    throw unknownCategory(message, { row, number: place })
  }) as string[] | number[]
}
