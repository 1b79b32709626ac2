import {
  around,
  call,
  constant,
  difference,
  isScalar,
  joint,
  matrixProduct,
  named,
  negative,
  power,
  product,
  quotient,
  squared,
  sum,
  times,
  total,
  transposed,
  type Expression,
  type Shape,
} from './expression.js'

/** One application of a primitive, in words. */
export interface Application {
  readonly primitive: string
  readonly params: Readonly<Record<string, unknown>>
  readonly inputs: readonly Expression[]
  readonly output: Expression
}

const operator = (name: string): string => `\\operatorname{${name}}`

type Unary = readonly [value: (x: Expression) => Expression, local: (x: Expression, y: Expression) => Expression]

const one = ({ shape }: Expression): Expression => constant(1, shape)
const zero = ({ shape }: Expression): Expression => constant(0, shape)
const applied = (name: string, local: Unary[1]): Unary => [(x) => call(name, x.shape, x), local]
const indicator = (a: Expression, sign: string, b: Expression): Expression =>
  around(['\\mathbf{1}[', ` ${sign} `, ']'], joint([a.shape, b.shape]), a, b)
const between = (open: string, x: Expression, close: string): Expression => around([open, '', close], x.shape, x)

const bell = (slope: string, x: Expression): Expression =>
  times(named(slope, []), between('e^{', negative(squared(x)), '}'))

/** Functions of each element: their value, and their derivative in x and y = f(x). */
const UNARY: Readonly<Record<string, Unary>> = {
  neg: [negative, (x) => constant(-1, x.shape)],
  abs: [(x) => between('\\left|', x, '\\right|'), (x) => call(operator('sign'), x.shape, x)],
  sign: applied(operator('sign'), zero),
  floor: [(x) => between('\\lfloor ', x, ' \\rfloor'), zero],
  exp: [(x) => between('e^{', x, '}'), (_, y) => y],
  expm1: [(x) => difference(between('e^{', x, '}'), one(x)), (_, y) => sum(y, one(y))],
  log: applied('\\ln', (x) => quotient(one(x), x)),
  log1p: [(x) => call('\\ln', x.shape, sum(one(x), x)), (x) => quotient(one(x), sum(one(x), x))],
  sqrt: [(x) => between('\\sqrt{', x, '}'), (_, y) => times(constant(0.5), quotient(one(y), y))],
  sin: applied('\\sin', (x) => call('\\cos', x.shape, x)),
  cos: applied('\\cos', (x) => negative(call('\\sin', x.shape, x))),
  tanh: applied('\\tanh', (_, y) => difference(one(y), squared(y))),
  sigmoid: applied('\\sigma', (_, y) => times(y, difference(one(y), y))),
  relu: applied(operator('ReLU'), (x) => indicator(x, '>', constant(0))),
  erf: applied(operator('erf'), (x) => bell('\\frac{2}{\\sqrt{\\pi}}', x)),
  erfc: applied(operator('erfc'), (x) => negative(bell('\\frac{2}{\\sqrt{\\pi}}', x))),
  cast: [(x) => x, one],
}

type Binary = readonly [
  value: (a: Expression, b: Expression) => Expression,
  left: (a: Expression, b: Expression, y: Expression) => Expression,
  right: (a: Expression, b: Expression, y: Expression) => Expression,
]

const BINARY: Readonly<Record<string, Binary>> = {
  add: [sum, one, (_, b) => one(b)],
  sub: [difference, one, (_, b) => constant(-1, b.shape)],
  mul: [times, (_, b) => b, (a) => a],
  div: [quotient, (_, b) => quotient(one(b), b), (a, b) => negative(quotient(a, squared(b)))],
  pow: [power, (a, b) => times(b, power(a, difference(b, one(b)))), (a, _, y) => times(y, call('\\ln', a.shape, a))],
  maximum: extreme('\\max', '>'),
  minimum: extreme('\\min', '<'),
}

function extreme(name: string, wins: string): Binary {
  return [
    (a, b) => call(name, joint([a.shape, b.shape]), a, b),
    (a, b) => indicator(a, wins, b),
    (a, b) => indicator(b, wins, a),
  ]
}

/** The value of a primitive, in the names of its inputs. */
export function valueFormula({ primitive, params, inputs, output }: Application): Expression {
  const [a, b, c] = inputs
  const { shape } = output
  if (a !== undefined && UNARY[primitive]) return UNARY[primitive][0](a)
  if (a !== undefined && b !== undefined && BINARY[primitive]) return BINARY[primitive][0](a, b)
  switch (primitive) {
    case 'matmul':
      return matrixProduct(
        params['transposeA'] === true ? transposed(a!) : a!,
        params['transposeB'] === true ? transposed(b!) : b!,
        shape,
      )
    case 'transpose':
      return a!.shape.length === 2 ? transposed(a!) : call(operator('transpose'), shape, a!)
    case 'sum':
      return total(a!, over(params['axes'] as readonly number[], a!.shape), shape)
    case 'slice': {
      const { begin, size } = params as { begin: readonly number[]; size: readonly number[] }
      const ranges = begin.map((from, i) => (size[i] === 1 ? `${from}` : `${from}:${from + size[i]!}`))
      return around(['', '', `[${ranges.join(', ')}]`], shape, a!)
    }
    case 'reshape':
    case 'broadcastTo':
      return isScalar(a!.shape) ? product(shape, a!) : call(operator(primitive), shape, a!)
    case 'where':
      return call(operator('where'), shape, a!, b!, c!)
    case 'custom':
      return call('f', shape, ...inputs)
    default:
      return call(operator(primitive), shape, ...inputs)
  }
}

/** The derivative of an operation that works element by element, by its k-th input; undefined for any other operation. */
export function localFormula({ primitive, inputs, output }: Application, k: number): Expression | undefined {
  const [a, b] = inputs
  if (a !== undefined && UNARY[primitive]) return UNARY[primitive][1](a, output)
  if (a !== undefined && b !== undefined && BINARY[primitive]) return BINARY[primitive][k === 0 ? 1 : 2](a, b, output)
  if (primitive === 'where') return indicator(a!, '=', constant(k === 1 ? 1 : 0))
  return undefined
}

/** The downstream gradient of the k-th input, from the upstream gradient. */
export function downstreamFormula(application: Application, k: number, upstream: Expression): Expression {
  const { primitive, params, inputs, output } = application
  const { shape } = inputs[k]!
  const local = localFormula(application, k)
  // The adjoint of broadcasting adds up.
  if (local !== undefined) return addedUp(product(output.shape, upstream, local), shape)
  const [a, b] = inputs
  switch (primitive) {
    case 'matmul': {
      // dL/dA = dL/dZ B^T and dL/dB = A^T dL/dZ (chapter 4.3.4, Remark 2).
      const ta = params['transposeA'] === true
      const tb = params['transposeB'] === true
      if (k === 0)
        return ta
          ? matrixProduct(tb ? transposed(b!) : b!, transposed(upstream), shape)
          : matrixProduct(upstream, tb ? b! : transposed(b!), shape)
      return tb
        ? matrixProduct(transposed(upstream), ta ? transposed(a!) : a!, shape)
        : matrixProduct(ta ? a! : transposed(a!), upstream, shape)
    }
    case 'softmax':
      return times(output, difference(upstream, total(times(upstream, output), 'columns', alongLast(shape))))
    case 'logSoftmax':
      return difference(
        upstream,
        times(call(operator('softmax'), shape, a!), total(upstream, 'columns', alongLast(shape))),
      )
    case 'transpose':
      return output.shape.length === 2 ? transposed(upstream) : call(operator('transpose'), shape, upstream)
    case 'sum':
      return spread(upstream, params['axes'] as readonly number[], shape)
    case 'reshape':
      return isScalar(shape) ? product(shape, upstream) : call(operator('reshape'), shape, upstream)
    case 'broadcastTo':
      return addedUp(upstream, shape)
    default:
      // The adjoint of the operation's linear part.
      return call(`${operator(primitive)}'`, shape, upstream)
  }
}

const alongLast = (shape: Shape): Shape => [...shape.slice(0, -1), 1]

/** In words: the axes that a sum goes over; empty for all. */
function over(axes: readonly number[], shape: Shape): string {
  const long = axes.filter((axis) => shape[axis] !== 1)
  if (long.length === shape.filter((extent) => extent !== 1).length) return ''
  if (shape.length === 2) return long[0] === 0 ? 'rows' : 'columns'
  return `axis ${axes.join(', ')}`
}

/** The sum over the axes along which a smaller input was repeated. */
function addedUp(gradient: Expression, shape: Shape): Expression {
  const from = gradient.shape
  const repeated = from.flatMap((extent, axis) => {
    const own = shape[axis - from.length + shape.length] ?? 1
    return extent === own ? [] : [axis]
  })
  return repeated.length === 0 ? gradient : total(gradient, over(repeated, from), shape)
}

/** The gradient of a sum: each summand gets all of it. */
function spread(upstream: Expression, axes: readonly number[], shape: Shape): Expression {
  const aligned =
    axes.length === shape.length || upstream.shape.length === shape.length || axes.every((axis, i) => axis === i)
  if (aligned) return product(shape, upstream)
  if (shape.length === 2) return matrixProduct(upstream, transposed(constant(1, [shape[1]!, 1])), shape)
  return call(operator('broadcastTo'), shape, upstream)
}
