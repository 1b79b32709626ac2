/** A formula as a tree, with the shape of what it stands for. Made by the functions below, which simplify as one would by hand. */
export type Expression = { readonly shape: Shape } & (
  | { readonly is: 'number'; readonly value: number }
  /** A name as LaTeX. `fraction`: it is written as one, such as a partial derivative. */
  | { readonly is: 'name'; readonly text: string; readonly fraction: boolean }
  | { readonly is: 'sum'; readonly terms: readonly Expression[] }
  /** Element by element: a number times factors that are none. */
  | { readonly is: 'product'; readonly coefficient: number; readonly factors: readonly Expression[] }
  | { readonly is: 'matrix product'; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'quotient'; readonly above: Expression; readonly below: Expression }
  | { readonly is: 'power'; readonly base: Expression; readonly exponent: Expression }
  | { readonly is: 'transpose'; readonly of: Expression }
  /** The sum of elements, `over` all of them or what LaTeX says. */
  | { readonly is: 'total'; readonly over: string; readonly of: Expression }
  /** A function: what stands before, between and after its arguments. */
  | {
      readonly is: 'call'
      readonly around: readonly [open: string, separator: string, close: string]
      readonly arguments: readonly Expression[]
    }
)

export type Shape = readonly number[]

export const isScalar = (shape: Shape): boolean => shape.every((extent) => extent === 1)

/** The shape of arrays taken together, element by element. */
export function joint(shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map(({ length }) => length))
  return Array.from({ length: rank }, (_, i) =>
    Math.max(1, ...shapes.map((shape) => shape[shape.length - rank + i] ?? 1)),
  )
}

export const sameExpression = (a: Expression, b: Expression): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A number, in each place of a shape. */
export const constant = (value: number, shape: Shape = []): Expression => ({ is: 'number', value, shape })

export const named = (text: string, shape: Shape, fraction = false): Expression => ({
  is: 'name',
  text,
  fraction,
  shape,
})

export const call = (name: string, shape: Shape, ...args: readonly Expression[]): Expression =>
  around([`${name}(`, ', ', ')'], shape, ...args)

export const around = (
  marks: readonly [open: string, separator: string, close: string],
  shape: Shape,
  ...args: readonly Expression[]
): Expression => ({ is: 'call', around: marks, arguments: args, shape })

/** A number and what it multiplies; undefined for a number alone. */
function split(of: Expression): readonly [number, Expression | undefined] {
  if (of.is === 'number') return [of.value, undefined]
  if (of.is !== 'product') return [1, of]
  const [only] = of.factors
  return [of.coefficient, of.factors.length === 1 && sameShape(only!, of) ? only! : { ...of, coefficient: 1 }]
}

const sameShape = (a: Expression, b: Expression): boolean => String(a.shape) === String(b.shape)

/** a + b + ...: numbers are added up, like terms counted (x x sends x to x twice). */
export function sum(...parts: readonly Expression[]): Expression {
  const shape = joint(parts.map((part) => part.shape))
  const [head] = parts
  if (parts.length > 1 && parts.every((part) => sameExpression(part, head!))) return scaled(parts.length, head!)
  const terms: { coefficient: number; readonly rest: Expression | undefined }[] = []
  for (const part of parts.flatMap((each) => (each.is === 'sum' ? each.terms : [each]))) {
    const [coefficient, rest] = split(part)
    const like = terms.find((term) =>
      rest === undefined ? term.rest === undefined : term.rest !== undefined && sameExpression(term.rest, rest),
    )
    if (like === undefined) terms.push({ coefficient, rest })
    else like.coefficient += coefficient
  }
  const kept = terms
    .filter(({ coefficient }) => coefficient !== 0)
    .map(({ coefficient, rest }) => (rest === undefined ? constant(coefficient, shape) : scaled(coefficient, rest)))
  const [first] = kept
  if (first === undefined) return constant(0, shape)
  return kept.length === 1 ? product(shape, first) : { is: 'sum', terms: kept, shape }
}

export const scaled = (factor: number, of: Expression): Expression => product(of.shape, constant(factor), of)
export const negative = (of: Expression): Expression => scaled(-1, of)
export const difference = (a: Expression, b: Expression): Expression => sum(a, negative(b))
export const times = (...parts: readonly Expression[]): Expression => product([], ...parts)

/** A product element by element, in at least the given shape: numbers are multiplied, equal factors counted, 1 / x divides the others. */
export function product(least: Shape, ...parts: readonly Expression[]): Expression {
  const shape = joint([least, ...parts.map((part) => part.shape)])
  let coefficient = 1
  const counted: { readonly factor: Expression; count: number }[] = []
  const below: Expression[] = []
  const take = (part: Expression): void => {
    if (part.is === 'number') coefficient *= part.value
    else if (part.is === 'product') {
      coefficient *= part.coefficient
      part.factors.forEach(take)
    } else if (part.is === 'quotient' && part.above.is === 'number') {
      coefficient *= part.above.value
      below.push(part.below)
    } else {
      const [factor, count] =
        part.is === 'power' && part.exponent.is === 'number' ? [part.base, part.exponent.value] : [part, 1]
      const equal = counted.find((each) => sameExpression(each.factor, factor))
      if (equal === undefined) counted.push({ factor, count })
      else equal.count += count
    }
  }
  parts.forEach(take)
  if (coefficient === 0) return constant(0, shape)
  // Numbers before arrays.
  const above = counted
    .map(({ factor, count }) => (count === 1 ? factor : power(factor, constant(count))))
    .sort((a, b) => Number(!isScalar(a.shape)) - Number(!isScalar(b.shape)))
  if (below.length > 0) {
    const divided = quotient(above.length === 0 ? constant(1) : times(...above), times(...below))
    return whole(coefficient, [divided], shape)
  }
  return above.length === 0 ? constant(coefficient, shape) : whole(coefficient, above, shape)
}

function whole(coefficient: number, factors: readonly Expression[], shape: Shape): Expression {
  const [only] = factors
  if (coefficient === 1 && factors.length === 1 && String(only!.shape) === String(shape)) return only!
  return { is: 'product', coefficient, factors, shape }
}

/** a / b, element by element. */
export function quotient(a: Expression, b: Expression): Expression {
  const shape = joint([a.shape, b.shape])
  if (b.is === 'number') return product(shape, constant(1 / b.value), a)
  const [above, rest] = split(a)
  const [under, divisor] = split(b)
  const divided: Expression = { is: 'quotient', above: rest ?? constant(1), below: divisor!, shape }
  const coefficient = above / under
  if (rest === undefined && Number.isInteger(coefficient) && coefficient > 0)
    return { ...divided, above: constant(coefficient) }
  return whole(coefficient, [divided], shape)
}

export function power(base: Expression, exponent: Expression): Expression {
  const shape = joint([base.shape, exponent.shape])
  if (exponent.is === 'number' && exponent.value === 1) return base
  if (exponent.is === 'number' && exponent.value === 0) return constant(1, shape)
  if (exponent.is === 'number' && base.is === 'power' && base.exponent.is === 'number')
    return power(base.base, constant(base.exponent.value * exponent.value))
  return { is: 'power', base, exponent, shape }
}

export const squared = (base: Expression): Expression => power(base, constant(2))

export function transposed(of: Expression): Expression {
  const shape = [...of.shape].reverse()
  if (of.is === 'transpose') return of.of
  const [coefficient, rest] = split(of)
  if (rest === undefined) return constant(coefficient, shape)
  return scaled(coefficient, { is: 'transpose', of: rest, shape })
}

/** A matrix product; numbers go in front. */
export function matrixProduct(a: Expression, b: Expression, shape: Shape): Expression {
  const [first, left] = split(a)
  const [second, right] = split(b)
  const factors = { left: left ?? constant(1, a.shape), right: right ?? constant(1, b.shape) }
  return scaled(first * second, { is: 'matrix product', ...factors, shape })
}

/** The sum of elements; numbers go in front. */
export function total(of: Expression, over: string, shape: Shape): Expression {
  const [coefficient, rest] = split(of)
  if (isScalar(of.shape)) return product(shape, of)
  return scaled(coefficient, { is: 'total', over, of: rest ?? constant(1, of.shape), shape })
}

/** With numbers in the place of names; undefined if one of them has none. */
export function substituted(of: Expression, numberOf: (name: string) => number | undefined): Expression | undefined {
  let complete = true
  const put = (part: Expression): Expression => {
    switch (part.is) {
      case 'number':
        return part
      case 'name': {
        const value = numberOf(part.text)
        complete &&= value !== undefined
        return value === undefined ? part : constant(value)
      }
      case 'sum':
        return { ...part, terms: part.terms.map(put) }
      case 'product':
        return { ...part, factors: part.factors.map(put) }
      case 'matrix product':
        return { ...part, left: put(part.left), right: put(part.right) }
      case 'quotient':
        return { ...part, above: put(part.above), below: put(part.below) }
      case 'power':
        return { ...part, base: put(part.base), exponent: put(part.exponent) }
      case 'transpose':
      case 'total':
        return { ...part, of: put(part.of) }
      case 'call':
        return { ...part, arguments: part.arguments.map(put) }
    }
  }
  const result = put(of)
  return complete ? result : undefined
}
