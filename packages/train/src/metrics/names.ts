import { NeuriteError } from '@neurite/core'
import { must, show, type Reader } from '@neurite/core/arguments'

/** A reader of the names of classes. */
export const namesOfClasses: Reader<readonly string[]> = /* @__PURE__ */ must(
  "two or more different names of classes, in the order of the outputs: ['cat', 'dog'], say",
  (value): value is readonly string[] =>
    Array.isArray(value) &&
    value.length > 1 &&
    value.every((name) => typeof name === 'string') &&
    new Set(value).size === value.length,
)

export function isText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && typeof value[0] === 'string'
}

/** The names of the classes that prediction and target are told in, in order; undefined if they are numbers. */
export function namesIn(
  kind: string,
  prediction: unknown,
  target: unknown,
  labels: readonly string[] | undefined,
): readonly string[] | undefined {
  if (labels !== undefined) return labels
  if (isText(prediction) && isText(target))
    return [...new Set([...prediction, ...target].filter((name) => typeof name === 'string'))].sort()
  const told = isText(prediction)
  if (!told && !isText(target)) return undefined
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${kind}: the ${told ? 'prediction' : 'target'} is text, the ${told ? 'target' : 'prediction'} numbers; tell which class is which output: { labels: ['cat', 'dog'] }.`,
  )
}

/**
 * The place of each name among all.
 *
 * @throws NeuriteError `UNKNOWN_CATEGORY` for a name that is not among them
 */
export function indicesOf(where: string, texts: readonly unknown[], names: readonly string[]): Int32Array {
  const places = new Map<unknown, number>(names.map((name, i) => [name, i]))
  return Int32Array.from(texts, (text, row) => {
    const place = places.get(text)
    if (place !== undefined) return place
    throw new NeuriteError(
      'UNKNOWN_CATEGORY',
      `${where}: row ${row} is ${show(text)}; the classes are ${names.map(show).join(', ')}.`,
      { row },
    )
  })
}
