import * as ops from '../ops/index.js'
import type { Tensor } from '../tensor/tensor.js'
import { noGradient, type Primitive } from './primitive.js'
import { checkDTypes } from './rule.js'

type Unary =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'floor'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'erf'
  | 'erfc'
  | 'logicalNot'

/** A function of each element. `gradient` makes, from upstream, the input x and the result y, the gradient of x. */
function unary<P extends Unary>(
  name: P,
  allowed: 'float' | 'number' | 'bool',
  gradient?: (upstream: Tensor, x: Tensor, y: Tensor) => Tensor,
): Primitive<P> {
  return {
    name,
    infer: (inputs) => ({ shape: inputs[0]!.shape, dtype: checkDTypes(name, inputs, allowed) }),
    vjp:
      gradient === undefined
        ? noGradient
        : ({ inputs: [x], output, upstream }) => [() => gradient(upstream, x!, output)],
  }
}

export const neg = /* @__PURE__ */ unary('neg', 'number', (u) => ops.neg(u))
export const abs = /* @__PURE__ */ unary('abs', 'number', (u, x) => ops.mul(u, ops.sign(x)))
export const sign = /* @__PURE__ */ unary('sign', 'number')
export const floor = /* @__PURE__ */ unary('floor', 'float')
export const exp = /* @__PURE__ */ unary('exp', 'float', (u, _, y) => ops.mul(u, y))
export const expm1 = /* @__PURE__ */ unary('expm1', 'float', (u, x) => ops.mul(u, ops.exp(x)))
export const log = /* @__PURE__ */ unary('log', 'float', (u, x) => ops.div(u, x))
export const log1p = /* @__PURE__ */ unary('log1p', 'float', (u, x) => ops.div(u, ops.add(x, 1)))
export const sqrt = /* @__PURE__ */ unary('sqrt', 'float', (u, _, y) => ops.div(ops.mul(u, 0.5), y))
export const sin = /* @__PURE__ */ unary('sin', 'float', (u, x) => ops.mul(u, ops.cos(x)))
export const cos = /* @__PURE__ */ unary('cos', 'float', (u, x) => ops.neg(ops.mul(u, ops.sin(x))))
export const tanh = /* @__PURE__ */ unary('tanh', 'float', (u, _, y) => ops.mul(u, ops.sub(1, ops.square(y))))
export const sigmoid = /* @__PURE__ */ unary('sigmoid', 'float', (u, _, y) => ops.mul(u, ops.mul(y, ops.sub(1, y))))
export const relu = /* @__PURE__ */ unary('relu', 'number', (u, x) => ops.where(ops.less(0, x), u, 0))
/** e^(-x^2) times the slope of the error functions at 0. */
const bell = (x: Tensor, slope: number): Tensor => ops.mul(ops.exp(ops.neg(ops.square(x))), slope)

export const erf = /* @__PURE__ */ unary('erf', 'float', (u, x) => ops.mul(u, bell(x, 2 / Math.sqrt(Math.PI))))
export const erfc = /* @__PURE__ */ unary('erfc', 'float', (u, x) => ops.mul(u, bell(x, -2 / Math.sqrt(Math.PI))))
export const logicalNot = /* @__PURE__ */ unary('logicalNot', 'bool')

export const cast: Primitive<'cast'> = {
  name: 'cast',
  infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
  vjp: ({ inputs: [x], upstream }) => [() => ops.cast(upstream, x!.dtype)],
}
