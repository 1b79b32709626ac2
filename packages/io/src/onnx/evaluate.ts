import {
  add,
  clip,
  concat,
  div,
  erf,
  exp,
  expm1,
  gather,
  log1p,
  matmul,
  mean,
  mul,
  neg,
  abs,
  relu,
  reshape,
  sigmoid,
  softmax,
  sqrt,
  square,
  sub,
  tanh,
  tensor,
  transpose,
  where,
  greater,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, maxPool2d } from '@neurite/core/functional'
import type { Attribute, OnnxGraph } from './proto.js'

// What the operators say in https://onnx.ai/onnx/operators, as far as they are emitted here: so that an export can be compared with the model
// that it was made of, without a runtime.

type Value = Tensor | readonly number[]

interface Call {
  /** The inputs that are tensors, in order. */
  readonly x: readonly Tensor[]
  /** The input that is a list of int64. */
  readonly list: readonly number[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

const one = ({ attributes }: Call, name: string): number => {
  const value = attributes[name]
  return typeof value === 'object' && 'float' in value ? value.float : (value as number)
}
const many = ({ attributes }: Call, name: string): readonly number[] => attributes[name] as readonly number[]

/** ONNX has channels first, these operations have them last. */
const onImages = (x: Tensor, run: (image: Tensor) => Tensor): Tensor =>
  transpose(run(transpose(x, [0, 2, 3, 1])), [0, 3, 1, 2])

const sliding = (call: Call) => {
  const [top, left, bottom, right] = many(call, 'pads') as [number, number, number, number]
  return {
    strides: many(call, 'strides') as [number, number],
    padding: [
      [top, bottom],
      [left, right],
    ] as const,
  }
}
const pooling = (call: Call) => ({ ...sliding(call), window: many(call, 'kernel_shape') as [number, number] })

const elu = (x: Tensor, alpha: number): Tensor => where(greater(x, 0), x, mul(expm1(clip(x, { maximum: 0 })), alpha))

const OPERATORS: Readonly<Record<string, (call: Call) => Tensor>> = {
  Add: ({ x: [a, b] }) => add(a!, b!),
  AveragePool: (call) => onImages(call.x[0]!, (image) => avgPool2d(image, pooling(call))),
  Cast: ({ x: [x] }) => x!,
  Clip: ({ x: [x, low, high] }) => where(greater(x!, high!), high!, where(greater(low!, x!), low!, x!)),
  Concat: (call) => concat(call.x, { axis: one(call, 'axis') }),
  Conv: (call) => {
    const [image, filter, bias] = call.x
    const filters = transpose(filter!, [2, 3, 1, 0])
    return onImages(image!, (rows) => {
      const y = conv2d(rows, filters, sliding(call))
      return bias === undefined ? y : add(y, bias)
    })
  },
  Elu: (call) => elu(call.x[0]!, one(call, 'alpha')),
  Erf: ({ x: [x] }) => erf(x!),
  Flatten: ({ x: [x] }) => reshape(x!, [x!.shape[0]!, -1]),
  Gather: ({ x: [table, indices] }) => gather(table!, indices!),
  Gemm: ({ x: [a, b, c] }) => add(matmul(a!, b!), c!),
  HardSigmoid: (call) => clip(add(mul(call.x[0]!, one(call, 'alpha')), one(call, 'beta')), { minimum: 0, maximum: 1 }),
  Identity: ({ x: [x] }) => x!,
  LayerNormalization: (call) => {
    const [x, scale, offset] = call.x
    const centered = sub(x!, mean(x!, { axes: [-1], keepDims: true }))
    const variance = mean(square(centered), { axes: [-1], keepDims: true })
    return add(mul(div(centered, sqrt(add(variance, one(call, 'epsilon')))), scale!), offset!)
  },
  LeakyRelu: (call) => where(greater(call.x[0]!, 0), call.x[0]!, mul(call.x[0]!, one(call, 'alpha'))),
  MatMul: ({ x: [a, b] }) => matmul(a!, b!),
  MaxPool: (call) => onImages(call.x[0]!, (image) => maxPool2d(image, pooling(call))),
  Mul: ({ x: [a, b] }) => mul(a!, b!),
  ReduceMean: (call) => mean(call.x[0]!, { axes: many(call, 'axes') }),
  Relu: ({ x: [x] }) => relu(x!),
  Reshape: ({ x: [x], list }) =>
    reshape(
      x!,
      list.map((extent, i) => (extent === 0 ? x!.shape[i]! : extent)),
    ),
  Selu: (call) => mul(elu(call.x[0]!, one(call, 'alpha')), one(call, 'gamma')),
  Sigmoid: ({ x: [x] }) => sigmoid(x!),
  Softmax: (call) => softmax(call.x[0]!, { axis: one(call, 'axis') }),
  Softplus: ({ x: [x] }) => add(relu(x!), log1p(exp(neg(abs(x!))))),
  Softsign: ({ x: [x] }) => div(x!, add(abs(x!), 1)),
  Sub: ({ x: [a, b] }) => sub(a!, b!),
  Tanh: ({ x: [x] }) => tanh(x!),
  Transpose: (call) => transpose(call.x[0]!, many(call, 'perm')),
}

/** What the graph says to a batch, computed in float32. */
export function evaluate({ nodes, initializers, input }: OnnxGraph, x: Tensor, backend: Backend): Tensor {
  const values = new Map<string, Value>([[input.name, x]])
  for (const { name, dims, data } of initializers) {
    const value = data instanceof Float32Array ? tensor(data, { shape: dims, backend }) : Array.from(data, Number)
    values.set(name, value)
  }
  let last = x
  for (const { op, inputs, output, attributes } of nodes) {
    const given = inputs.map((name) => values.get(name)!)
    const tensors = given.filter((value): value is Tensor => !Array.isArray(value))
    const list = given.find((value): value is readonly number[] => Array.isArray(value)) ?? []
    last = OPERATORS[op]!({ x: tensors, list, attributes })
    values.set(output, last)
  }
  return last
}
