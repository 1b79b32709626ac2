import type { Declared } from './declared.js'

/** Values that an option refuses, and values that it takes and that are not its default. */
export interface Kind {
  readonly wrong: readonly unknown[]
  readonly right: readonly unknown[]
}

/** Of no type that an option has, but for what takes anything. */
const ALIEN = [null, Symbol('alien'), new Date(0)]

export const kind = (wrong: readonly unknown[], right: readonly unknown[]): Kind => ({
  wrong: [...wrong, ...ALIEN],
  right,
})

export const flag: Kind = kind([1, 0, 'true', {}], [true, false])
export const text: Kind = kind([1, true, {}], [])
export const aFunction: Kind = kind([1, 'f', true, {}], [])
export const words = (...list: readonly string[]): Kind => kind([`${list[0]}?`, '', 1, true, {}], list)

/** A finite number in an interval; `right` is made from the interval. */
export function range(interval: string, ...right: readonly number[]): Kind {
  const [least, most] = interval.slice(1, -1).split(', ').map(Number) as [number, number]
  const [openBelow, openAbove] = [interval.startsWith('('), interval.endsWith(')')]
  const outside = [
    least === -Infinity ? -Infinity : openBelow ? least : least - 1e-9 * Math.max(1, Math.abs(least)),
    most === Infinity ? (openAbove ? Infinity : NaN) : openAbove ? most : most + 1e-9 * Math.max(1, Math.abs(most)),
  ]
  const width = Math.min(most, least === -Infinity ? 2 : least + 1) - Math.max(least, -1)
  const inside = [0.4, 0.7].map((share) => Math.max(least, -1) + share * width)
  return kind([...outside, NaN, '1', '', true, {}, [1]], right.length > 0 ? right : inside)
}

/** A whole number between two, both included. */
export function whole(least = -Infinity, most = Infinity, ...right: readonly number[]): Kind {
  const from = Math.max(least, 0)
  const inside = [from + 1, from + 2].filter((value) => value <= most)
  return kind(
    [least === -Infinity ? -Infinity : least - 1, most === Infinity ? Infinity : most + 1, from + 0.5, NaN, '1', true],
    right.length > 0 ? right : inside,
  )
}

export const seed: Kind = kind([0.5, NaN, Infinity, 2 ** 53, '1', true, {}], [1, -3])

/** The kind of an option by its type and documentation; undefined where they do not say enough. */
export function kindOf(declared: Declared, byType: Readonly<Record<string, Kind>>): Kind | undefined {
  if (Object.hasOwn(byType, declared.type)) return byType[declared.type]
  if (declared.words !== undefined) return words(...declared.words)
  if (declared.type === 'boolean') return flag
  if (declared.type === 'string') return text
  if (declared.type.startsWith('(') && declared.type.includes('=>')) return aFunction
  if (declared.type !== 'number') return undefined
  if (declared.name === 'seed') return seed
  if (declared.range === undefined) return undefined
  if (!declared.whole) return range(declared.range)
  const [least, most] = declared.range.slice(1, -1).split(', ').map(Number)
  return whole(declared.range.startsWith('(') ? least! + 1 : least, most)
}
