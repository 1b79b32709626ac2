import { checkArgument, NeuriteError } from '../errors/index.js'
import { logarithm } from '../math/power.js'
import type { Distribution } from '../primitive/params.js'
import type { TypedArray } from '../tensor/dtype.js'
import type { Key } from './key.js'
import { threefry2x32, type KeyWords } from './threefry.js'

const TWO_M53 = 2 ** -53

/**
 * Fills `out` with numbers from a key. Element i depends on the key and i alone. Only +, -, *, / and sqrt on doubles are
 * used, which IEEE 754 rounds the same everywhere (Math.log and Math.cos are not: they differ between engines), so a
 * seed gives the same numbers in every browser and in Node. For backends; users take {@link randomUniform} and the like.
 *
 * @param words - of a key, see {@link resolveKey}
 * @param length - how many numbers, default all of `out`
 * @example
 * ```ts
 * import { fillRandom, key, resolveKey } from '@neurite/core'
 * const out = new Int32Array(2)
 * fillRandom('bits', resolveKey(key(0).source), out)
 * out // => [7020545, 5279483]
 * ```
 */
export function fillRandom(distribution: Distribution, words: KeyWords, out: TypedArray, length = out.length): void {
  const block = new Uint32Array(2)
  for (let i = 0; i < length; i++) {
    threefry2x32(words, i >>> 0, Math.floor(i / 0x1_0000_0000), block)
    if (distribution === 'bits') out[i] = block[0]! >>> 8
    else if (distribution === 'uniform') out[i] = toUniform(block, out)
    // 52 bits and a half: never 0 or 1, where the quantile is infinite.
    else out[i] = normalQuantile(((block[0]! >>> 6) * 0x400_0000 + (block[1]! >>> 6) + 0.5) * 2 ** -52)
  }
}

/** [0, 1): 24 bits for float32, so that rounding never reaches 1; 53 bits otherwise. */
function toUniform(block: Uint32Array, out: TypedArray): number {
  if (out instanceof Float32Array) return (block[0]! >>> 8) * 2 ** -24
  return ((block[0]! >>> 5) * 0x400_0000 + (block[1]! >>> 6)) * TWO_M53
}

/**
 * `n` uniform doubles in [0, 1) with 53 random bits each, on the host.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an n that is no whole number >= 0, `SYMBOLIC_VALUE` inside a trace
 * @example
 * ```ts
 * import { key, uniform } from '@neurite/core'
 * uniform(key(0), 2) // => [0.418457, 0.314682]
 * ```
 */
export function uniform(key: Key, n: number): Float64Array {
  checkCount('uniform', n)
  const out = new Float64Array(n)
  fillRandom('uniform', hostWords('uniform', key), out)
  return out
}

function hostWords(where: string, key: Key): KeyWords {
  if ('input' in key.source) {
    throw new NeuriteError(
      'SYMBOLIC_VALUE',
      `${where}: the key is being traced, and numbers on the host would be frozen into the program; use randomUniform, or draw them outside and pass them as a tensor.`,
    )
  }
  return key.source
}

/**
 * A permutation of 0 .. n-1, each equally likely (Fisher & Yates, Durstenfeld's form), on the host.
 *
 * @throws NeuriteError as {@link uniform}
 * @example
 * ```ts
 * import { key, randomPermutation } from '@neurite/core'
 * randomPermutation(key(0), 5) // => [4, 0, 1, 2, 3]
 * ```
 */
export function randomPermutation(key: Key, n: number): Int32Array {
  checkCount('randomPermutation', n)
  const draws = new Float64Array(n)
  fillRandom('uniform', hostWords('randomPermutation', key), draws)
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(draws[i]! * (i + 1))
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order
}

function checkCount(where: string, n: number): void {
  checkArgument(Number.isInteger(n) && n >= 0, () => `${where}: n must be a whole number >= 0, got ${String(n)}.`, {
    n,
  })
}

// Wichura (1988), algorithm AS 241, PPND16: relative accuracy about 1e-16.
const CENTER_P = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
]
const CENTER_Q = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
]
const MIDDLE_P = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
]
const MIDDLE_Q = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
]
const TAIL_P = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
]
const TAIL_Q = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
]

function horner(coefficients: readonly number[], x: number): number {
  let value = 0
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i]!
  return value
}

/** The quantile function of the standard normal distribution for p in (0, 1). */
function normalQuantile(p: number): number {
  const q = p - 0.5
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q
    return (q * horner(CENTER_P, r)) / horner(CENTER_Q, r)
  }
  const [log, rest] = logarithm(q < 0 ? p : 1 - p)
  const r = Math.sqrt(-(log + rest))
  const magnitude =
    r <= 5 ? horner(MIDDLE_P, r - 1.6) / horner(MIDDLE_Q, r - 1.6) : horner(TAIL_P, r - 5) / horner(TAIL_Q, r - 5)
  return q < 0 ? -magnitude : magnitude
}
