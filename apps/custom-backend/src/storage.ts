import { allocate, sizeOf, type Operand, type TensorSpec, type TypedArray } from '@neurite/core'

/** What this backend hands out as storage. Core never looks inside. */
export interface Stored {
  readonly data: TypedArray
  released: boolean
}

/** A tensor as a kernel of this backend sees it: storage, shape, dtype. */
export type Input = Operand<Stored>

/** The numbers of an operand. Core never passes released storage; a backend that checks finds out when it would. */
export function numbersOf({ storage }: Input): TypedArray {
  if (storage.released) throw new Error('this storage was given back')
  return storage.data
}

/** New storage of the output's shape and dtype, filled by flat index: row-major. */
export function fill({ shape, dtype }: TensorSpec, at: (flat: number) => number): Stored {
  const data = allocate(dtype, sizeOf(shape))
  for (let flat = 0; flat < data.length; flat++) data[flat] = at(flat)
  return { data, released: false }
}
