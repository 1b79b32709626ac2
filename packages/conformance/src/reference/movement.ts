import type { PrimitiveParams } from '@neurite/core'
import { accumulate, at, broadcastAt, build, indicesOf, type HostArray } from './host.js'

function reshape([x]: readonly HostArray[], { shape }: PrimitiveParams['reshape']): HostArray {
  return { ...x!, shape }
}

function transpose([x]: readonly HostArray[], { axes }: PrimitiveParams['transpose']): HostArray {
  return build(
    axes.map((axis) => x!.shape[axis]!),
    x!.dtype,
    (index) => {
      const source = new Array<number>(index.length)
      axes.forEach((axis, i) => {
        source[axis] = index[i]!
      })
      return at(x!, source)
    },
  )
}

function broadcastTo([x]: readonly HostArray[], { shape }: PrimitiveParams['broadcastTo']): HostArray {
  return build(shape, x!.dtype, (index) => broadcastAt(x!, index))
}

function concat(inputs: readonly HostArray[], { axis }: PrimitiveParams['concat']): HostArray {
  // Which input, and which place in it, each place along the axis comes from.
  const sources = inputs.flatMap((x) => Array.from({ length: x.shape[axis]! }, (_, place) => ({ x, place })))
  const first = inputs[0]!
  return build(
    first.shape.map((extent, i) => (i === axis ? sources.length : extent)),
    first.dtype,
    (index) => {
      const { x, place } = sources[index[axis]!]!
      return at(
        x,
        index.map((i, k) => (k === axis ? place : i)),
      )
    },
  )
}

function pad([x]: readonly HostArray[], { paddings, value }: PrimitiveParams['pad']): HostArray {
  return build(
    x!.shape.map((extent, i) => paddings[i]![0] + extent + paddings[i]![1]),
    x!.dtype,
    (index) => {
      const inner = index.map((i, axis) => i - paddings[axis]![0])
      return inner.every((i, axis) => i >= 0 && i < x!.shape[axis]!) ? at(x!, inner) : value
    },
  )
}

function slice([x]: readonly HostArray[], { begin, size }: PrimitiveParams['slice']): HostArray {
  return build(size, x!.dtype, (index) =>
    at(
      x!,
      index.map((i, axis) => begin[axis]! + i),
    ),
  )
}

function gather([x, indices]: readonly HostArray[], { axis }: PrimitiveParams['gather']): HostArray {
  const rank = indices!.shape.length
  const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)]
  return build(shape, x!.dtype, (index) => {
    const chosen = at(indices!, index.slice(axis, axis + rank))
    return chosen >= 0 && chosen < x!.shape[axis]!
      ? at(x!, [...index.slice(0, axis), chosen, ...index.slice(axis + rank)])
      : 0
  })
}

function scatterAdd(
  [updates, indices]: readonly HostArray[],
  { axis, extent, indexRank }: PrimitiveParams['scatterAdd'],
): HostArray {
  const shape = [...updates!.shape.slice(0, axis), extent, ...updates!.shape.slice(axis + indexRank)]
  return accumulate(shape, updates!.dtype, (add) => {
    for (const index of indicesOf(updates!.shape)) {
      const chosen = at(indices!, index.slice(axis, axis + indexRank))
      if (chosen >= 0 && chosen < extent)
        add([...index.slice(0, axis), chosen, ...index.slice(axis + indexRank)], at(updates!, index))
    }
  })
}

export const movement = { reshape, transpose, broadcastTo, concat, pad, slice, gather, scatterAdd }
