import { broadcastShapes } from '../shape/index.js'
import type { PrimitiveName } from './params.js'
import { checkDTypes, type Rule } from './rule.js'

type Unary = 'neg' | 'abs' | 'sign' | 'floor' | 'exp' | 'expm1' | 'log' | 'log1p' | 'sqrt' | 'sin' | 'cos' | 'tanh' | 'sigmoid' | 'relu' | 'erf'
type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum'
type Comparison = 'equal' | 'less' | 'lessEqual'
type Logic = 'logicalAnd' | 'logicalOr' | 'logicalNot'

type UnaryRule = Rule<Unary>
type BinaryRule = Rule<Arithmetic | Comparison | Logic>

const floatUnary: UnaryRule = { infer: (inputs, _, name) => ({ shape: inputs[0]!.shape, dtype: checkDTypes(name, inputs, 'float') }) }
const numberUnary: UnaryRule = { infer: (inputs, _, name) => ({ shape: inputs[0]!.shape, dtype: checkDTypes(name, inputs, 'number') }) }

const arithmetic: BinaryRule = {
  infer: ([a, b], _, name) => ({ dtype: checkDTypes(name, [a!, b!], 'number'), shape: broadcastShapes(name, a!.shape, b!.shape) }),
}
const comparison: BinaryRule = {
  infer([a, b], _, name) {
    checkDTypes(name, [a!, b!], 'any')
    return { dtype: 'bool', shape: broadcastShapes(name, a!.shape, b!.shape) }
  },
}
const logic: BinaryRule = {
  infer: ([a, b], _, name) => ({ dtype: checkDTypes(name, [a!, b!], 'bool'), shape: broadcastShapes(name, a!.shape, b!.shape) }),
}

export const elementwiseRules = {
  neg: numberUnary,
  abs: numberUnary,
  sign: numberUnary,
  floor: floatUnary,
  exp: floatUnary,
  expm1: floatUnary,
  log: floatUnary,
  log1p: floatUnary,
  sqrt: floatUnary,
  sin: floatUnary,
  cos: floatUnary,
  tanh: floatUnary,
  sigmoid: floatUnary,
  relu: numberUnary,
  erf: floatUnary,
  logicalNot: { infer: (inputs, _, name) => ({ shape: inputs[0]!.shape, dtype: checkDTypes(name, inputs, 'bool') }) } satisfies Rule<'logicalNot'>,
  cast: { infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }) } satisfies Rule<'cast'>,
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: arithmetic,
  pow: arithmetic,
  maximum: arithmetic,
  minimum: arithmetic,
  equal: comparison,
  less: comparison,
  lessEqual: comparison,
  logicalAnd: logic,
  logicalOr: logic,
  where: {
    infer([condition, a, b], _, name) {
      checkDTypes(`${name} (condition)`, [condition!], 'bool')
      const dtype = checkDTypes(name, [a!, b!], 'any')
      return { dtype, shape: broadcastShapes(name, condition!.shape, broadcastShapes(name, a!.shape, b!.shape)) }
    },
  } satisfies Rule<'where'>,
}

/** Primitives whose element i depends on the operands' elements i alone: a result may overwrite an operand of its shape. */
export const ELEMENTWISE: ReadonlySet<PrimitiveName> = /* @__PURE__ */ new Set(Object.keys(elementwiseRules) as (keyof typeof elementwiseRules)[])
