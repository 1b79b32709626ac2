import type { DType } from '@neurite/core'
import type fc from 'fast-check'
import type { HostArray } from '../reference/host.js'

/** A call of a primitive that takes these params. */
export interface Call<Params> {
  readonly inputs: readonly HostArray[]
  readonly params: Params
}

/** How calls of a primitive are made: for which dtypes, and from what. */
export interface CallSource<Params> {
  readonly dtypes: readonly DType[]
  readonly calls: (dtype: DType) => fc.Arbitrary<Call<Params>>
}

/** One line about a call, for messages. */
export function describeCall(primitive: string, inputs: readonly HostArray[], params: unknown): string {
  const operands = inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(', ')}]`).join(', ')
  const rest = JSON.stringify(params)
  return `${primitive}(${operands})${rest === '{}' ? '' : ` ${rest}`}`
}
