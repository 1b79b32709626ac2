import { NeuriteError } from '../errors/index.js'
import { formatShape, reducedShape } from '../shape/index.js'
import { checkDTypes, type Rule } from './rule.js'

const reduction: Rule<'sum' | 'max' | 'min'> = {
  infer: ([x], { axes, keepDims }, name) => ({ dtype: checkDTypes(name, [x!], 'number'), shape: reducedShape(x!.shape, axes, keepDims) }),
}

const extremeIndex: Rule<'argMax' | 'argMin'> = {
  infer([x], { axis }, name) {
    checkDTypes(name, [x!], 'number')
    if (x!.shape[axis] === 0) {
      throw new NeuriteError('SHAPE_MISMATCH', `${name}: axis ${axis} of shape ${formatShape(x!.shape)} is empty, so it has no extreme element.`)
    }
    return { dtype: 'int32', shape: reducedShape(x!.shape, [axis], false) }
  },
}

const rowwise: Rule<'softmax' | 'logSoftmax'> = {
  infer: ([x], _, name) => ({ dtype: checkDTypes(name, [x!], 'float'), shape: x!.shape }),
}

export const reductionRules = {
  sum: reduction,
  max: reduction,
  min: reduction,
  argMax: extremeIndex,
  argMin: extremeIndex,
  topKIndices: {
    infer([x], { k }, name) {
      checkDTypes(name, [x!], 'number')
      const last = x!.shape.at(-1)
      if (last === undefined || !Number.isInteger(k) || k < 1 || k > last) {
        throw new NeuriteError('INVALID_ARGUMENT', `topK: k must be a whole number in [1, ${last ?? 0}], the extent of the axis, got ${String(k)}.`, { k })
      }
      return { dtype: 'int32', shape: [...x!.shape.slice(0, -1), k] }
    },
  } satisfies Rule<'topKIndices'>,
  cumsum: { infer: ([x], _, name) => ({ dtype: checkDTypes(name, [x!], 'number'), shape: x!.shape }) } satisfies Rule<'cumsum'>,
  softmax: rowwise,
  logSoftmax: rowwise,
}
