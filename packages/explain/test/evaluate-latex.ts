import {
  abs,
  add,
  cast,
  cos,
  div,
  equal,
  erf,
  erfc,
  exp,
  greater,
  less,
  log,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  ones,
  pow,
  relu,
  sigmoid,
  sign,
  sin,
  softmax,
  logSoftmax,
  sqrt,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  where,
  type Tensor,
} from '@neurite/core'

/** What the letters of a formula stand for. */
export type Values = ReadonlyMap<string, Tensor>

const FUNCTIONS: Readonly<Record<string, (...args: Tensor[]) => Tensor>> = {
  '\\sigma': (x) => sigmoid(x),
  '\\ln': (x) => log(x),
  '\\tanh': (x) => tanh(x),
  '\\sin': (x) => sin(x),
  '\\cos': (x) => cos(x),
  '\\max': (a, b) => maximum(a, b),
  '\\min': (a, b) => minimum(a, b),
  '\\operatorname{softmax}': (x) => softmax(x),
  '\\operatorname{logSoftmax}': (x) => logSoftmax(x),
  '\\operatorname{sign}': (x) => sign(x),
  '\\operatorname{ReLU}': (x) => relu(x),
  '\\operatorname{erf}': (x) => erf(x),
  '\\operatorname{erfc}': (x) => erfc(x),
  '\\operatorname{where}': (c, a, b) => where(equal(c, 1), a, b),
}
const isNumber = (x: Tensor): boolean => x.size === 1

/**
 * The number, vector or matrix that a formula stands for, read as a mathematician reads it: letters side by side are a matrix
 * product, \cdot has a number on one side, \odot stands between arrays. Independent of how the formula was made.
 */
export function evaluateLatex(latex: string, values: Values): Tensor {
  const letters = [...values.keys()].sort((a, b) => b.length - a.length)
  let at = 0
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at} of ${latex}: ${latex.slice(at, at + 30)}`)
  }
  const skip = (): void => void (at += /^\s*/.exec(latex.slice(at))![0].length)
  const next = (text: string): boolean => {
    skip()
    return latex.startsWith(text, at)
  }
  const eat = (text: string): boolean => {
    if (!next(text)) return false
    at += text.length
    return true
  }
  const need = (text: string): void => void (eat(text) || fail(`expected ${text}`))
  const braced = (): Tensor => {
    need('{')
    const value = total()
    need('}')
    return value
  }

  function total(): Tensor {
    let value = eat('-') ? neg(product()) : product()
    for (;;) {
      if (eat('+')) value = add(value, product())
      else if (eat('-')) value = sub(value, product())
      else return value
    }
  }
  function product(): Tensor {
    let value = adjacent()
    for (;;) {
      if (next('\\cdot')) {
        need('\\cdot')
        const other = adjacent()
        if (!isNumber(value) && !isNumber(other)) fail('\\cdot between arrays')
        value = mul(value, other)
      } else if (next('\\odot')) {
        need('\\odot')
        const other = adjacent()
        if (isNumber(value) && isNumber(other)) fail('\\odot between numbers')
        value = mul(value, other)
      } else return value
    }
  }
  function adjacent(): Tensor {
    let value = raised()
    while (starts()) {
      if (/\d\s*$/.test(latex.slice(0, at)) && /^\s*\d/.test(latex.slice(at))) fail('two numbers side by side')
      const other = raised()
      value = isNumber(value) || isNumber(other) ? mul(value, other) : matmul(value, other)
    }
    return value
  }
  const starts = (): boolean => {
    skip()
    const rest = latex.slice(at)
    if (rest === '' || /^(\\right|\\cdot|\\odot|[)\]},+|<>=-])/.test(rest)) return false
    return true
  }
  function raised(): Tensor {
    let value = atom()
    while (eat('^')) {
      need('{')
      if (eat('\\top')) value = value.rank < 2 ? value : transpose(value)
      else value = pow(value, total())
      need('}')
    }
    return value
  }
  function atom(): Tensor {
    skip()
    const digits = /^(\d+(\.\d+)?)/.exec(latex.slice(at))
    if (digits !== null) {
      at += digits[0].length
      return tensor(Number(digits[0]), { dtype: 'float64' })
    }
    if (eat('\\left(')) {
      const value = total()
      need('\\right)')
      return value
    }
    if (eat('\\left|')) {
      const value = abs(total())
      need('\\right|')
      return value
    }
    if (eat('\\sum')) {
      if (eat('_{\\text{rows}}')) return sum(product(), { axes: [0] })
      if (eat('_{\\text{columns}}')) return sum(product(), { axes: [-1], keepDims: true })
      return sum(product())
    }
    if (eat('\\mathbf{1}[')) {
      const a = total()
      const compare = eat('>') ? greater : eat('<') ? less : eat('=') ? equal : fail('no comparison')
      const b = total()
      need(']')
      return cast(compare(a, b), 'float64')
    }
    if (eat('\\mathbf{1}_')) {
      const shape = /^\{([^}]*)\}/.exec(latex.slice(at)) ?? fail('no shape')
      at += shape[0].length
      return ones(shape[1]!.split(' \\times ').map(Number), { dtype: 'float64' })
    }
    const letter = letters.find((name) => next(name))
    if (letter !== undefined) {
      need(letter)
      return values.get(letter)!
    }
    for (const [name, f] of Object.entries(FUNCTIONS)) {
      if (!eat(`${name}(`)) continue
      const args = [total()]
      while (eat(',')) args.push(total())
      need(')')
      return f(...args)
    }
    if (eat('\\pi')) return tensor(Math.PI, { dtype: 'float64' })
    if (eat('e^')) return exp(braced())
    if (eat('\\sqrt')) return sqrt(braced())
    if (eat('\\frac')) {
      const above = braced()
      return div(above, braced())
    }
    return fail('not understood')
  }

  const value = total()
  skip()
  if (at < latex.length) fail('something is left')
  return value
}
