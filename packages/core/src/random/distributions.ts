import { checkArgument } from '../errors/index.js'
import type { Distribution } from '../primitive/params.js'
import type { TypedArray } from '../tensor/dtype.js'
import { resolveKey, type Key } from './key.js'
import { threefry2x32, type KeyWords } from './threefry.js'

const TWO_M53 = 2 ** -53

/**
 * Fills `out` with numbers from a key. Element i depends on the key and i alone. Only +, -, *, / and sqrt on doubles are
 * used, which IEEE 754 rounds the same everywhere (Math.log and Math.cos are not: they differ between engines), so a
 * seed gives the same numbers in every browser and in Node.
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

/** `n` uniform doubles in [0, 1), on the host. */
export function uniform(key: Key, n: number): Float64Array {
  checkCount('uniform', n)
  const out = new Float64Array(n)
  fillRandom('uniform', resolveKey(key.source), out)
  return out
}

/** A permutation of 0 .. n-1, each equally likely (Fisher & Yates, Durstenfeld's form), on the host. */
export function randomPermutation(key: Key, n: number): Int32Array {
  checkCount('randomPermutation', n)
  const draws = uniform(key, n)
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(draws[i]! * (i + 1))
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order
}

function checkCount(where: string, n: number): void {
  checkArgument(Number.isInteger(n) && n >= 0, () => `${where}: n must be a whole number >= 0, got ${String(n)}.`, { n })
}

// Wichura (1988), algorithm AS 241, PPND16: relative accuracy about 1e-16.
const CENTER_P = [3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727]
const CENTER_Q = [1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610]
const MIDDLE_P = [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4]
const MIDDLE_Q = [1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9]
const TAIL_P = [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230, 0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7]
const TAIL_Q = [1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15]

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
  const r = Math.sqrt(-logOf(q < 0 ? p : 1 - p))
  const magnitude = r <= 5 ? horner(MIDDLE_P, r - 1.6) / horner(MIDDLE_Q, r - 1.6) : horner(TAIL_P, r - 5) / horner(TAIL_Q, r - 5)
  return q < 0 ? -magnitude : magnitude
}

/** Natural logarithm by basic arithmetic: x = m 2^e with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh((m - 1) / (m + 1)). */
function logOf(x: number): number {
  let exponent = 0
  let m = x
  while (m < Math.SQRT1_2) {
    m *= 2
    exponent--
  }
  const s = (m - 1) / (m + 1)
  const s2 = s * s
  let series = 0
  for (let n = 23; n >= 1; n -= 2) series = series * s2 + 1 / n
  return 2 * s * series + exponent * 0.6931471805599453
}
