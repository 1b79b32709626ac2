import type { ActivationName } from '@neurite/nn'
import type { GraphBuilder } from './builder.js'

type Emit = (graph: GraphBuilder, x: string) => string

const single =
  (op: string, attributes: Parameters<GraphBuilder['node']>[2] = {}): Emit =>
  (graph, x) =>
    graph.node(op, [x], attributes)

const clip =
  (low: number, high: number): Emit =>
  (graph, x) =>
    graph.node('Clip', [x, graph.scalar(low), graph.scalar(high)])

const identity: Emit = (_, x) => x

/** The activations of nn in ONNX's operators, with nn's defaults. */
export const ACTIVATIONS: Readonly<Record<ActivationName, Emit>> = {
  identity,
  linear: identity,
  sigmoid: single('Sigmoid'),
  tanh: single('Tanh'),
  relu: single('Relu'),
  leakyRelu: single('LeakyRelu', { alpha: { float: 0.01 } }),
  softmax: single('Softmax', { axis: -1 }),
  relu6: clip(0, 6),
  elu: single('Elu', { alpha: { float: 1 } }),
  selu: single('Selu', { alpha: { float: 1.6732632423543772 }, gamma: { float: 1.0507009873554805 } }),
  // x / 2 * (1 + erf(x / sqrt 2)), as ONNX defines its Gelu, which it has only from opset 20 on; there is no Erfc. It cancels below some -4 in
  // float32, where gelu of core keeps its digits: off by less than an ulp of x.
  gelu: (graph, x) => {
    const erf = graph.node('Erf', [graph.node('Mul', [x, graph.scalar(Math.SQRT1_2)])])
    const half = graph.node('Mul', [x, graph.scalar(0.5)])
    return graph.node('Mul', [half, graph.node('Add', [erf, graph.scalar(1)])])
  },
  silu: (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
  softplus: single('Softplus'),
  softsign: single('Softsign'),
  mish: (graph, x) => graph.node('Mul', [x, graph.node('Tanh', [graph.node('Softplus', [x])])]),
  hardSigmoid: single('HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  hardTanh: clip(-1, 1),
}
