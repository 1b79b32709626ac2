import type { Padding } from '@neurite/core'
import { must, mustBe, number, or, readOptions, whole, type Reader } from '@neurite/core/arguments'
import { resolveActivation, type Activation } from './activations.js'
import type { Initializer } from './initializers/initializer.js'
import type { Regularizer } from './regularizer.js'

// What options and arguments of layers may be, beside core's readers.

/** How many neurons, filters, places. */
export const extent = /* @__PURE__ */ whole(1)
export const notNegative = /* @__PURE__ */ number('[0, Infinity)')
/** A share of something that is never all of it. */
export const share = /* @__PURE__ */ number('[0, 1)')

export const aShape = /* @__PURE__ */ must(
  'an array of whole numbers >= 1, without the batch axis',
  (value): value is readonly number[] =>
    Array.isArray(value) && value.every((extent) => Number.isInteger(extent) && extent >= 1),
)

/** An activation as it was given; one that is unknown is refused with the names that are known. */
export const anActivation: Reader<Activation> = (where, _, value) => {
  resolveActivation(value as Activation, where)
  return value as Activation
}

export const anInitializer = /* @__PURE__ */ must(
  'an initializer, such as heNormal',
  (value): value is Initializer => typeof value === 'function',
)

export const aRegularizer: Reader<Regularizer> = (where, name, value) =>
  readOptions<Regularizer, { l1: Reader<number>; l2: Reader<number> }>(`${where}: ${name}`, value as Regularizer, {
    l1: or(0, notNegative),
    l2: or(0, notNegative),
  })

const isPair = (value: unknown, least: number): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((n) => Number.isInteger(n) && n >= least)

/** Height and width, from one number or a pair. */
export const aPair: Reader<readonly [number, number]> = (where, name, value) => {
  const both = typeof value === 'number' ? [value, value] : value
  if (isPair(both, 1)) return [...both]
  throw mustBe(where, name, 'a whole number >= 1 or a pair of them', value)
}

/** 'same', 'valid' or explicit amounts. */
export const aPadding: Reader<Padding> = (where, name, value) => {
  if (value === 'same' || value === 'valid') return value
  if (Array.isArray(value) && value.length === 2) {
    const [height, width] = value as readonly unknown[]
    if (isPair(height, 0) && isPair(width, 0)) return [[...height], [...width]]
  }
  throw mustBe(where, name, "'same', 'valid' or [[top, bottom], [left, right]] of whole numbers >= 0", value)
}
