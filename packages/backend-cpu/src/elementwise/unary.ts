import { complementaryErrorFunction, errorFunction, logistic, sizeOf, type TypedArray } from '@neurite/core'
import type { Planner } from '../plan.js'
import { float32 } from './math.js'

type Loop = (out: TypedArray, x: TypedArray, n: number) => void
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

const each =
  (f: (x: number) => number): Loop =>
  (out, x, n) => {
    for (let i = 0; i < n; i++) out[i] = f(x[i]!)
  }

const unary =
  (general: Loop, float32 = general): Planner<Unary> =>
  (_, __, { shape, dtype }) => {
    const n = sizeOf(shape)
    const loop = dtype === 'float32' ? float32 : general
    return (out, x) => loop(out, x, n)
  }

// Hot operations on float32 have loops of their own: what a loop is given as a function, the engine cannot inline.
const exp32 = float32.exp
const tanh32 = float32.tanh
const sigmoid32 = float32.sigmoid
const neg: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = -x[i]!
}
const abs: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = Math.abs(x[i]!)
}
const relu: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = Math.max(x[i]!, 0)
}
const sqrt: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = Math.sqrt(x[i]!)
}
const log: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = Math.log(x[i]!)
}
const exp: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = exp32(x[i]!)
}
const tanh: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = tanh32(x[i]!)
}
const sigmoids: Loop = (out, x, n) => {
  for (let i = 0; i < n; i++) out[i] = sigmoid32(x[i]!)
}

/** Saturates, as a cast in WebAssembly does; NaN becomes 0. */
const toInteger = (x: number): number => (x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0)
const toBool = (x: number): number => (x === 0 ? 0 : 1)
const copy = each((x) => x)
const truncate = each(toInteger)
const truth = each(toBool)

const cast: Planner<'cast'> = ([x], { dtype }, { shape }) => {
  const n = sizeOf(shape)
  const loop = dtype === 'bool' ? truth : dtype === 'int32' && x!.dtype !== 'int32' ? truncate : copy
  return (out, from) => loop(out, from, n)
}

export const unaryPlanners = {
  neg: unary(
    each((x) => -x),
    neg,
  ),
  abs: unary(each(Math.abs), abs),
  sign: unary(each(Math.sign)),
  floor: unary(each(Math.floor)),
  exp: unary(each(Math.exp), exp),
  expm1: unary(each(Math.expm1)),
  log: unary(each(Math.log), log),
  log1p: unary(each(Math.log1p)),
  sqrt: unary(each(Math.sqrt), sqrt),
  sin: unary(each(Math.sin)),
  cos: unary(each(Math.cos)),
  tanh: unary(each(Math.tanh), tanh),
  sigmoid: unary(each(logistic), sigmoids),
  relu: unary(
    each((x) => (x <= 0 ? 0 : x)),
    relu,
  ),
  erf: unary(each(errorFunction)),
  erfc: unary(each(complementaryErrorFunction)),
  logicalNot: unary(each((x) => 1 - x)),
  cast,
}
