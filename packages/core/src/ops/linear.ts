import { aBoolean, or, readOptions, takesNoOptions } from '../arguments/index.js'
import { apply } from '../apply.js'
import { checkArgument, NeuriteError } from '../errors/index.js'
import { formatShape } from '../shape/index.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { mul } from './elementwise.js'
import { reshape, transpose } from './movement.js'
import { checkTensor } from './operand.js'
import { sum } from './reductions.js'
import * as primitive from '../primitive/index.js'

/**
 * The matrix product over the last two axes: z_ij = sum_k a_ik b_kj. Leading axes broadcast.
 *
 * Its gradients are matrix products too: dL/da = dL/dz b^T and dL/db = a^T dL/dz (chapter 4.3.4, Remark 2).
 *
 * @param a - [..., m, k], or [..., k, m] with transposeA
 * @param b - [..., k, n], or [..., n, k] with transposeB
 * @param options - `transposeA`, `transposeB`: read an operand with its last two axes swapped, without a copy
 * @returns [..., m, n]
 * @throws NeuriteError `SHAPE_MISMATCH` naming both shapes, `DTYPE_MISMATCH` for what is not float, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { matmul, tensor } from '@neurite/core'
 * const a = tensor([[1, 2], [3, 4]])
 * await matmul(a, a).toArray() // => [[7, 10], [15, 22]]
 * await matmul(a, a, { transposeB: true }).toArray() // => [[5, 11], [11, 25]]
 * ```
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
): Tensor {
  checkTensor('matmul', a, 'a')
  checkTensor('matmul', b, 'b')
  const params = readOptions('matmul', options, { transposeA: or(false, aBoolean), transposeB: or(false, aBoolean) })
  return apply(primitive.matmul, [a, b], params)
}

/**
 * Einstein summation of two operands: `'ij,jk->ik'` is a matrix product, `'bi,bj->bij'` an outer product a row.
 * Letters in both operands but not in the output are summed together; letters in one operand alone and not in the
 * output are summed there. Each letter stands once an operand (no diagonals).
 *
 * @param equation - the letters of a's axes, of b's, and of the result's: `'ab,bc->ac'`
 * @throws NeuriteError `INVALID_ARGUMENT` for a malformed equation, `SHAPE_MISMATCH` if extents of a letter differ
 * @example
 * ```ts
 * import { einsum, tensor } from '@neurite/core'
 * await einsum('i,j->ij', tensor([1, 2]), tensor([3, 4])).toArray() // => [[3, 4], [6, 8]]
 * ```
 */
export function einsum(equation: string, a: Tensor, b: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('einsum', none)
  checkTensor('einsum', a, 'a')
  checkTensor('einsum', b, 'b')
  const match = /^\s*([a-zA-Z]*)\s*,\s*([a-zA-Z]*)\s*->\s*([a-zA-Z]*)\s*$/.exec(equation)
  checkArgument(
    match !== null,
    () => `einsum: the equation must look like 'ij,jk->ik', got ${JSON.stringify(equation)}.`,
  )
  const [left, right, output] = match.slice(1).map((letters) => [...letters]) as [string[], string[], string[]]
  const extent = new Map<string, number>()
  for (const [letters, x, name] of [
    [left, a, 'a'],
    [right, b, 'b'],
  ] as const) {
    checkArgument(
      letters.length === x.rank && new Set(letters).size === letters.length,
      () =>
        `einsum: '${letters.join('')}' must name each of the ${x.rank} axes of ${name} ${formatShape(x.shape)} by a letter of its own.`,
    )
    letters.forEach((letter, i) => {
      const known = extent.get(letter) ?? x.shape[i]!
      if (known !== x.shape[i])
        throw new NeuriteError(
          'SHAPE_MISMATCH',
          `einsum: '${letter}' is ${known} in a ${formatShape(a.shape)} and ${x.shape[i]} in b ${formatShape(b.shape)}.`,
          { a: a.shape, b: b.shape },
        )
      extent.set(letter, known)
    })
  }
  checkArgument(
    output.every((letter) => extent.has(letter)) && new Set(output).size === output.length,
    () => `einsum: the output '${output.join('')}' must name letters of the operands, each once.`,
  )

  const shared = left.filter((letter) => right.includes(letter))
  const batch = shared.filter((letter) => output.includes(letter))
  const summed = shared.filter((letter) => !output.includes(letter))
  const onlyLeft = left.filter((letter) => !right.includes(letter) && output.includes(letter))
  const onlyRight = right.filter((letter) => !left.includes(letter) && output.includes(letter))
  const keep = [...batch, ...onlyLeft, ...onlyRight, ...summed]
  const size = (letters: readonly string[]): number =>
    letters.reduce((product, letter) => product * extent.get(letter)!, 1)
  /** Sums what only this operand has, then lays it out as [batch, rows, columns]. */
  const arrange = (
    x: Tensor,
    letters: readonly string[],
    rows: readonly string[],
    columns: readonly string[],
  ): Tensor => {
    const gone = letters.flatMap((letter, i) => (keep.includes(letter) ? [] : [i]))
    const rest = letters.filter((letter) => keep.includes(letter))
    const reduced = gone.length === 0 ? x : sum(x, { axes: gone })
    const order = [...batch, ...rows, ...columns].map((letter) => rest.indexOf(letter))
    const ordered = order.every((axis, i) => axis === i) ? reduced : transpose(reduced, order)
    return reshape(ordered, [size(batch), size(rows), size(columns)])
  }
  return tidy(() => {
    const p = arrange(a, left, onlyLeft, summed)
    const q = arrange(b, right, summed, onlyRight)
    const product = summed.length === 0 ? mul(p, q) : matmul(p, q)
    const letters = [...batch, ...onlyLeft, ...onlyRight]
    const extents = letters.map((letter) => extent.get(letter)!)
    const unfolded = reshape(product, extents)
    const order = output.map((letter) => letters.indexOf(letter))
    return order.every((axis, i) => axis === i) ? unfolded : transpose(unfolded, order)
  })
}
