import { apply } from '../apply.js'
import { NeuriteError } from '../errors/index.js'
import * as ops from '../ops/index.js'
import { formatShape, reducedShape } from '../shape/index.js'
import { noGradient, type Primitive, type Vjp } from './primitive.js'
import { checkDTypes } from './rule.js'
import { unreduce } from './sum-to.js'

type Reduction = 'sum' | 'max' | 'min'

function reduction<P extends Reduction>(name: P, vjp: Vjp<P>): Primitive<P> {
  return {
    name,
    infer: ([x], { axes, keepDims }) => ({
      dtype: checkDTypes(name, [x!], 'number'),
      shape: reducedShape(x!.shape, axes, keepDims),
    }),
    vjp,
  }
}

/** Equal extremes share the gradient. */
const extremum: Vjp<'max' | 'min'> = ({ inputs: [x], params: { axes }, output, upstream }) => [
  () => {
    const hits = ops.cast(ops.equal(x!, unreduce(output, x!.shape, axes)), x!.dtype)
    return ops.mul(hits, ops.div(unreduce(upstream, x!.shape, axes), ops.sum(hits, { axes, keepDims: true })))
  },
]

export const sum = /* @__PURE__ */ reduction('sum', ({ inputs: [x], params: { axes }, upstream }) => [
  () => ops.broadcastTo(unreduce(upstream, x!.shape, axes), x!.shape),
])
export const max = /* @__PURE__ */ reduction('max', extremum)
export const min = /* @__PURE__ */ reduction('min', extremum)

function extremeIndex<P extends 'argMax' | 'argMin'>(name: P): Primitive<P> {
  return {
    name,
    infer([x], { axis }) {
      checkDTypes(name, [x!], 'number')
      if (x!.shape[axis] === 0) {
        throw new NeuriteError(
          'SHAPE_MISMATCH',
          `${name}: axis ${axis} of shape ${formatShape(x!.shape)} is empty, so it has no extreme element.`,
          { axis, shape: x!.shape },
        )
      }
      return { dtype: 'int32', shape: reducedShape(x!.shape, [axis], false) }
    },
    vjp: noGradient,
  }
}

export const argMax = /* @__PURE__ */ extremeIndex('argMax')
export const argMin = /* @__PURE__ */ extremeIndex('argMin')

export const topKIndices: Primitive<'topKIndices'> = {
  name: 'topKIndices',
  infer([x], { k }, name) {
    checkDTypes(name, [x!], 'number')
    const last = x!.shape.at(-1)
    if (last === undefined || !Number.isInteger(k) || k < 1 || k > last) {
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `topK: k must be a whole number in [1, ${last ?? 0}], the extent of the last axis, got ${String(k)}.`,
        { k },
      )
    }
    return { dtype: 'int32', shape: [...x!.shape.slice(0, -1), k] }
  },
  vjp: noGradient,
}

export const cumsum: Primitive<'cumsum'> = {
  name: 'cumsum',
  infer: ([x], _, name) => ({ dtype: checkDTypes(name, [x!], 'number'), shape: x!.shape }),
  vjp: ({ params: { axis, reverse }, upstream }) => [() => apply(cumsum, [upstream], { axis, reverse: !reverse })],
}

export const softmax: Primitive<'softmax'> = {
  name: 'softmax',
  infer: ([x], _, name) => ({ dtype: checkDTypes(name, [x!], 'float'), shape: x!.shape }),
  vjp: ({ params: { axis }, output, upstream }) => [
    () => {
      const weighted = ops.mul(upstream, output)
      return ops.sub(weighted, ops.mul(output, ops.sum(weighted, { axes: [axis], keepDims: true })))
    },
  ],
}

export const logSoftmax: Primitive<'logSoftmax'> = {
  name: 'logSoftmax',
  infer: ([x], _, name) => ({ dtype: checkDTypes(name, [x!], 'float'), shape: x!.shape }),
  vjp: ({ params: { axis }, output, upstream }) => [
    () => ops.sub(upstream, ops.mul(ops.exp(output), ops.sum(upstream, { axes: [axis], keepDims: true }))),
  ],
}
