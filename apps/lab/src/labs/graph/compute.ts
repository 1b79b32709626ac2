import { cpu } from '@neurite/backend-cpu'
import { mul, reshape, sum, tensor, transpose, type Backend, type Tensor } from '@neurite/core'
import { networkGraph, type NetworkGraph } from '@neurite/explain'
import { dense, sequential, type ActivationName } from '@neurite/nn'
import { LINE, SIDE, squareX, squareY, lineX } from './grid.js'
import { N } from './state.js'

export interface NetworkRequest {
  readonly inputs: 1 | 2
  readonly phi: ActivationName
  readonly one: boolean
  /** A row for each input, a number for each neuron. */
  readonly w: readonly (readonly number[])[]
  readonly b: readonly number[]
  readonly v: readonly number[]
  readonly x: readonly number[]
}

/** What each neuron does with one input, and the function that the network is. */
export interface NetworkNumbers {
  readonly request: NetworkRequest
  readonly graph: NetworkGraph
  /** x_j w_ji: a row for each input. */
  readonly products: readonly (readonly number[])[]
  /** Weighted sums with the bias, phi of them, and these times v. */
  readonly z: readonly number[]
  readonly a: readonly number[]
  readonly parts: readonly number[]
  readonly output: number
  /** On the line or the square: F, and phi of each neuron, one after the other. */
  readonly surface: Float64Array
  readonly units: readonly Float64Array[]
  /** v_i phi there. */
  readonly shares: readonly Float64Array[]
}

/** The chapter's F(x) = sum of v_i phi(x . w_i + b_i) (4.2.0): a dense layer, and one without bias. */
export async function networkNumbers(request: NetworkRequest): Promise<NetworkNumbers> {
  const backend = cpu()
  try {
    return await numbers(request, backend)
  } finally {
    backend.dispose()
  }
}

async function numbers(request: NetworkRequest, backend: Backend): Promise<NetworkNumbers> {
  const { inputs, phi, one, w, b, v, x } = request
  const of = (values: readonly number[], shape: readonly number[]): Tensor =>
    tensor(Float64Array.from(values), { shape, backend })
  const model = sequential([dense(N, { activation: phi }), dense(1, { useBias: false })])
  const params = [{ weight: of(w.flat(), [inputs, N]), bias: of(b, [N]) }, { weight: of(v, [N, 1]) }] as const
  const linear = dense(N)
  const point = of(x, [1, inputs])
  const places =
    inputs === 1
      ? Array.from({ length: LINE }, (_, i) => lineX(i))
      : Array.from({ length: SIDE * SIDE }, (_, k) => [squareX(k), squareY(k)]).flat()
  const grid = of(places, [places.length / inputs, inputs])
  const hidden = (at: Tensor): Tensor => model.layers[0].apply(params[0], at)
  const weighted = (a: Tensor): Tensor => mul(a, reshape(params[1].weight, [1, N]))
  const [a, shown] = [hidden(point), hidden(grid)]
  return {
    request,
    graph: await networkGraph(model, params, { biasAsInput: one }),
    products: await rows(mul(reshape(point, [inputs, 1]), params[0].weight)),
    z: await list(linear.apply(params[0], point)),
    a: await list(a),
    parts: await list(weighted(a)),
    output: await sum(model.apply(params, point)).item(),
    surface: Float64Array.from(await model.apply(params, grid).data()),
    units: await columns(shown),
    shares: await columns(weighted(shown)),
  }
}

const list = async (values: Tensor): Promise<readonly number[]> => [...Float64Array.from(await values.data())]

async function rows(values: Tensor): Promise<readonly (readonly number[])[]> {
  const [count, width] = values.shape as [number, number]
  const data = await list(values)
  return Array.from({ length: count }, (_, i) => data.slice(i * width, (i + 1) * width))
}

async function columns(values: Tensor): Promise<readonly Float64Array[]> {
  return (await rows(transpose(values))).map((row) => Float64Array.from(row))
}
