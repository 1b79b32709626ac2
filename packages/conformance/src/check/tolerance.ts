import type { Capabilities, DType, PrimitiveName } from '@neurite/core'

/**
 * How far a result may be from the reference. The error may reach `ulps` units of the dtype's rounding error times the
 * larger of the expected magnitude and `floor`; `float64Ulps` where series and rational functions tire before float64.
 *
 * - `'exact'`: the very same number, NaN and the sign of zero included.
 * - `'equal'`: the same number, NaN included, but 0 may be -0: which of them max(0, -0) is, nobody says.
 * - `of: 'terms'`: the magnitude is that of the summed terms, not of their sum, which may cancel (Higham 2002, "Accuracy
 *   and Stability of Numerical Algorithms", section 4.2); `inARow` says how many of them may be added one after another,
 *   and {@link summedUlps} what that allows.
 */
export type Tolerance =
  | 'exact'
  | 'equal'
  | {
      readonly ulps: number
      readonly float64Ulps?: number
      readonly floor?: number
      readonly of?: 'terms'
      readonly inARow?: number
    }

/**
 * Correctly rounded by IEEE 754, so within half a unit; two, for devices that divide by multiplying with a reciprocal.
 */
const ROUNDED: Tolerance = { ulps: 4 }
/** Computed by a polynomial or a library function. */
const FUNCTION: Tolerance = { ulps: 32 }
/** As FUNCTION, but near a root only absolutely good: argument reduction loses digits there. */
const ROOTED: Tolerance = { ulps: 32, floor: 1 }
/** In pairs, in blocks, or in higher precision. */
const SUMMED: Tolerance = { ulps: 64, of: 'terms', inARow: 0 }
/** Products of matrices over a long inner axis: in parts. */
const MULTIPLIED: Tolerance = { ulps: 64, of: 'terms', inARow: 1024 }
/** Windows, and what meets at one place, in whatever order. */
const GATHERED: Tolerance = { ulps: 64, of: 'terms', inARow: Infinity }

/** Units for a sum of `count` terms: the contract's bound, which grows with the logarithm of their number. */
export function summedUlps({ ulps, inARow = 0 }: Exclude<Tolerance, string>, count: number, dtype: DType): number {
  if (count <= 1) return ulps
  // float64 has digits to spare, and may add in a row.
  const allowed = dtype === 'float64' ? Infinity : inARow
  return ulps + Math.min(count, allowed) + 8 * Math.log2(count)
}

/** The tolerance of each primitive on floats. Whole numbers and bools are exact in every primitive. */
export const TOLERANCE: { readonly [P in PrimitiveName]: Tolerance } = {
  neg: 'exact',
  abs: 'exact',
  sign: 'equal',
  floor: 'exact',
  exp: FUNCTION,
  expm1: FUNCTION,
  log: ROOTED,
  log1p: FUNCTION,
  sqrt: ROUNDED,
  sin: ROOTED,
  cos: ROOTED,
  tanh: FUNCTION,
  sigmoid: FUNCTION,
  relu: 'equal',
  erf: { ulps: 32, float64Ulps: 1024 },
  erfc: { ulps: 32, float64Ulps: 1024 },
  logicalNot: 'exact',
  cast: 'exact',
  add: ROUNDED,
  sub: ROUNDED,
  mul: ROUNDED,
  div: ROUNDED,
  // The exponent's rounding error is multiplied by b log a.
  pow: { ulps: 128 },
  maximum: 'equal',
  minimum: 'equal',
  equal: 'exact',
  less: 'exact',
  lessEqual: 'exact',
  logicalAnd: 'exact',
  logicalOr: 'exact',
  where: 'exact',
  sum: SUMMED,
  max: 'equal',
  min: 'equal',
  argMax: 'exact',
  argMin: 'exact',
  topKIndices: 'exact',
  cumsum: SUMMED,
  matmul: MULTIPLIED,
  conv2d: GATHERED,
  conv2dInputGradient: GATHERED,
  conv2dFilterGradient: MULTIPLIED,
  maxPool2d: 'equal',
  maxPool2dGradient: GATHERED,
  maxPool2dPick: 'exact',
  avgPool2d: GATHERED,
  avgPool2dGradient: GATHERED,
  reshape: 'exact',
  transpose: 'exact',
  broadcastTo: 'exact',
  concat: 'exact',
  pad: 'exact',
  slice: 'exact',
  gather: 'exact',
  scatterAdd: GATHERED,
  full: 'exact',
  arange: ROUNDED,
  // Bits and uniforms are exact; normals are a rational function, the reference a bisection.
  random: { ulps: 64, floor: 1 },
  softmax: { ulps: 64, floor: 2 ** -10 },
  logSoftmax: { ulps: 64, floor: 1 },
}

/** Several operations in a row, on numbers of ordinary size. */
export const COMPOSED = { ulps: 256, floor: 1 } as const satisfies Tolerance

/** Golden files hold ten digits, 2^-31 of a number at worst; gradients pass through a dozen operations. */
export const GOLDEN = { float64: { ulps: 2 ** 23, floor: 2 ** -8 }, float32: { ulps: 128, floor: 1 } } as const

/** Where PyTorch itself is coarser: its hardsigmoid multiplies by 1/6 rounded to float32, in float64 as well. */
export const GOLDEN_COARSE: Readonly<Record<string, Tolerance>> = { hardSigmoid: { ulps: 2 ** 29, floor: 1 } }

/** Dozens of training steps, each of which carries the rounding of the one before. */
export const TRAINING = { float64: { ulps: 2 ** 24, floor: 1 }, float32: { ulps: 1024, floor: 1 } } as const

/** Central differences in float64 with a step of 1e-5, and in float32 with one of 1e-2. */
export const DIFFERENCES = {
  float64: { epsilon: 1e-5, tolerance: 1e-6 },
  float32: { epsilon: 2 ** -6, tolerance: 2e-2 },
} as const

/** The unit of `ulps`: half the distance from 1 to the next number. */
export function roundingError(dtype: DType, { float32Precision }: Pick<Capabilities, 'float32Precision'>): number {
  if (dtype === 'float64') return 2 ** -53
  if (dtype === 'float32') return float32Precision === 16 ? 2 ** -11 : 2 ** -24
  return 0
}
