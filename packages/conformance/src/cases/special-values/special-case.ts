import type { DType, Tensor } from '@neurite/core'
import { host, type HostArray } from '../../reference/host.js'

/** A function at values where formulas break. Zeros, infinities and NaN are compared exactly. */
export interface SpecialCase {
  readonly name: string
  readonly run: (...xs: Tensor[]) => Tensor
  readonly inputs: readonly HostArray[]
  readonly expected: HostArray
  /** Each element of the result comes from those at the same place. */
  readonly rowByRow?: boolean
}

export const { NaN: nan, POSITIVE_INFINITY: inf } = Number

export function row(elements: readonly number[], dtype: DType = 'float32'): HostArray {
  return host([elements.length], elements, dtype)
}

export function unary(
  name: string,
  f: (x: Tensor) => Tensor,
  pairs: readonly (readonly [number, number])[],
  to: DType = 'float32',
  from: DType = 'float32',
): SpecialCase {
  return {
    name,
    rowByRow: true,
    run: (x) => f(x),
    inputs: [
      row(
        pairs.map(([x]) => x),
        from,
      ),
    ],
    expected: row(
      pairs.map(([, y]) => y),
      to,
    ),
  }
}

export function binary(
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  triples: readonly (readonly [number, number, number])[],
  to: DType = 'float32',
  from: DType = to,
): SpecialCase {
  return {
    name,
    rowByRow: true,
    run: (a, b) => f(a, b),
    inputs: [
      row(
        triples.map(([a]) => a),
        from,
      ),
      row(
        triples.map(([, b]) => b),
        from,
      ),
    ],
    expected: row(
      triples.map(([, , y]) => y),
      to,
    ),
  }
}

export function whole(name: string, f: (x: Tensor) => Tensor, x: HostArray, expected: HostArray): SpecialCase {
  return { name, run: (y) => f(y), inputs: [x], expected }
}

export const MIN = -(2 ** 31)
export const MAX = 2 ** 31 - 1
export const odd = row([nan, -0, inf, -inf])
export const wide = row([MIN, MAX, 16777217, -16777219], 'int32')

/** Where a device computes int32 as float32: the elements, or rows, that stay within ±2^24 on the way; undefined if none do. */
export function within24Bits(special: SpecialCase): SpecialCase | undefined {
  const { inputs, expected } = special
  const all = [...inputs, expected].filter(({ dtype }) => dtype === 'int32')
  const fits = (value: number): boolean => Math.abs(value) <= 2 ** 24
  if (all.every(({ data }) => data.every(fits)) && !special.name.includes('wraps')) return special
  const rows = expected.shape[0]
  const elementwise = inputs.every(({ shape }) => shape.length === 1 && shape[0] === rows)
  if (!elementwise || !special.rowByRow) return undefined
  // Products of all operands are the largest that any operation makes of them.
  const kept = [...expected.data.keys()].filter((i) => {
    const numbers = inputs.filter(({ dtype }) => dtype === 'int32').map(({ data }) => Math.abs(data[i]!))
    return fits(numbers.reduce((product, value) => product * Math.max(value, 1), 1)) && fits(expected.data[i]!)
  })
  const only = ({ data, dtype }: HostArray): HostArray =>
    row(
      kept.map((i) => data[i]!),
      dtype,
    )
  return { ...special, inputs: inputs.map(only), expected: only(expected) }
}
