import { power } from '@neurite/core'
import jsep from 'jsep'

/** What a formula of the plane may call. */
const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  min: Math.min,
  max: Math.max,
  hypot: Math.hypot,
}

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E }

/** The two inputs under the names that people give them. */
const VARIABLES: Readonly<Record<string, 0 | 1>> = { x: 0, x1: 0, y: 1, x2: 1 }

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  // How far a comparison holds: above 0 where it is true.
  '>': (a, b) => a - b,
  '>=': (a, b) => a - b,
  '<': (a, b) => b - a,
  '<=': (a, b) => b - a,
}

const COMPARISONS = new Set(['>', '>=', '<', '<='])

/** A link may hold one, so it is short. */
export const LONGEST_FORMULA = 100

/** A function of the plane. */
export type Plane = (x: number, y: number) => number

const PRECEDENCE: Readonly<Record<string, number>> = {
  '>': 1,
  '>=': 1,
  '<': 1,
  '<=': 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
  '%': 3,
  '^': 4,
}

jsep.removeAllBinaryOps()
for (const [operator, precedence] of Object.entries(PRECEDENCE))
  jsep.addBinaryOp(operator, precedence, operator === '^')

/** A part of a formula that means nothing here; `what` is that part. */
export class FormulaError extends Error {
  constructor(readonly what: string) {
    super(what)
  }
}

/**
 * What a formula says of a point: above 0 where it is true. `x^2 + y^2 < 9` is a comparison; `sin(x)` alone stands for `y > sin(x)`. The text is
 * only parsed, and of what jsep knows only numbers, the two inputs and the functions above have a meaning.
 *
 * @throws FormulaError for anything else
 */
export function formulaOf(text: string): Plane {
  if (text.length > LONGEST_FORMULA) throw new FormulaError(`> ${LONGEST_FORMULA}`)
  const node = parsed(prepared(text))
  const plane = meaning(node, true)
  return compares(node) ? plane : (x, y) => y - plane(x, y)
}

/** jsep's minus binds tighter than its powers, mathematics' does not: -x^2 is 0 - x^2. */
const prepared = (text: string): string => text.replace(/(^|[(,<>=])\s*-/g, '$10-')

function compares(node: jsep.Expression): boolean {
  const { type, operator } = node
  return type === 'BinaryExpression' && typeof operator === 'string' && COMPARISONS.has(operator)
}

export function isFormula(text: string): boolean {
  try {
    formulaOf(text)
    return true
  } catch {
    return false
  }
}

function parsed(text: string): jsep.Expression {
  try {
    return jsep(text)
  } catch (error) {
    throw new FormulaError(error instanceof Error ? error.message : text)
  }
}

function meaning(given: jsep.Expression, top = false): Plane {
  const node = given as jsep.CoreExpression
  switch (node.type) {
    case 'Literal': {
      const { value, raw } = node
      if (typeof value !== 'number') throw new FormulaError(raw)
      return () => value
    }
    case 'Identifier': {
      const at = Object.hasOwn(VARIABLES, node.name) ? VARIABLES[node.name] : undefined
      if (at !== undefined) return (x, y) => (at === 0 ? x : y)
      const constant = Object.hasOwn(CONSTANTS, node.name) ? CONSTANTS[node.name] : undefined
      if (constant === undefined) throw new FormulaError(node.name)
      return () => constant
    }
    case 'UnaryExpression': {
      const inner = meaning(node.argument)
      if (node.operator === '-') return (x, y) => -inner(x, y)
      if (node.operator === '+') return inner
      throw new FormulaError(node.operator)
    }
    case 'BinaryExpression': {
      const { operator } = node
      const act = Object.hasOwn(ARITHMETIC, operator) ? ARITHMETIC[operator] : undefined
      if (act === undefined || (!top && COMPARISONS.has(operator))) throw new FormulaError(operator)
      // Only 2*-x^2 still comes so; what it means is anybody's guess.
      if (operator === '^' && node.left.type === 'UnaryExpression') throw new FormulaError('-…^')
      const [left, right] = [meaning(node.left), meaning(node.right)]
      return (x, y) => act(left(x, y), right(x, y))
    }
    case 'CallExpression': {
      const { name } = node.callee
      if (typeof name !== 'string') throw new FormulaError('()')
      const call = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
      if (node.callee.type !== 'Identifier' || call === undefined) throw new FormulaError(`${name}()`)
      const values = node.arguments.map((argument) => meaning(argument))
      if (values.length === 0) throw new FormulaError(`${name}()`)
      return (x, y) => call(...values.map((value) => value(x, y)))
    }
    default:
      throw new FormulaError(node.type)
  }
}

/** A formula as mathematics writes it. */
export function formulaTex(text: string): string {
  const node = parsed(prepared(text))
  const tex = texOf(node, 0)
  return compares(node) ? tex : `x_2 > ${tex}`
}

const RELATIONS: Readonly<Record<string, string>> = { '>=': '\\ge', '<=': '\\le', '*': '\\,', '%': '\\bmod' }
const OPERATORS = new Set(['sin', 'cos', 'tan', 'tanh', 'exp', 'log', 'min', 'max'])

/** @param around - how tightly what stands around it binds; parentheses where that is tighter */
function texOf(given: jsep.Expression, around: number): string {
  const node = given as jsep.CoreExpression
  switch (node.type) {
    case 'Identifier':
      return node.name in VARIABLES ? `x_${VARIABLES[node.name]! + 1}` : node.name === 'pi' ? '\\pi' : node.name
    case 'UnaryExpression':
      return `(${node.operator}${texOf(node.argument, 9)})`
    case 'BinaryExpression': {
      const { operator, left, right } = node
      if (operator === '/') return `\\frac{${texOf(left, 0)}}{${texOf(right, 0)}}`
      if (operator === '^') return `{${texOf(left, 9)}}^{${texOf(right, 0)}}`
      // The 0 of 0 - x was put there by us.
      const first =
        operator === '-' && left.type === 'Literal' && left['value'] === 0 ? '' : texOf(left, PRECEDENCE[operator]!)
      const binds = PRECEDENCE[operator]!
      const tex = `${first} ${RELATIONS[operator] ?? operator} ${texOf(right, binds + 1)}`
      return binds < around ? `(${tex})` : tex
    }
    case 'CallExpression': {
      const name = String((node.callee as jsep.Identifier).name)
      const values = node.arguments.map((argument) => texOf(argument, 0)).join(', ')
      if (name === 'sqrt') return `\\sqrt{${values}}`
      if (name === 'abs') return `|${values}|`
      return `${OPERATORS.has(name) ? `\\${name}` : `\\mathrm{${name}}`}(${values})`
    }
    default:
      return node.type === 'Literal' ? node.raw : ''
  }
}
