import { tensor, type Tensor } from '@neurite/core'
import { collapseLinear } from '@neurite/explain'
import { countParams, dense, sequential, type ActivationName, type Layer } from '@neurite/nn'
import { normal } from '@neurite/nn/initializers'
import { numbersOf, onCpu } from './compute.js'
import { LINE_POINTS, lineX, WIDTH } from './grid.js'

export interface CollapseRequest {
  readonly depth: number
  readonly phi: ActivationName
  readonly seed: number
}

/** A matrix and a bias, as numbers to draw: rows are inputs. */
export interface Affine {
  readonly weight: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/** A deep network of one number, and what becomes of it when its first layers are multiplied into one. */
export interface Collapse {
  readonly layers: readonly Affine[]
  /** F(x) at {@link LINE_POINTS} places. */
  readonly output: Float64Array
  /** With the first k layers as one map, k = 1 to depth; empty if the package refuses. */
  readonly joined: readonly { readonly map: Affine; readonly output: Float64Array; readonly difference: number }[]
  /** How many numbers it learns, as layers and as one. */
  readonly parameters: number
  readonly parametersJoined: number
  /** Why not: the package's own words. */
  readonly refused?: string
}

/** Chapter 4.2.4.b: layers of weights without activations multiply to a single affine map, by {@link collapseLinear}. */
export function collapse({ depth, phi, seed }: CollapseRequest): Promise<Collapse> {
  return onCpu(async (backend) => {
    const layers = Array.from({ length: depth }, (_, i) =>
      i === depth - 1
        ? dense(1, { biasInitializer: normal({ standardDeviation: 0.3 }) })
        : dense(WIDTH, {
            activation: phi,
            weightInitializer: normal({ standardDeviation: 0.8 }),
            biasInitializer: normal({ standardDeviation: 0.5 }),
          }),
    )
    const whole = sequential(layers)
    const { params } = whole.init({ inputShape: [1], seed, dtype: 'float64', backend })
    const x = tensor(
      Float64Array.from({ length: LINE_POINTS }, (_, i) => lineX(i)),
      {
        shape: [LINE_POINTS, 1],
        backend,
      },
    )
    const output = await numbersOf(whole.apply(params, x))
    const found = {
      layers: await Promise.all(params.map(({ weight, bias }) => affine(weight, bias!))),
      output,
      parameters: countParams(params),
      parametersJoined: countParams(dense(1).init({ inputShape: [1], backend }).params),
    }
    const joined = []
    try {
      for (let k = 1; k <= depth; k++) {
        const map = await collapseLinear(sequential(layers.slice(0, k)), params.slice(0, k))
        const rest: readonly Layer[] = [dense(map.weight.shape[1]!), ...layers.slice(k)]
        const merged = sequential(rest)
        const values = await numbersOf(merged.apply([{ weight: map.weight, bias: map.bias }, ...params.slice(k)], x))
        joined.push({
          map: await affine(map.weight, map.bias),
          output: values,
          difference: values.reduce((most, value, i) => Math.max(most, Math.abs(value - output[i]!)), 0),
        })
      }
    } catch (error) {
      return { ...found, joined: [], refused: error instanceof Error ? error.message : String(error) }
    }
    return { ...found, joined }
  })
}

async function affine(weight: Tensor, bias: Tensor): Promise<Affine> {
  const [rows, columns] = weight.shape as [number, number]
  const data = await numbersOf(weight)
  return {
    weight: Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]),
    bias: [...(await numbersOf(bias))],
  }
}
