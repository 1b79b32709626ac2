import { matmul, tensor } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import { cpu } from '../src/index.js'
import { distance, naiveProduct, numbers } from './support/naive.js'

const backend = cpu()

// Around the ends of tiles (2 x 3, 4 columns), of blocks (64 rows, 240 columns, a depth of 256), and thin ones.
const SIZES: readonly (readonly [m: number, n: number, k: number])[] = [
  [1, 1, 1],
  [2, 3, 5],
  [3, 4, 7],
  [4, 2, 300],
  [1, 131, 257],
  [131, 1, 257],
  [2, 131, 33],
  [13, 17, 19],
  [63, 239, 31],
  [64, 240, 256],
  [65, 241, 257],
  [130, 7, 513],
  [5, 481, 9],
  [3, 3, 0],
]

describe.each(['float32', 'float64'] as const)('matmul %s at the edges of tiles', (dtype) => {
  for (const size of SIZES) {
    const [m, n, k] = size
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        test(`${m}x${k} by ${k}x${n}${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`, () => {
          const a = tensor(numbers(m * k, 1), { shape: transposeA ? [k, m] : [m, k], dtype, backend })
          const b = tensor(numbers(k * n, 2), { shape: transposeB ? [n, k] : [k, n], dtype, backend })
          const expected = naiveProduct(size, a.dataSync(), b.dataSync(), { transposeA, transposeB })
          const actual = matmul(a, b, { transposeA, transposeB })
          // Sums of k products below 1, rounded once a block.
          expect(distance(actual.dataSync(), expected)).toBeLessThan(
            (dtype === 'float32' ? 2 ** -22 : 2 ** -50) * (k + 1),
          )
          for (const each of [a, b, actual]) each.dispose()
        })
      }
    }
  }
})

test('what an earlier product left in the lanes does not come back', () => {
  const noise = tensor(
    Array.from({ length: 70 * 70 }, () => NaN),
    { shape: [70, 70], backend },
  )
  matmul(noise, noise).dispose()
  const a = tensor(numbers(17 * 23, 3), { shape: [17, 23], backend })
  const b = tensor(numbers(23 * 31, 4), { shape: [23, 31], backend })
  const expected = naiveProduct([17, 31, 23], a.dataSync(), b.dataSync(), { transposeA: false, transposeB: false })
  expect(distance(matmul(a, b).dataSync(), expected)).toBeLessThan(1e-5)
})

test('leading axes broadcast, on both sides at once', () => {
  const a = tensor(numbers(2 * 1 * 5 * 6, 5), { shape: [2, 1, 5, 6], backend })
  const b = tensor(numbers(3 * 6 * 4, 6), { shape: [3, 6, 4], backend })
  const product = matmul(a, b)
  expect(product.shape).toEqual([2, 3, 5, 4])
  const all = product.dataSync()
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 3; j++) {
      const left = a.dataSync().subarray(i * 30, i * 30 + 30)
      const right = b.dataSync().subarray(j * 24, j * 24 + 24)
      const expected = naiveProduct([5, 4, 6], left, right, { transposeA: false, transposeB: false })
      expect(distance(all.subarray((i * 3 + j) * 20, (i * 3 + j) * 20 + 20), expected)).toBeLessThan(1e-5)
    }
  }
})
