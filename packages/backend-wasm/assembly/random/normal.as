/** What x * y loses by rounding. */
@inline
function lost(x: f64, y: f64): f64 {
  const a = <f64>(<f32>x)
  const b = <f64>(<f32>y)
  return a * b - x * y + a * (y - b) + (x - a) * b + (x - a) * (y - b)
}

// log 2 = HIGH + LOW.
@inline
const HIGH: f64 = 0.6931471803691238
@inline
const LOW: f64 = 1.9082149292705877e-10
@inline
const TWO_THIRDS: f64 = 2.0 / 3.0

/** log(x) for normal x > 0: the sum of the two numbers of `logarithm` of @neurite/core, operation by operation. */
function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x)
  let k = <f64>(<i32>(bits >> 52) - 1023)
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000)
  if (m > 1.4142135623730951) {
    m /= 2
    k++
  }
  const sum = m + 1
  const s = (m - 1) / sum
  const sLost = (m - 1 - s * sum - lost(s, sum) - s * (m - (sum - 1))) / sum
  const z = s * s
  const zLost = lost(s, s) + 2 * s * sLost
  let tail: f64 = 0
  for (let n: f64 = 25; n > 3; n -= 2) tail = tail * z + 2 / n
  const third = z * TWO_THIRDS
  const t = 2 + third
  const tLost =
    2 - t + third + (lost(z, TWO_THIRDS) + third * 5.551115123125783e-17 + zLost * TWO_THIRDS + z * z * tail)
  const logM = s * t
  const log = k * HIGH + logM
  return log + (k * HIGH - log + logM + (k * LOW + lost(s, t) + s * tLost + sLost * t))
}

@inline
function horner(x: f64, a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, g: f64, h: f64): f64 {
  return ((((((h * x + g) * x + f) * x + e) * x + d) * x + c) * x + b) * x + a
}

/** The quantile function of the standard normal distribution for p in (0, 1): Wichura (1988), algorithm AS 241, PPND16. */
export function quantile(p: f64): f64 {
  const q = p - 0.5
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q
    const above = horner(
      r,
      3.387132872796366608,
      133.14166789178437745,
      1971.5909503065514427,
      13731.693765509461125,
      45921.953931549871457,
      67265.770927008700853,
      33430.575583588128105,
      2509.0809287301226727,
    )
    return (
      (q * above) /
      horner(
        r,
        1.0,
        42.313330701600911252,
        687.1870074920579083,
        5394.1960214247511077,
        21213.794301586595867,
        39307.89580009271061,
        28729.085735721942674,
        5226.495278852854561,
      )
    )
  }
  const r = sqrt<f64>(-logarithm(q < 0 ? p : 1 - p))
  let magnitude: f64
  if (r <= 5) {
    const x = r - 1.6
    const above = horner(
      x,
      1.42343711074968357734,
      4.6303378461565452959,
      5.7694972214606914055,
      3.64784832476320460504,
      1.27045825245236838258,
      0.24178072517745061177,
      0.0227238449892691845833,
      7.7454501427834140764e-4,
    )
    magnitude =
      above /
      horner(
        x,
        1.0,
        2.05319162663775882187,
        1.6763848301838038494,
        0.68976733498510000455,
        0.14810397642748007459,
        0.0151986665636164571966,
        5.475938084995344946e-4,
        1.05075007164441684324e-9,
      )
  } else {
    const x = r - 5
    const above = horner(
      x,
      6.6579046435011037772,
      5.4637849111641143699,
      1.7848265399172913358,
      0.29656057182850489123,
      0.026532189526576123093,
      0.0012426609473880784386,
      2.71155556874348757815e-5,
      2.01033439929228813265e-7,
    )
    magnitude =
      above /
      horner(
        x,
        1.0,
        0.59983220655588793769,
        0.13692988092273580531,
        0.0148753612908506148525,
        7.868691311456132591e-4,
        1.8463183175100546818e-5,
        1.4215117583164458887e-7,
        2.04426310338993978564e-15,
      )
  }
  return q < 0 ? -magnitude : magnitude
}
