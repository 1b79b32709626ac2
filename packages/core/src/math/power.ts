// Logarithms and powers of +, -, *, / and rounding alone, which IEEE 754 fixes, so that they give the same bits in every engine.
// Math.log and ** do not: ** has another last bit in Node 22 than in Node 24. A number that must be exact is the sum of two doubles:
// a rounded one, and what its rounding lost (Dekker 1971, A floating-point technique for extending the available precision).

/** What x * y loses by rounding: the halves of numbers, of 24 and 29 bits, have products that are exact, or too small to matter. */
function lost(x: number, y: number): number {
  const a = Math.fround(x)
  const b = Math.fround(y)
  return a * b - x * y + a * (y - b) + (x - a) * b + (x - a) * (y - b)
}

// log 2 = HIGH + LOW. HIGH has 33 bits: its product with an exponent is exact.
const HIGH = 0.6931471803691238
const LOW = 1.9082149292705877e-10
const TWO_THIRDS = 2 / 3

/** The natural logarithm as a sum of two numbers, the second much the smaller. NaN for what has none. */
export function logarithm(x: number): [log: number, rest: number] {
  // x = 2^k m with 1 / sqrt(2) < m <= sqrt(2). Where log2 differs between engines, k and m do not.
  let k = Math.min(1023, Math.floor(Math.log2(x)))
  let m = x / 2 ** k
  if (m > Math.SQRT2) {
    m /= 2
    k++
  }
  // With s = (m - 1) / (m + 1) and z = s^2, log m = s (2 + 2 z / 3 + 2 z^2 / 5 + ...), and z < 0.03.
  const sum = m + 1
  const s = (m - 1) / sum
  const sLost = (m - 1 - s * sum - lost(s, sum) - s * (m - (sum - 1))) / sum
  const z = s * s
  const zLost = lost(s, s) + 2 * s * sLost
  let tail = 0
  for (let n = 25; n > 3; n -= 2) tail = tail * z + 2 / n
  // In binary, 2 / 3 repeats itself: what its rounding lost is 2^-54 of it.
  const third = z * TWO_THIRDS
  const t = 2 + third
  const tLost = 2 - t + third + (lost(z, TWO_THIRDS) + third * 2 ** -54 + zLost * TWO_THIRDS + z * z * tail)
  const logM = s * t
  const log = k * HIGH + logM
  return [log, k * HIGH - log + logM + (k * LOW + lost(s, t) + s * tLost + sLost * t)]
}

/**
 * x^y, less than one unit in the last place off, exact where a double holds the result, and the same bits in every engine, which `x ** y`
 * does not promise. Special values are those of `x ** y`.
 *
 * @example
 * ```ts
 * import { power } from '@neurite/core'
 * power(3, 20) // => 3486784401
 * power(-8, 1 / 3) // => NaN
 * ```
 */
export function power(x: number, y: number): number {
  if (y === 2) return x * x
  const [log, logLost] = logarithm(Math.abs(x))
  const product = y * log
  const productLost = lost(y, log) + y * logLost
  const exponent = product + productLost
  // What is 0, Infinity, NaN or 1, or becomes it.
  // eslint-disable-next-line no-restricted-syntax -- the language says which of them, to the bit
  if (!(Math.abs(exponent) < 750) || (x < 0 && y % 1 !== 0)) return x ** y

  // y log x = n log 2 + u, and e^u = 1 + u + u^2 / 2 + ...
  const n = Math.round(exponent * Math.LOG2E)
  const v = exponent - n * HIGH
  const vLost = product - exponent + productLost - n * LOW
  const u = v + vLost
  let series = 1
  for (let i = 15; i > 2; i--) series = 1 + (series * u) / i
  const value = 1 + (u + (v - u + vLost + (series * u * u) / 2))
  // 2^n in two factors, since one may be beyond what a double holds.
  const half = n >> 1
  return (x < 0 && y % 2 !== 0 ? -value : value) * 2 ** half * 2 ** (n - half)
}
