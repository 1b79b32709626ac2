import { fillRandom, formatShape, NeuriteError, resolveKey, sizeOf, tensor } from '@neurite/core'
import { number, or, readOptions } from '@neurite/core/arguments'
import { initializer, type Initializer } from './initializer.js'

/**
 * A matrix with orthonormal columns (or rows, where it has more columns than rows), times `gain` (default 1): it keeps the length
 * of what passes through it (Saxe, McClelland, Ganguli 2014). Weights of more than two axes count as [everything else, last axis].
 *
 * @param options - `gain` default 1
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; when used, `SHAPE_MISMATCH` for fewer than two axes
 * @example
 * ```ts
 * import { key, matmul } from '@neurite/core'
 * import { orthogonal } from '@neurite/nn/initializers'
 * const q = orthogonal()([3, 2], key(0), { dtype: 'float64' })
 * await matmul(q, q, { transposeA: true }).toArray() // => [[1, 0], [0, 1]]
 * ```
 */
export function orthogonal(options: { readonly gain?: number } = {}): Initializer {
  const { gain } = readOptions('orthogonal', options, { gain: or(1, number()) })
  return initializer({ kind: 'orthogonal', gain }, (shape, key, { dtype = 'float32', ...place } = {}) => {
    if (shape.length < 2)
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `orthogonal: a shape needs at least two axes, got ${formatShape(shape)}.`,
        { shape },
      )
    const columns = shape.at(-1)!
    const rows = sizeOf(shape) / columns
    const [length, count] = rows >= columns ? [rows, columns] : [columns, rows]
    const normals = new Float64Array(length * count)
    fillRandom('normal', resolveKey(key.source), normals)
    const basis = orthonormalize(
      Array.from({ length: count }, (_, j) => normals.subarray(j * length, (j + 1) * length)),
    )
    const data = normals.map((_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns]
      return gain * (rows >= columns ? basis[column]![row]! : basis[row]![column]!)
    })
    return tensor({ shape, data }, { dtype, ...place })
  })
}

/**
 * Gram & Schmidt, each vector cleaned twice, which is enough for full precision (Giraud, Langou, Rozložník 2005). The factor R
 * has a positive diagonal, so normal vectors give every orthogonal matrix with equal chance (Mezzadri 2007).
 */
function orthonormalize(vectors: readonly Float64Array[]): Float64Array[] {
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0)
  const done: Float64Array[] = []
  for (const v of vectors) {
    for (const q of [...done, ...done]) {
      const share = dot(v, q)
      for (let i = 0; i < v.length; i++) v[i]! -= share * q[i]!
    }
    const length = Math.sqrt(dot(v, v))
    done.push(v.map((value) => value / length))
  }
  return done
}
