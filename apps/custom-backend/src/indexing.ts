import { stridesOf } from '@neurite/core'
import { numbersOf, type Input } from './storage.js'

/** The index, axis by axis, of a flat position: unravel(5, [2, 3]) is [1, 2]. */
export function unravel(flat: number, shape: readonly number[]): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(flat / stride) % shape[axis]!)
}

/** Reads an operand at an index of any shape that it broadcasts to: missing axes and axes of extent 1 stand still. */
export function reader(operand: Input): (index: readonly number[]) => number {
  const data = numbersOf(operand)
  const strides = stridesOf(operand.shape).map((stride, axis) => (operand.shape[axis] === 1 ? 0 : stride))
  return (index) => {
    const lead = index.length - strides.length
    let place = 0
    for (let axis = 0; axis < strides.length; axis++) place += index[lead + axis]! * strides[axis]!
    return data[place]!
  }
}

/** The index with another number on one axis. */
export function moved(index: readonly number[], axis: number, to: number): number[] {
  return index.map((n, i) => (i === axis ? to : n))
}
