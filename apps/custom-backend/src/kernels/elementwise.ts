import type { Kernel, Kernels } from '@neurite/core'
import { reader, unravel } from '../indexing.js'
import { larger, smaller } from '../order.js'
import { fill, type Stored } from '../storage.js'
import { erf, erfc } from './erf.js'

/** Applies a function of numbers to operands that broadcast to the output's shape. */
function map(f: (...values: number[]) => number): Kernel<'neg' | 'add' | 'where', Stored> {
  return (inputs, _params, output) => {
    const readers = inputs.map(reader)
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape)
      return f(...readers.map((read) => read(index)))
    })
  }
}

/** int32 wraps around and divides toward zero; floats do what JavaScript does. */
function byDType(
  float: (a: number, b: number) => number,
  int32: (a: number, b: number) => number,
): Kernel<'add', Stored> {
  return (inputs, params, output) => map(output.dtype === 'int32' ? int32 : float)(inputs, params, output)
}

export const elementwiseKernels = {
  neg: map((x) => -x),
  abs: map(Math.abs),
  sign: map(Math.sign),
  floor: map(Math.floor),
  exp: map(Math.exp),
  expm1: map(Math.expm1),
  log: map(Math.log),
  log1p: map(Math.log1p),
  sqrt: map(Math.sqrt),
  sin: map(Math.sin),
  cos: map(Math.cos),
  tanh: map(Math.tanh),
  // Each side where its exponential cannot overflow.
  sigmoid: map((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))),
  relu: map((x) => (x > 0 || Number.isNaN(x) ? x : 0)),
  erf: map(erf),
  erfc: map(erfc),
  logicalNot: map((x) => (x === 0 ? 1 : 0)),
  cast: (inputs, _params, output) =>
    map(output.dtype === 'bool' ? isNonZero : output.dtype === 'int32' ? toInt32 : (x) => x)(inputs, {}, output),
  add: map((a, b) => a + b),
  sub: map((a, b) => a - b),
  mul: byDType((a, b) => a * b, Math.imul),
  div: byDType(
    (a, b) => a / b,
    (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  ),
  pow: byDType((a, b) => a ** b, wholePower),
  maximum: map((a, b) => (larger(a, b) ? a : b)),
  minimum: map((a, b) => (smaller(a, b) ? a : b)),
  equal: map((a, b) => Number(a === b)),
  less: map((a, b) => Number(a < b)),
  lessEqual: map((a, b) => Number(a <= b)),
  logicalAnd: map((a, b) => a & b),
  logicalOr: map((a, b) => a | b),
  where: map((condition, a, b) => (condition !== 0 ? a : b)),
} satisfies Partial<Kernels<Stored>>

function isNonZero(x: number): number {
  return x === 0 ? 0 : 1
}

/** By squaring, with products that wrap around; a negative exponent divides 1 by the power, and 1 / 0 is 0. */
function wholePower(a: number, b: number): number {
  let power = 1
  for (let factor = a, rest = Math.abs(b); rest > 0; factor = Math.imul(factor, factor), rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = Math.imul(power, factor)
  }
  return b >= 0 ? power : power === 0 ? 0 : Math.trunc(1 / power)
}

/** Toward zero, held at the ends of the range; NaN is 0. */
function toInt32(x: number): number {
  return Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)))
}
