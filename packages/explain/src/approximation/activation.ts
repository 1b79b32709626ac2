import { checkArgument, grad, NeuriteError, sum, tensor, tidy, type Backend, type Tensor } from '@neurite/core'
import { resolveActivation, type Activation } from '@neurite/nn'

/** An activation on the host: phi and its derivative at many places. */
export interface HostActivation {
  value(z: Float64Array): Promise<Float64Array>
  slope(z: Float64Array): Promise<Float64Array>
}

/** Chebyshev polynomials up to this degree are told from what is no polynomial. */
const DEGREES = 16
const POINTS = 64
/** Activations are looked at between -30 and 30. */
const REACH = 30

/**
 * phi as a function of numbers in float64, if it can approximate every continuous function: it must be no polynomial
 * (Leshno, Lin, Pinkus, Schocken 1993; for bounded phi Cybenko 1989 and Hornik 1991, chapter 4.1).
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a polynomial, saying of which degree, and for softmax, which mixes units
 */
export async function suitableActivation(
  activation: Activation,
  backend: Backend | undefined,
): Promise<HostActivation> {
  const phi = resolveActivation(activation, 'approximate')
  const onHost = async (f: (x: Tensor) => Tensor, z: Float64Array, shape: readonly number[]): Promise<Float64Array> => {
    const y = tidy(() => f(tensor(z, { shape, ...(backend && { backend }) })))
    const data = await y.data()
    y.dispose()
    return data instanceof Float64Array ? data : Float64Array.from(data)
  }
  const value = (z: Float64Array): Promise<Float64Array> => onHost(phi, z, [z.length, 1])
  const derivative = grad((x: Tensor) => sum(phi(x)))

  const places = Float64Array.from({ length: POINTS }, (_, i) => REACH * Math.cos((Math.PI * (i + 0.5)) / POINTS))
  const values = await value(places)
  const together = await onHost(phi, places, [1, POINTS])
  checkArgument(
    values.length === POINTS && values.every((y, i) => Math.abs(y - together[i]!) <= 1e-12 * Math.abs(y)),
    () =>
      `approximate: activation ${nameOf(activation)} is no function of one number: what a unit gives depends on the others; use tanh, sigmoid or relu.`,
  )
  const degree = polynomialDegree(values)
  if (degree !== undefined) {
    const kind = degree === 0 ? 'a constant' : degree === 1 ? 'a linear function' : `a polynomial of degree ${degree}`
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `approximate: activation ${nameOf(activation)} is ${kind}, so sums of v phi(w x + b) are polynomials of degree ${degree} at most, however many neurons there are: no other function can be approximated (Leshno et al. 1993). Use tanh, sigmoid, relu or any other function that is no polynomial.`,
      { degree },
    )
  }
  return { value, slope: (z) => onHost(derivative, z, [z.length, 1]) }
}

const nameOf = (activation: Activation): string =>
  typeof activation === 'string' ? `'${activation}'` : 'given as a function'

/** The degree of the polynomial through values at Chebyshev's points, if they lie on one of low degree. */
function polynomialDegree(values: Float64Array): number | undefined {
  const coefficients = Float64Array.from({ length: POINTS }, (_, k) =>
    values.reduce((total, y, i) => total + y * Math.cos((Math.PI * k * (i + 0.5)) / POINTS), 0),
  )
  const largest = coefficients.reduce((a, c) => Math.max(a, Math.abs(c)), 0)
  let degree = POINTS - 1
  // Beyond rounding errors of a sum of 64 terms; what is not finite is no polynomial.
  while (degree > 0 && Math.abs(coefficients[degree]!) <= 1e-12 * largest) degree--
  return degree <= DEGREES ? degree : undefined
}
