import {
  add,
  mul,
  NeuriteError,
  reshape,
  slice,
  sum,
  tensor,
  tidy,
  zeros,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import type { Layer } from '@neurite/nn'
import type { LiveTraining } from './live-training.js'
import type { Numbers, UnitPlace, UnitTerms } from './spec.js'

type Weighted = { readonly weight: Tensor; readonly bias?: Tensor }

const isWeighted = (params: Tree): params is Weighted => 'weight' in params

/** The sum of one unit, term by term, for the first of the points: the network as it is, one multiplication at a time. */
export async function unitTerms(
  training: LiveTraining,
  points: Numbers,
  { layer: at, place }: UnitPlace,
): Promise<UnitTerms> {
  const { model, run, backend } = training
  // Params and states of a sequential model are lists, one entry a layer.
  const [params, states] = [run.params as readonly Tree[], run.state as readonly Tree[]]
  const layer = model.layers?.[at]
  if (layer === undefined) throw new NeuriteError('INVALID_ARGUMENT', `the network has no layer ${at}.`)
  const found = tidy(() => {
    const input = before(model.layers!, at, params, states, first(points, backend))
    const output = layer.apply(params[at]!, input, { state: states[at]! })
    const window = windowOf(layer, input.shape.slice(1), place)
    const inputs = block(reshape(input, input.shape.slice(1)), window.begin, window.size)
    return {
      ...window,
      inputs,
      output: one(reshape(output, output.shape.slice(1)), place),
      weighted: terms(params[at]!, inputs, place),
    }
  })
  const { begin, size, inputs, output, weighted } = found
  return {
    layer: at,
    place,
    shape: size,
    begin,
    inputs: await numbers(inputs),
    output: await number(output),
    ...(weighted !== undefined && {
      weighted: {
        weights: await numbers(weighted.weights),
        products: await numbers(weighted.products),
        sum: await number(weighted.sum),
        bias: await number(weighted.bias),
        z: await number(weighted.z),
      },
    }),
  }
}

function first({ shape, data }: Numbers, backend: Backend): Tensor {
  const one = shape.slice(1).reduce((product, extent) => product * extent, 1)
  return tensor(Float32Array.from(data.subarray(0, one)), { shape: [1, ...shape.slice(1)], backend })
}

const before = (
  layers: readonly Layer[],
  at: number,
  params: readonly Tree[],
  states: readonly Tree[],
  x: Tensor,
): Tensor =>
  layers.slice(0, at).reduce((current, layer, i) => layer.apply(params[i]!, current, { state: states[i]! }), x)

/** What the unit sees of its layer's input: a window, or all of it. */
function windowOf(
  { name, config = { kind: name } }: Layer,
  input: readonly number[],
  [row = 0, column = 0, filter = 0]: readonly number[],
): { readonly begin: readonly number[]; readonly size: readonly number[] } {
  const pair = (value: unknown, otherwise: readonly [number, number]): readonly [number, number] =>
    typeof value === 'number' ? [value, value] : Array.isArray(value) ? [Number(value[0]), Number(value[1])] : otherwise
  if (config['padding'] !== undefined && config['padding'] !== 'valid')
    throw new NeuriteError('NOT_SUPPORTED', 'the lab takes windows apart where no padding stands around them.')
  const channels = input[2] ?? 1
  switch (name) {
    case 'conv2d': {
      const [size, strides] = [pair(config['kernelSize'], [1, 1]), pair(config['strides'], [1, 1])]
      return { begin: [row * strides[0], column * strides[1], 0], size: [...size, channels] }
    }
    case 'maxPool2d':
    case 'avgPool2d': {
      const size = pair(config['window'], [2, 2])
      const strides = pair(config['strides'], size)
      return { begin: [row * strides[0], column * strides[1], filter], size: [...size, 1] }
    }
    case 'dense':
      return { begin: [0], size: input }
    default:
      throw new NeuriteError('NOT_SUPPORTED', `the lab does not take a unit of ${name} apart.`)
  }
}

/** A unit's weights stand along the last axis of the layer's, at its place in the last axis of the output. */
function terms(
  params: Tree,
  inputs: Tensor,
  place: readonly number[],
): { weights: Tensor; products: Tensor; sum: Tensor; bias: Tensor; z: Tensor } | undefined {
  if (!isWeighted(params)) return undefined
  const unit = place.at(-1)!
  const { weight, bias } = params
  const begin = weight.shape.map((_, axis) => (axis === weight.rank - 1 ? unit : 0))
  const weights = reshape(block(weight, begin, [...weight.shape.slice(0, -1), 1]), inputs.shape)
  const products = mul(inputs, weights)
  const total = sum(products)
  const offset = bias === undefined ? zeros([], { backend: total.backend }) : one(bias, [unit])
  return { weights, products, sum: total, bias: offset, z: add(total, offset) }
}

const block = (x: Tensor, begin: readonly number[], size: readonly number[]): Tensor => slice(x, { begin, size })

const one = (x: Tensor, place: readonly number[]): Tensor =>
  reshape(
    block(
      x,
      place,
      place.map(() => 1),
    ),
    [],
  )

/** Reads, and gives the tensor back. */
async function numbers(values: Tensor): Promise<Float32Array> {
  const data = await values.data()
  values.dispose()
  return Float32Array.from(data as ArrayLike<number>)
}

const number = async (value: Tensor): Promise<number> => (await numbers(value))[0]!
