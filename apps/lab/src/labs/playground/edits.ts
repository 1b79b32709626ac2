import type { Field } from '../../state/fields.js'
import type { Edit } from '../../training/spec.js'

/** So many weights can be set by hand: a link holds them all. */
export const MOST_EDITS = 60
/** What a weight may be set to. */
export const MOST_WEIGHT = 100

const EDIT = /^(\d{1,6})-(\d{1,2})([wb])(\d{1,4})-(-?\d{1,3}(?:\.\d{1,8})?(?:e-\d{1,2})?)$/

function parseEdit(text: string): Edit | undefined {
  const [, iteration, layer, leaf, place, value] = EDIT.exec(text) ?? []
  if (value === undefined || Math.abs(Number(value)) > MOST_WEIGHT) return undefined
  return {
    iteration: Number(iteration),
    path: `${Number(layer)}.${leaf === 'w' ? 'weight' : 'bias'}`,
    place: Number(place),
    value: Number(value),
  }
}

/** As a link holds them, so that what is set is what a link sets. */
export const asWritten = (value: number): number => Number(value.toPrecision(5))

/** Weights that were set by hand, in the order of their iterations: `60-0w3-1.5` is number 3 of layer 0's weights, after 60. */
export const editsField: Field<readonly Edit[]> = {
  initial: [],
  parse(text) {
    if (text === '') return []
    const edits = text
      .slice(0, 40 * MOST_EDITS)
      .split('_')
      .map(parseEdit)
    const inOrder = edits.every((edit, i) => edit !== undefined && edit.iteration >= (edits[i - 1]?.iteration ?? 0))
    return inOrder && edits.length <= MOST_EDITS ? (edits as readonly Edit[]) : undefined
  },
  format: (edits) =>
    edits
      .map(({ iteration, path, place, value }) => {
        const [layer = '', leaf = ''] = path.split('.')
        return `${iteration}-${layer}${leaf.slice(0, 1)}${place}-${value}`
      })
      .join('_'),
}

const samePlace = (a: Edit, b: Edit): boolean => a.iteration === b.iteration && a.path === b.path && a.place === b.place

/** With one more: it takes the place of one of the same number, and what was set later in a run that is left goes. */
export function withEdit(edits: readonly Edit[], edit: Edit): readonly Edit[] {
  const before = edits.filter((known) => known.iteration <= edit.iteration && !samePlace(known, edit))
  return before.length < MOST_EDITS ? [...before, edit] : edits
}
