import type { PrimitiveParams } from '@neurite/core'
import { at, build, indicesOf, type HostArray, type Index } from './host.js'

/** Splits a shape into what a reduction leaves and what it runs over. */
function divide(shape: readonly number[], axes: readonly number[], keepDims: boolean) {
  return {
    outer: shape.flatMap((extent, axis) => (!axes.includes(axis) ? [extent] : keepDims ? [1] : [])),
    inner: axes.map((axis) => shape[axis]!),
  }
}

/** The input's index from an index of the result and one of the reduced axes. */
function join(rank: number, outer: Index, inner: Index, axes: readonly number[], keepDims: boolean): Index {
  let next = 0
  return Array.from({ length: rank }, (_, axis) => {
    if (axes.includes(axis)) {
      if (keepDims) next++
      return inner[axes.indexOf(axis)]!
    }
    return outer[next++]!
  })
}

function reduce(start: number, step: (total: number, value: number) => number) {
  return ([x]: readonly HostArray[], { axes, keepDims }: PrimitiveParams['sum']): HostArray => {
    const { outer, inner } = divide(x!.shape, axes, keepDims)
    const places = indicesOf(inner)
    return build(outer, x!.dtype, (index) =>
      places.reduce((total, place) => step(total, at(x!, join(x!.shape.length, index, place, axes, keepDims))), start),
    )
  }
}

/** Places along an axis, best first: NaN before every number, equals by lower place. */
function ranking(values: readonly number[], direction: 1 | -1): number[] {
  const key = (value: number): number => (Number.isNaN(value) ? Infinity : direction * value)
  return values
    .map((value, place) => ({ value, place }))
    .sort((a, b) => {
      if (Number.isNaN(a.value) !== Number.isNaN(b.value)) return Number.isNaN(a.value) ? -1 : 1
      if (key(a.value) !== key(b.value)) return key(a.value) > key(b.value) ? -1 : 1
      return a.place - b.place
    })
    .map(({ place }) => place)
}

/** The values along one axis, at an index that lacks this axis. */
function along(x: HostArray, axis: number, index: Index): number[] {
  return Array.from({ length: x.shape[axis]! }, (_, i) => at(x, [...index.slice(0, axis), i, ...index.slice(axis)]))
}

function bestPlace(direction: 1 | -1) {
  return ([x]: readonly HostArray[], { axis }: PrimitiveParams['argMax']): HostArray =>
    build(
      x!.shape.filter((_, i) => i !== axis),
      'int32',
      (index) => ranking(along(x!, axis, index), direction)[0]!,
    )
}

function topKIndices([x]: readonly HostArray[], { k }: PrimitiveParams['topKIndices']): HostArray {
  const axis = x!.shape.length - 1
  return build(
    [...x!.shape.slice(0, -1), k],
    'int32',
    (index) => ranking(along(x!, axis, index.slice(0, -1)), 1)[index[axis]!]!,
  )
}

function cumsum([x]: readonly HostArray[], { axis, reverse }: PrimitiveParams['cumsum']): HostArray {
  return build(x!.shape, x!.dtype, (index) => {
    const values = along(
      x!,
      axis,
      index.filter((_, i) => i !== axis),
    )
    const part = reverse ? values.slice(index[axis]) : values.slice(0, index[axis]! + 1)
    return part.reduce((total, value) => total + value, 0)
  })
}

function softmaxOf(values: readonly number[]): { exponentials: number[]; total: number; top: number } {
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const exponentials = values.map((value) => Math.exp(value - top))
  return { exponentials, total: exponentials.reduce((a, b) => a + b, 0), top }
}

function softmax([x]: readonly HostArray[], { axis }: PrimitiveParams['softmax']): HostArray {
  return build(x!.shape, x!.dtype, (index) => {
    const { exponentials, total } = softmaxOf(
      along(
        x!,
        axis,
        index.filter((_, i) => i !== axis),
      ),
    )
    return exponentials[index[axis]!]! / total
  })
}

function logSoftmax([x]: readonly HostArray[], { axis }: PrimitiveParams['logSoftmax']): HostArray {
  return build(x!.shape, x!.dtype, (index) => {
    const { total, top } = softmaxOf(
      along(
        x!,
        axis,
        index.filter((_, i) => i !== axis),
      ),
    )
    return at(x!, index) - top - Math.log(total)
  })
}

export const reductions = {
  sum: reduce(0, (total, value) => total + value),
  max: reduce(-Infinity, (top, value) => (Number.isNaN(top) || Number.isNaN(value) ? NaN : Math.max(top, value))),
  min: reduce(Infinity, (bottom, value) =>
    Number.isNaN(bottom) || Number.isNaN(value) ? NaN : Math.min(bottom, value),
  ),
  argMax: bestPlace(1),
  argMin: bestPlace(-1),
  topKIndices,
  cumsum,
  softmax,
  logSoftmax,
}
