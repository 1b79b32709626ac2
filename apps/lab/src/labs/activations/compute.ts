import { cpu } from '@neurite/backend-cpu'
import {
  concat,
  grad,
  jacobian,
  leakyRelu,
  mul,
  softmax,
  sum,
  tensor,
  tidy,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { resolveActivation } from '@neurite/nn'
import { POINTS, THROUGH, xOf } from './grid.js'
import { PHIS, type Phi } from './state.js'

/** A function and its derivative at {@link POINTS} places. */
export interface Curve {
  readonly phi: Phi
  readonly value: Float64Array
  readonly slope: Float64Array
  /** The slope to the powers 1 to {@link THROUGH}, one power after the other. */
  readonly powers: Float64Array
}

/** An activation with the lab's slope of leaky ReLU. */
export function activationOf(phi: Phi, a: number): (x: Tensor) => Tensor {
  return phi === 'leakyRelu' ? (x) => leakyRelu(x, { negativeSlope: a }) : resolveActivation(phi)
}

export async function onCpu<R>(compute: (backend: Backend) => Promise<R>): Promise<R> {
  const backend = cpu()
  try {
    return await compute(backend)
  } finally {
    backend.dispose()
  }
}

export const numbersOf = async (values: Tensor): Promise<Float64Array> => Float64Array.from(await values.data())

/** phi, phi' by automatic differentiation, and what is left of a gradient that passes it up to ten times. */
export function activationCurve({ phi, a }: { phi: Phi; a: number }): Promise<Curve> {
  return onCpu(async (backend) => {
    const x = tensor(
      Float64Array.from({ length: POINTS }, (_, i) => xOf(i)),
      { backend, dtype: 'float64' },
    )
    const f = activationOf(phi, a)
    const slope = grad((at: Tensor) => sum(f(at)))(x)
    // One factor a layer, as on the way back.
    const powers = tidy(() => {
      const products = [slope]
      while (products.length < THROUGH) products.push(mul(products.at(-1)!, slope))
      return concat(products)
    })
    return { phi, value: await numbersOf(f(x)), slope: await numbersOf(slope), powers: await numbersOf(powers) }
  })
}

/** Small pictures of all: every tenth point of each. */
export async function activationThumbs(): Promise<Readonly<Record<string, Float64Array>>> {
  const curves = await Promise.all(
    PHIS.filter((phi) => phi !== 'softmax').map((phi) => activationCurve({ phi, a: 0.1 })),
  )
  return Object.fromEntries(curves.map(({ phi, value }) => [phi, value.filter((_, i) => i % 10 === 0)]))
}

export interface Softmax {
  readonly y: readonly number[]
  /** Of y: 1, but for rounding. */
  readonly sum: number
  /** dy_j / dz_k in row j. */
  readonly jacobian: readonly (readonly number[])[]
}

/** The softmax of a few numbers, and how each result answers to each number. */
export function softmaxOf({ z }: { z: readonly number[] }): Promise<Softmax> {
  return onCpu(async (backend) => {
    const x = tensor([...z], { backend, dtype: 'float64' })
    const probabilities = softmax(x)
    const y = await numbersOf(probabilities)
    const slopes = await numbersOf(jacobian((at: Tensor) => softmax(at))(x))
    return {
      y: [...y],
      sum: await sum(probabilities).item(),
      jacobian: z.map((_, j) => [...slopes.subarray(j * z.length, (j + 1) * z.length)]),
    }
  })
}
