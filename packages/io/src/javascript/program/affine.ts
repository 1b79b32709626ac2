/** A whole number that a program computes from the names of its loops: constant + factor * name + ... */
export interface Affine {
  readonly constant: number
  readonly terms: readonly (readonly [name: string, factor: number])[]
}

export function constant(value: number): Affine {
  return { constant: value, terms: [] }
}

export function variable(name: string): Affine {
  return { constant: 0, terms: [[name, 1]] }
}

export function plus(a: Affine, b: Affine): Affine {
  const factors = new Map(a.terms)
  for (const [name, factor] of b.terms) factors.set(name, (factors.get(name) ?? 0) + factor)
  return { constant: a.constant + b.constant, terms: [...factors].filter(([, factor]) => factor !== 0) }
}

export function times(a: Affine, factor: number): Affine {
  if (factor === 0) return constant(0)
  return { constant: a.constant * factor, terms: a.terms.map(([name, own]) => [name, own * factor]) }
}

/** As an expression: `8 * i + j - 3`. */
export function print({ constant, terms }: Affine): string {
  const parts = terms.map(([name, factor]): [number, string] => [
    factor,
    Math.abs(factor) === 1 ? name : `${Math.abs(factor)} * ${name}`,
  ])
  if (constant !== 0 || parts.length === 0) parts.push([constant, String(Math.abs(constant))])
  return parts
    .map(([sign, text], i) => (i === 0 ? (sign < 0 ? `-${text}` : text) : sign < 0 ? ` - ${text}` : ` + ${text}`))
    .join('')
}
