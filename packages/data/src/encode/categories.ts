import { NeuriteError } from '@neurite/core'
import { distinct, toLabels, type Category, type Labels } from './labels.js'

/** What an encoder learned: the categories and the place of each. */
export interface Categories {
  readonly list: readonly Category[]
  readonly index: ReadonlyMap<Category, number>
}

/** The categories of labels, in order. */
export function learnCategories(where: string, labels: Labels): Categories {
  const list = distinct(toLabels(where, labels))
  if (list.length === 0) throw new NeuriteError('INVALID_ARGUMENT', `${where}: there are no labels to learn from.`)
  return indexed(list)
}

/**
 * Categories given in an order of their own.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for none, or one that comes twice
 */
export function givenCategories(where: string, categories: Labels): Categories {
  const list = toLabels(where, categories)
  const twice = list.find((category, i) => list.indexOf(category) !== i)
  if (list.length === 0 || twice !== undefined) {
    const problem = twice === undefined ? 'are empty' : `have '${twice}' twice`
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: the categories ${problem}; give each once.`, {
      categories: list,
    })
  }
  return indexed(Object.freeze([...list]))
}

function indexed(list: readonly Category[]): Categories {
  return { list, index: new Map(list.map((category, i) => [category, i])) }
}

/** @returns the error to throw */
export function unknownCategory(where: string, label: Category, row: number, { list }: Categories): NeuriteError {
  const known = list.length > 20 ? `${list.slice(0, 20).join(', ')}, ...` : list.join(', ')
  const message = `${where}: row ${row} has the category '${label}', which fit did not see; known: ${known}.`
  return new NeuriteError('UNKNOWN_CATEGORY', message, { category: label, row, categories: list })
}
