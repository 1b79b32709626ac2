import type { NestedArray } from '@neurite/core'

/** The numbers of nested arrays, in order. */
export const flatValues = (value: NestedArray): number[] =>
  Array.isArray(value) ? value.flatMap(flatValues) : [Number(value)]

/** The number in every place of a value; undefined if there are several. */
export function uniformValue(value: NestedArray): number | undefined {
  const [first, ...others] = flatValues(value)
  return first !== undefined && others.every((other) => Object.is(other, first)) ? first : undefined
}
