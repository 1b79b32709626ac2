import type { NestedArray } from '@neurite/core'
import { isScalar, joint, type Expression, type Shape } from './expression.js'

/** How tightly a formula holds together where it stands. */
const SUM = 1
const PRODUCT = 2
const MATRIX_PRODUCT = 3
const WHOLE = 4

/** A formula as LaTeX, with as many brackets as it needs. */
export const writeLatex = (of: Expression): string => write(of)

function binding(of: Expression): number {
  switch (of.is) {
    case 'number':
      return of.value < 0 ? SUM : /cdot/.test(number(of.value)) ? PRODUCT : WHOLE
    case 'sum':
      return SUM
    case 'product':
    case 'total':
      return of.is === 'product' && of.coefficient < 0 ? SUM : PRODUCT
    case 'matrix product':
      return MATRIX_PRODUCT
    default:
      return WHOLE
  }
}

const bracket = (text: string): string => `\\left(${text}\\right)`
const inside = (of: Expression, least: number): string => (binding(of) >= least ? write(of) : bracket(write(of)))
/** What takes an exponent: a fraction does so in brackets, and what has one already. */
function raised(of: Expression): string {
  const text = inside(of, WHOLE)
  return /^(\\frac|e\^)/.test(text) || of.is === 'power' || of.is === 'transpose' ? bracket(text) : text
}

function write(of: Expression): string {
  switch (of.is) {
    case 'number':
      return number(of.value)
    case 'name':
      return of.text
    case 'sum':
      return of.terms
        .map((term, i) => {
          const text = write(term)
          if (i === 0) return text
          return text.startsWith('-') ? ` - ${text.slice(1)}` : ` + ${text}`
        })
        .join('')
    case 'product':
      return writeProduct(of)
    case 'matrix product':
      return [of.left, of.right]
        .map((side) => (side.is === 'number' ? ones(side.shape) : inside(side, MATRIX_PRODUCT)))
        .join(' ')
    case 'quotient':
      return `\\frac{${write(of.above)}}{${write(of.below)}}`
    case 'power':
      return `${raised(of.base)}^{${write(of.exponent)}}`
    case 'transpose':
      return `${raised(of.of)}^{\\top}`
    case 'total':
      return `\\sum${of.over === '' ? '' : `_{\\text{${of.over}}}`} ${inside(of.of, PRODUCT)}`
    case 'call': {
      const [open, separator, close] = of.around
      return `${open}${of.arguments.map(write).join(separator)}${close}`
    }
  }
}

const ones = (shape: Shape): string => `\\mathbf{1}_{${shape.join(' \\times ')}}`

function writeProduct({ coefficient, factors, shape }: Expression & { readonly is: 'product' }): string {
  // Ones say that a number stands in every place.
  const parts =
    isScalar(shape) || String(joint(factors.map((factor) => factor.shape))) === String(shape) ? [] : ['ones']
  const count = factors.length + parts.length
  const texts = factors.map((factor, i) => {
    // A sum sign reaches to the end; a matrix product beside another factor is kept together.
    if (factor.is === 'total' && i < count - 1) return bracket(write(factor))
    if (factor.is === 'matrix product' && count > 1) return bracket(write(factor))
    return inside(factor, PRODUCT)
  })
  const scalar = factors.map((factor) => isScalar(factor.shape))
  if (parts.length > 0) {
    texts.push(ones(shape))
    scalar.push(false)
  }
  const text = texts.reduce(
    (before, each, i) => `${before} ${scalar[i - 1] || scalar[i] ? '\\cdot' : '\\odot'} ${each}`,
  )
  if (coefficient === 1) return text
  if (coefficient === -1) return `-${text}`
  return `${number(coefficient)} ${/^(\d|\\frac\{\d)/.test(text) ? '\\cdot ' : ''}${text}`
}

/** A number: short ones as decimals, 1/6 and the like as fractions. */
function number(value: number): string {
  if (value < 0) return `-${number(-value)}`
  const text = String(Number(value.toPrecision(12)))
  if (text.length > 6) {
    for (let below = 3; below <= 10_000; below++) {
      const above = Math.round(value * below)
      if (above >= 1 && above < 100 && Math.abs(above / below - value) <= 1e-12 * value)
        return `\\frac{${above}}{${below}}`
    }
  }
  return powerOfTen(text)
}

/** A value in so many significant digits: a number, a vector or a small matrix; undefined for a larger one. */
export function writeValue(value: NestedArray, shape: Shape, digits: number): string | undefined {
  const entry = (of: unknown): string => {
    if (typeof of !== 'number') return String(of)
    return Number.isNaN(of) ? '\\mathrm{NaN}' : powerOfTen(String(Number(of.toPrecision(digits))))
  }
  if (shape.length === 0) return entry(value)
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (shape.length > 2 || size > LARGEST_MATRIX) return undefined
  const rows = shape.length === 1 ? [value as unknown[]] : (value as unknown[][])
  return `\\begin{pmatrix} ${rows.map((row) => row.map(entry).join(' & ')).join(' \\\\ ')} \\end{pmatrix}`
}

const LARGEST_MATRIX = 36

const powerOfTen = (text: string): string =>
  text
    .replace(/^1e\+?(-?\d+)$/, '10^{$1}')
    .replace(/e\+?(-?\d+)$/, ' \\cdot 10^{$1}')
    .replace('Infinity', '\\infty')
