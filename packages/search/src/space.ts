import { show, takesNoOptions } from '@neurite/core/arguments'
import { checkArgument, NeuriteError, power, uniform as drawUniform, type Key } from '@neurite/core'

/** A hyperparameter that is drawn: from a uniform number in [0, 1) to a value. */
export interface Dimension<T> {
  readonly kind: 'number' | 'logarithmic' | 'integer'
  draw(unit: number): T
}

/** What hyperparameters may be, by name: a list of choices, or a dimension. */
export type Space = Readonly<Record<string, readonly unknown[] | Dimension<unknown>>>

/** One value for each name. */
export type PointOf<S extends Space> = {
  readonly [Name in keyof S]: S[Name] extends readonly (infer T)[] ? T : S[Name] extends Dimension<infer T> ? T : never
}

/** Numbers in [minimum, maximum), each equally likely; maximum - minimum must be a number too. */
export function uniformBetween(minimum: number, maximum: number, ...none: readonly []): Dimension<number> {
  takesNoOptions('uniformBetween', none)
  checkRange('uniformBetween', minimum, maximum)
  checkWidth('uniformBetween', 'maximum - minimum', maximum - minimum)
  return Object.freeze<Dimension<number>>({ kind: 'number', draw: (unit) => minimum + unit * (maximum - minimum) })
}

/** Numbers in [minimum, maximum) whose logarithm is uniform: for learning rates, which matter by their order of magnitude. */
export function logUniformBetween(minimum: number, maximum: number, ...none: readonly []): Dimension<number> {
  takesNoOptions('logUniformBetween', none)
  checkRange('logUniformBetween', minimum, maximum)
  checkArgument(minimum > 0, () => `logUniformBetween: minimum must be > 0, got ${minimum}.`, { minimum })
  checkWidth('logUniformBetween', 'maximum / minimum', maximum / minimum)
  return Object.freeze<Dimension<number>>({
    kind: 'logarithmic',
    draw: (unit) => minimum * power(maximum / minimum, unit),
  })
}

/** Whole numbers from minimum to maximum, both included. */
export function integerBetween(minimum: number, maximum: number, ...none: readonly []): Dimension<number> {
  takesNoOptions('integerBetween', none)
  checkRange('integerBetween', minimum, maximum)
  checkArgument(
    Number.isInteger(minimum) && Number.isInteger(maximum),
    () => `integerBetween: both ends must be whole numbers, got ${minimum} and ${maximum}.`,
  )
  checkWidth('integerBetween', 'maximum - minimum', maximum - minimum, Number.MAX_SAFE_INTEGER)
  return Object.freeze<Dimension<number>>({
    kind: 'integer',
    draw: (unit) => minimum + Math.floor(unit * (maximum - minimum + 1)),
  })
}

function checkRange(where: string, minimum: number, maximum: number): void {
  checkArgument(
    Number.isFinite(minimum) && Number.isFinite(maximum) && minimum < maximum,
    () => `${where}: needs finite numbers minimum < maximum, got ${show(minimum)} and ${show(maximum)}.`,
    { minimum, maximum },
  )
}

/** Else what is drawn would be Infinity or NaN, or leave whole numbers out. */
function checkWidth(where: string, what: string, width: number, most = Number.MAX_VALUE): void {
  checkArgument(width <= most, () => `${where}: ${what} must be at most ${most}, got ${width}; take a narrower range.`)
}

export function checkSpace(where: string, space: Space): void {
  checkArgument(
    typeof space === 'object' && space !== null && Object.keys(space).length > 0,
    () => `${where}: the space must map names to choices or dimensions.`,
  )
  for (const [name, values] of Object.entries(space)) {
    const fits = Array.isArray(values)
      ? values.length > 0
      : typeof values === 'object' && values !== null && 'draw' in values
    checkArgument(
      fits,
      () =>
        `${where}: space.${name} must be a list of choices, not empty, or uniformBetween, logUniformBetween or integerBetween.`,
      { name },
    )
  }
}

/** A point drawn from the space; names in turn, so that one more name at the end changes no other. */
export function drawPoint<S extends Space>(space: S, random: Key): PointOf<S> {
  const units = drawUniform(random, Object.keys(space).length)
  const entries = Object.entries(space).map(([name, values], i) => [
    name,
    isChoices(values) ? values[Math.floor(units[i]! * values.length)] : values.draw(units[i]!),
  ])
  // Object.entries forgets which value belongs to which name.
  return Object.fromEntries(entries) as PointOf<S>
}

/** Every combination of choices, the last name fastest. */
export function gridOf<S extends Space>(where: string, space: S): PointOf<S>[] {
  let points: Record<string, unknown>[] = [{}]
  for (const [name, values] of Object.entries(space)) {
    if (!isChoices(values))
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${where}: space.${name} has no finite list of values; list those to try, or use randomSearch.`,
        { name },
      )
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })))
  }
  return points as PointOf<S>[]
}

function isChoices(values: readonly unknown[] | Dimension<unknown>): values is readonly unknown[] {
  return Array.isArray(values)
}
