import { randomPermutation, type Key } from '@neurite/core'

/** 0, 1, 2, ..., as row numbers. */
export function firstIntegers(count: number): Int32Array {
  // A loop: Int32Array.from asks its argument for an iterator and calls back for every element.
  const integers = new Int32Array(count)
  for (let i = 0; i < count; i++) integers[i] = i
  return integers
}

/** Items in an order of the key's; without a key as they stand. */
export function shuffled(items: Int32Array, random: Key | undefined): Int32Array {
  return random === undefined ? items : randomPermutation(random, items.length).map((i) => items[i]!)
}
