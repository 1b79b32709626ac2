import type { PrimitiveName } from './params.js'

/**
 * Primitives whose element i depends on the operands' elements i alone: a result may overwrite an operand of its shape.
 * By name, so that a program that knows them does not hold their rules and gradients.
 */
export const ELEMENTWISE: ReadonlySet<PrimitiveName> = /* @__PURE__ */ new Set<PrimitiveName>([
  'neg',
  'abs',
  'sign',
  'floor',
  'exp',
  'expm1',
  'log',
  'log1p',
  'sqrt',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'relu',
  'erf',
  'erfc',
  'logicalNot',
  'cast',
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'maximum',
  'minimum',
  'equal',
  'less',
  'lessEqual',
  'logicalAnd',
  'logicalOr',
  'where',
])
