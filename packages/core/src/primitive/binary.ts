import * as ops from '../ops/index.js'
import { broadcastShapes } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'
import { noGradient, type Primitive, type Vjp } from './primitive.js'
import { checkDTypes } from './rule.js'
import { sumTo } from './sum-to.js'

type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum'
type Comparison = 'equal' | 'less' | 'lessEqual'
type Logic = 'logicalAnd' | 'logicalOr'
type Side = (upstream: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor

function binary<P extends Arithmetic | Comparison | Logic>(
  name: P,
  allowed: 'number' | 'any' | 'bool',
  result: 'same' | 'bool',
  vjp: Vjp<P>,
): Primitive<P> {
  return {
    name,
    infer([a, b]) {
      const dtype = checkDTypes(name, [a!, b!], allowed)
      return { dtype: result === 'same' ? dtype : 'bool', shape: broadcastShapes(name, a!.shape, b!.shape) }
    },
    vjp,
  }
}

/** Each side's gradient is summed back over the axes along which it was broadcast. */
function arithmetic<P extends Arithmetic>(name: P, left: Side, right: Side): Primitive<P> {
  return binary(name, 'number', 'same', ({ inputs: [a, b], output, upstream }) => [
    () => sumTo(left(upstream, a!, b!, output), a!.shape),
    () => sumTo(right(upstream, a!, b!, output), b!.shape),
  ])
}

/** 1 where a wins, 1/2 at ties, 0 elsewhere. */
function share(winner: Tensor, loser: Tensor): Tensor {
  const { dtype } = winner
  return ops.mul(ops.add(ops.cast(ops.less(loser, winner), dtype), ops.cast(ops.lessEqual(loser, winner), dtype)), 0.5)
}

export const add = /* @__PURE__ */ arithmetic(
  'add',
  (u) => u,
  (u) => u,
)
export const sub = /* @__PURE__ */ arithmetic(
  'sub',
  (u) => u,
  (u) => ops.neg(u),
)
export const mul = /* @__PURE__ */ arithmetic(
  'mul',
  (u, _, b) => ops.mul(u, b),
  (u, a) => ops.mul(u, a),
)
export const div = /* @__PURE__ */ arithmetic(
  'div',
  (u, _, b) => ops.div(u, b),
  (u, _, b, y) => ops.neg(ops.div(ops.mul(u, y), b)),
)
export const pow = /* @__PURE__ */ arithmetic(
  'pow',
  // Where a factor is 0 the other one is kept finite, rather than the product replaced: what is replaced here would still be there,
  // and 0 * Infinity, in gradients of gradients.
  // x^0 is constant, also at x = 0, where b x^(b-1) would be 0 * Infinity.
  (u, a, b) => ops.mul(u, ops.mul(b, ops.pow(a, ops.where(ops.equal(b, 0), 0, ops.sub(b, 1))))),
  // 0^b is constant in b for b >= 0, where y log(a) would be 0 * -Infinity (PyTorch).
  (u, a, b, y) =>
    ops.mul(u, ops.mul(y, ops.log(ops.where(ops.logicalAnd(ops.equal(a, 0), ops.lessEqual(0, b)), 1, a)))),
)
export const maximum = /* @__PURE__ */ arithmetic(
  'maximum',
  (u, a, b) => ops.mul(u, share(a, b)),
  (u, a, b) => ops.mul(u, share(b, a)),
)
export const minimum = /* @__PURE__ */ arithmetic(
  'minimum',
  (u, a, b) => ops.mul(u, share(b, a)),
  (u, a, b) => ops.mul(u, share(a, b)),
)

export const equal = /* @__PURE__ */ binary('equal', 'any', 'bool', noGradient)
export const less = /* @__PURE__ */ binary('less', 'any', 'bool', noGradient)
export const lessEqual = /* @__PURE__ */ binary('lessEqual', 'any', 'bool', noGradient)
export const logicalAnd = /* @__PURE__ */ binary('logicalAnd', 'bool', 'bool', noGradient)
export const logicalOr = /* @__PURE__ */ binary('logicalOr', 'bool', 'bool', noGradient)

export const where: Primitive<'where'> = {
  name: 'where',
  infer([condition, a, b], _, name) {
    checkDTypes(`${name} (condition)`, [condition!], 'bool')
    const dtype = checkDTypes(name, [a!, b!], 'any')
    return { dtype, shape: broadcastShapes(name, condition!.shape, broadcastShapes(name, a!.shape, b!.shape)) }
  },
  vjp: ({ inputs: [condition, a, b], upstream }) => [
    null,
    () => sumTo(ops.where(condition!, upstream, 0), a!.shape),
    () => sumTo(ops.where(condition!, 0, upstream), b!.shape),
  ],
}
