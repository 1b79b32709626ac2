import type { KernelParams } from '@neurite/core'
import { build, type HostArray } from './host.js'
import { normalQuantile } from './special.js'

/**
 * Threefry-2x32 with 20 rounds, straight from the paper's pseudocode (Salmon, Moraes, Dror, Shaw 2011, section 2 and
 * table 2), in unsigned arithmetic. The known-answer vectors of the authors' Random123 library check it in the tests.
 */
export function threefry([k0, k1]: readonly [number, number], [c0, c1]: readonly [number, number]): [number, number] {
  const keys = [k0 >>> 0, k1 >>> 0, (0x1bd11bda ^ k0 ^ k1) >>> 0]
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24]
  let [x, y] = [(c0 + keys[0]!) >>> 0, (c1 + keys[1]!) >>> 0]
  for (let round = 0; round < 20; round++) {
    x = (x + y) >>> 0
    const turn = rotations[round % 8]!
    y = (((y << turn) | (y >>> (32 - turn))) ^ x) >>> 0
    if (round % 4 === 3) {
      const group = (round + 1) / 4
      x = (x + keys[group % 3]!) >>> 0
      y = (y + keys[(group + 1) % 3]! + group) >>> 0
    }
  }
  return [x, y]
}

/** The stream's definition: element i is made from the block that encrypts the counter i. */
export function random(
  _: readonly HostArray[],
  { distribution, shape, dtype, key }: KernelParams<'random'>,
): HostArray {
  let counter = 0
  return build(shape, dtype, () => {
    const [high, low] = threefry(key, [counter++, 0])
    if (distribution === 'bits') return Math.floor(high / 2 ** 8)
    if (distribution === 'uniform') {
      if (dtype === 'float32') return Math.floor(high / 2 ** 8) / 2 ** 24
      return Math.floor(high / 2 ** 5) / 2 ** 27 + Math.floor(low / 2 ** 6) / 2 ** 53
    }
    return normalQuantile(Math.floor(high / 2 ** 6) / 2 ** 26 + (Math.floor(low / 2 ** 6) + 0.5) / 2 ** 52)
  })
}
