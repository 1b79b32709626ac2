/** A piece of LaTeX with how tightly it binds: 1 a sum, 2 a product, 3 a whole that needs no brackets. */
export interface Expression {
  readonly text: string
  readonly binds: 1 | 2 | 3
}

/** One application of a primitive, in words. */
export interface Application {
  readonly primitive: string
  readonly params: Readonly<Record<string, unknown>>
  readonly inputs: readonly Expression[]
  readonly inputShapes: readonly (readonly number[])[]
  readonly output: Expression
  readonly shape: readonly number[]
}

export const whole = (text: string): Expression => ({ text, binds: 3 })
const product = (text: string): Expression => ({ text, binds: 2 })
const total = (text: string): Expression => ({ text, binds: 1 })
const call = (name: string, ...args: readonly Expression[]): Expression =>
  whole(`${name}(${args.map(({ text }) => text).join(', ')})`)
const operator = (name: string): string => `\\operatorname{${name}}`
const ONE = whole('1')

/** In brackets if it binds less tightly than its place asks. */
const inside = (part: Expression, binds: 1 | 2 | 3): string =>
  part.binds >= binds ? part.text : `\\left(${part.text}\\right)`
const squared = (part: Expression): Expression => whole(`${inside(part, 3)}^{2}`)
const negative = ({ text, binds }: Expression): Expression => total(`-${inside({ text, binds }, 2)}`)
const fraction = (above: Expression, below: Expression): Expression => whole(`\\frac{${above.text}}{${below.text}}`)

const isOne = ({ text }: Expression): boolean => text === '1'
const isScalar = (shape: readonly number[]): boolean => shape.every((extent) => extent === 1)

/** A product element by element; of numbers, a plain one. */
function times(a: Expression, b: Expression, sign: '\\cdot' | '\\odot'): Expression {
  if (isOne(a)) return b
  if (isOne(b)) return a
  if (b.text === '-1') return negative(a)
  if (b.text.startsWith('-')) return negative(times(a, whole(b.text.slice(1)), sign))
  return product(`${inside(a, 2)} ${sign} ${inside(b, 2)}`)
}

export function plus(a: Expression, b: Expression): Expression {
  return total(b.text.startsWith('-') ? `${a.text} - ${b.text.slice(1)}` : `${a.text} + ${b.text}`)
}

/** A sum, with equal terms counted: x x sends x to x twice. */
export function sumOf(terms: readonly Expression[]): Expression {
  const counts = new Map<string, { readonly term: Expression; count: number }>()
  for (const term of terms) {
    const known = counts.get(term.text)
    if (known === undefined) counts.set(term.text, { term, count: 1 })
    else known.count++
  }
  return [...counts.values()]
    .map(({ term, count }) => (count === 1 ? term : product(`${count} ${inside(term, 2)}`)))
    .reduce(plus)
}

type Unary = readonly [value: (x: Expression) => Expression, local: (x: Expression, y: Expression) => Expression]

const named = (name: string, local: Unary[1]): Unary => [(x) => call(name, x), local]
const nothing = whole('0')

/** Functions of each element: their value, and their derivative in x and y = f(x). */
const UNARY: Readonly<Record<string, Unary>> = {
  neg: [negative, () => whole('-1')],
  abs: [(x) => whole(`\\left|${x.text}\\right|`), (x) => call(operator('sign'), x)],
  sign: named(operator('sign'), () => nothing),
  floor: [(x) => whole(`\\lfloor ${x.text} \\rfloor`), () => nothing],
  exp: [(x) => whole(`e^{${x.text}}`), (_, y) => y],
  expm1: [(x) => total(`e^{${x.text}} - 1`), (_, y) => plus(y, ONE)],
  log: named('\\ln', (x) => fraction(ONE, x)),
  log1p: [(x) => call('\\ln', plus(ONE, x)), (x) => fraction(ONE, plus(ONE, x))],
  sqrt: [(x) => whole(`\\sqrt{${x.text}}`), (_, y) => fraction(ONE, product(`2 ${inside(y, 2)}`))],
  sin: named('\\sin', (x) => call('\\cos', x)),
  cos: named('\\cos', (x) => negative(call('\\sin', x))),
  tanh: named('\\tanh', (_, y) => total(`1 - ${squared(y).text}`)),
  sigmoid: named('\\sigma', (_, y) => product(`${inside(y, 2)} \\left(1 - ${inside(y, 2)}\\right)`)),
  relu: named(operator('ReLU'), (x) => whole(`\\mathbf{1}[${x.text} > 0]`)),
  erf: named(operator('erf'), (x) => product(`\\frac{2}{\\sqrt{\\pi}} e^{-${squared(x).text}}`)),
  cast: [(x) => x, () => ONE],
}

type Binary = readonly [
  value: (a: Expression, b: Expression, sign: '\\cdot' | '\\odot') => Expression,
  left: (a: Expression, b: Expression, y: Expression) => Expression,
  right: (a: Expression, b: Expression, y: Expression) => Expression,
]

const compared = (a: Expression, sign: string, b: Expression): Expression =>
  whole(`\\mathbf{1}[${a.text} ${sign} ${b.text}]`)

const BINARY: Readonly<Record<string, Binary>> = {
  add: [plus, () => ONE, () => ONE],
  sub: [(a, b) => total(`${a.text} - ${inside(b, 2)}`), () => ONE, () => whole('-1')],
  mul: [(a, b, sign) => (a.text === b.text ? squared(a) : times(a, b, sign)), (_, b) => b, (a) => a],
  div: [fraction, (_, b) => fraction(ONE, b), (a, b) => negative(fraction(a, squared(b)))],
  pow: [
    (a, b) => whole(`${inside(a, 3)}^{${b.text}}`),
    (a, b) => product(`${inside(b, 2)} ${inside(a, 3)}^{${b.text} - 1}`),
    (a, _, y) => product(`${inside(y, 2)} \\ln ${inside(a, 3)}`),
  ],
  maximum: [(a, b) => call('\\max', a, b), (a, b) => compared(a, '>', b), (a, b) => compared(b, '>', a)],
  minimum: [(a, b) => call('\\min', a, b), (a, b) => compared(a, '<', b), (a, b) => compared(b, '<', a)],
}

const transposed = (x: Expression): Expression => whole(`${inside(x, 3)}^{\\top}`)
const matrixProduct = (a: Expression, b: Expression): Expression => product(`${inside(a, 2)} ${inside(b, 2)}`)

/** The value of a primitive, in the names of its inputs. */
export function valueFormula({ primitive, params, inputs, inputShapes }: Application): Expression {
  const [a, b, c] = inputs
  if (a !== undefined && UNARY[primitive]) return UNARY[primitive][0](a)
  if (a !== undefined && b !== undefined && BINARY[primitive])
    return BINARY[primitive][0](a, b, inputShapes.some(isScalar) ? '\\cdot' : '\\odot')
  switch (primitive) {
    case 'matmul':
      return matrixProduct(
        params['transposeA'] === true ? transposed(a!) : a!,
        params['transposeB'] === true ? transposed(b!) : b!,
      )
    case 'transpose':
      return inputShapes[0]!.length === 2 ? transposed(a!) : call(operator('transpose'), a!)
    case 'sum': {
      const axes = params['axes'] as readonly number[]
      const over = axes.length === inputShapes[0]!.length ? '' : `_{\\text{axis } ${axes.join(', ')}}`
      return product(`\\sum${over} ${inside(a!, 2)}`)
    }
    case 'slice': {
      const { begin, size } = params as { begin: readonly number[]; size: readonly number[] }
      const ranges = begin.map((from, i) => (size[i] === 1 ? `${from}` : `${from}:${from + size[i]!}`))
      return whole(`${inside(a!, 3)}[${ranges.join(', ')}]`)
    }
    case 'reshape':
    case 'broadcastTo':
      return isScalar(inputShapes[0]!) ? a! : call(operator(primitive), a!)
    case 'where':
      return call(operator('where'), a!, b!, c!)
    case 'custom':
      return call('f', ...inputs)
    default:
      return call(operator(primitive), ...inputs)
  }
}

/** The derivative of an operation that works element by element, by its k-th input; undefined for any other operation. */
export function localFormula({ primitive, inputs, output }: Application, k: number): Expression | undefined {
  const [a, b] = inputs
  if (a !== undefined && UNARY[primitive]) return UNARY[primitive][1](a, output)
  if (a !== undefined && b !== undefined && BINARY[primitive]) return BINARY[primitive][k === 0 ? 1 : 2](a, b, output)
  if (primitive === 'where') return k === 1 ? compared(a!, '=', ONE) : compared(a!, '=', nothing)
  return undefined
}

/** The downstream gradient of the k-th input, from the upstream gradient. */
export function downstreamFormula(application: Application, k: number, upstream: Expression): Expression {
  const { primitive, params, inputs, inputShapes, shape } = application
  const local = localFormula(application, k)
  if (local !== undefined) {
    const flowing = times(upstream, local, isScalar(shape) || inputShapes.some(isScalar) ? '\\cdot' : '\\odot')
    // The adjoint of broadcasting adds up.
    const stretched = sizeOf(inputShapes[k]!) < sizeOf(shape)
    return stretched ? product(`\\sum_{\\text{broadcast}} ${inside(flowing, 2)}`) : flowing
  }
  const [a, b] = inputs
  switch (primitive) {
    case 'matmul': {
      // dL/dA = dL/dZ B^T and dL/dB = A^T dL/dZ (chapter 4.3.4, Remark 2).
      const ta = params['transposeA'] === true
      const tb = params['transposeB'] === true
      if (k === 0)
        return ta
          ? matrixProduct(tb ? transposed(b!) : b!, transposed(upstream))
          : matrixProduct(upstream, tb ? b! : transposed(b!))
      return tb
        ? matrixProduct(transposed(upstream), ta ? transposed(a!) : a!)
        : matrixProduct(ta ? a! : transposed(a!), upstream)
    }
    case 'transpose':
      return shape.length === 2 ? transposed(upstream) : call(operator('transpose'), upstream)
    case 'sum':
      return isScalar(inputShapes[0]!) ? upstream : times(upstream, whole('\\mathbf{1}'), '\\cdot')
    case 'reshape':
      return isScalar(inputShapes[0]!) ? upstream : call(operator('reshape'), upstream)
    case 'broadcastTo':
      return sizeOf(inputShapes[0]!) < sizeOf(shape) ? product(`\\sum ${inside(upstream, 2)}`) : upstream
    default:
      // The adjoint of the operation's linear part.
      return call(`${operator(primitive)}'`, upstream)
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1)
