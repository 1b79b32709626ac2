import { NeuriteError } from '../errors/index.js'
import { broadcastsTo, checkShape, formatShape, sizeOf } from '../shape/index.js'
import { checkDTypes, type Rule } from './rule.js'

export const movementRules = {
  reshape: {
    infer([x], { shape }) {
      if (sizeOf(shape) !== sizeOf(x!.shape)) {
        throw new NeuriteError('SHAPE_MISMATCH', `reshape: ${formatShape(x!.shape)} has ${sizeOf(x!.shape)} elements, ${formatShape(shape)} has ${sizeOf(shape)}.`, { from: x!.shape, to: shape })
      }
      return { dtype: x!.dtype, shape }
    },
  } satisfies Rule<'reshape'>,
  transpose: { infer: ([x], { axes }) => ({ dtype: x!.dtype, shape: axes.map((axis) => x!.shape[axis]!) }) } satisfies Rule<'transpose'>,
  broadcastTo: {
    infer([x], { shape }, name) {
      checkShape(name, shape)
      if (!broadcastsTo(x!.shape, shape)) {
        throw new NeuriteError('SHAPE_MISMATCH', `broadcastTo: ${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}: aligned at the end, extents must be equal or 1.`, { from: x!.shape, to: shape })
      }
      return { dtype: x!.dtype, shape }
    },
  } satisfies Rule<'broadcastTo'>,
  concat: {
    infer(inputs, { axis }, name) {
      const dtype = checkDTypes(name, inputs, 'any')
      const first = inputs[0]!.shape
      let extent = 0
      for (const { shape } of inputs) {
        if (shape.length !== first.length || shape.some((n, i) => i !== axis && n !== first[i])) {
          throw new NeuriteError('SHAPE_MISMATCH', `concat: shapes ${inputs.map((input) => formatShape(input.shape)).join(', ')} must agree in every axis but ${axis}.`)
        }
        extent += shape[axis]!
      }
      return { dtype, shape: first.map((n, i) => (i === axis ? extent : n)) }
    },
  } satisfies Rule<'concat'>,
  pad: { infer: ([x], { paddings }) => ({ dtype: x!.dtype, shape: x!.shape.map((n, i) => n + paddings[i]![0] + paddings[i]![1]) }) } satisfies Rule<'pad'>,
  slice: {
    infer([x], { begin, size }) {
      x!.shape.forEach((extent, i) => {
        if (begin[i]! < 0 || size[i]! < 0 || begin[i]! + size[i]! > extent) {
          throw new NeuriteError('INVALID_ARGUMENT', `slice: begin ${begin[i]} and size ${size[i]} leave axis ${i}, which has extent ${extent}.`, { begin, size, shape: x!.shape })
        }
      })
      return { dtype: x!.dtype, shape: size }
    },
  } satisfies Rule<'slice'>,
  gather: {
    infer([x, indices], { axis }, name) {
      checkDTypes(`${name} (indices)`, [indices!], 'int32')
      return { dtype: x!.dtype, shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)] }
    },
  } satisfies Rule<'gather'>,
  scatterAdd: {
    infer([updates], { axis, extent, indexRank }, name) {
      const dtype = checkDTypes(name, [updates!], 'number')
      return { dtype, shape: [...updates!.shape.slice(0, axis), extent, ...updates!.shape.slice(axis + indexRank)] }
    },
  } satisfies Rule<'scatterAdd'>,
}
