import { apply } from '../apply.js'
import { NeuriteError } from '../errors/index.js'
import * as ops from '../ops/index.js'
import { broadcastsTo, checkShape, formatShape, sizeOf } from '../shape/index.js'
import type { Primitive } from './primitive.js'
import { checkDTypes } from './rule.js'
import { sumTo } from './sum-to.js'

export const reshape: Primitive<'reshape'> = {
  name: 'reshape',
  infer([x], { shape }) {
    if (sizeOf(shape) !== sizeOf(x!.shape)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `reshape: ${formatShape(x!.shape)} has ${sizeOf(x!.shape)} elements, ${formatShape(shape)} has ${sizeOf(shape)}.`,
        { from: x!.shape, to: shape },
      )
    }
    return { dtype: x!.dtype, shape }
  },
  vjp: ({ inputs: [x], upstream }) => [() => ops.reshape(upstream, x!.shape)],
}

export const transpose: Primitive<'transpose'> = {
  name: 'transpose',
  infer: ([x], { axes }) => ({ dtype: x!.dtype, shape: axes.map((axis) => x!.shape[axis]!) }),
  vjp: ({ params: { axes }, upstream }) => [
    () =>
      ops.transpose(
        upstream,
        axes.map((_, i) => axes.indexOf(i)),
      ),
  ],
}

export const broadcastTo: Primitive<'broadcastTo'> = {
  name: 'broadcastTo',
  infer([x], { shape }, name) {
    checkShape(name, shape)
    if (!broadcastsTo(x!.shape, shape)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `broadcastTo: ${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}: aligned at the end, extents must be equal or 1.`,
        { from: x!.shape, to: shape },
      )
    }
    return { dtype: x!.dtype, shape }
  },
  vjp: ({ inputs: [x], upstream }) => [() => sumTo(upstream, x!.shape)],
}

export const concat: Primitive<'concat'> = {
  name: 'concat',
  infer(inputs, { axis }, name) {
    const dtype = checkDTypes(name, inputs, 'any')
    const first = inputs[0]!.shape
    let extent = 0
    for (const { shape } of inputs) {
      if (shape.length !== first.length || shape.some((n, i) => i !== axis && n !== first[i])) {
        throw new NeuriteError(
          'SHAPE_MISMATCH',
          `concat: shapes ${inputs.map((input) => formatShape(input.shape)).join(', ')} must agree in every axis but ${axis}.`,
          { shapes: inputs.map((input) => input.shape), axis },
        )
      }
      extent += shape[axis]!
    }
    return { dtype, shape: first.map((n, i) => (i === axis ? extent : n)) }
  },
  vjp({ inputs, params: { axis }, upstream }) {
    let start = 0
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, i) => (i === axis ? start : 0))
      start += shape[axis]!
      return () => ops.slice(upstream, { begin, size: shape })
    })
  },
}

export const pad: Primitive<'pad'> = {
  name: 'pad',
  infer: ([x], { paddings }) => ({
    dtype: x!.dtype,
    shape: x!.shape.map((n, i) => n + paddings[i]![0] + paddings[i]![1]),
  }),
  vjp: ({ inputs: [x], params: { paddings }, upstream }) => [
    () => ops.slice(upstream, { begin: paddings.map(([before]) => before), size: x!.shape }),
  ],
}

export const slice: Primitive<'slice'> = {
  name: 'slice',
  infer([x], { begin, size }) {
    x!.shape.forEach((extent, i) => {
      if (begin[i]! < 0 || size[i]! < 0 || begin[i]! + size[i]! > extent) {
        throw new NeuriteError(
          'INVALID_ARGUMENT',
          `slice: begin ${begin[i]} and size ${size[i]} leave axis ${i}, which has extent ${extent}.`,
          { begin, size, shape: x!.shape },
        )
      }
    })
    return { dtype: x!.dtype, shape: size }
  },
  vjp: ({ inputs: [x], params: { begin, size }, upstream }) => [
    () =>
      ops.pad(upstream, {
        paddings: x!.shape.map((extent, i) => [begin[i]!, extent - begin[i]! - size[i]!] as const),
      }),
  ],
}

export const gather: Primitive<'gather'> = {
  name: 'gather',
  infer([x, indices], { axis }, name) {
    checkDTypes(`${name} (indices)`, [indices!], 'int32')
    return { dtype: x!.dtype, shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)] }
  },
  vjp: ({ inputs: [x, indices], params: { axis }, upstream }) => [
    () =>
      apply(scatterAdd, [upstream, indices!], {
        axis,
        extent: x!.shape[axis]!,
        indexRank: indices!.rank,
      }),
    null,
  ],
}

export const scatterAdd: Primitive<'scatterAdd'> = {
  name: 'scatterAdd',
  infer([updates], { axis, extent, indexRank }, name) {
    const dtype = checkDTypes(name, [updates!], 'number')
    return { dtype, shape: [...updates!.shape.slice(0, axis), extent, ...updates!.shape.slice(axis + indexRank)] }
  },
  vjp: ({ inputs: [, indices], params: { axis }, upstream }) => [() => ops.gather(upstream, indices!, { axis }), null],
}
