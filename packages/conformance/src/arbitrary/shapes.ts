import fc from 'fast-check'

const LIMIT = 700

/** An extent: mostly small, now and then empty, now and then past the width of a vector register. */
const extent = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 5 }), weight: 16 },
  { arbitrary: fc.constantFrom(7, 8, 9, 16, 17, 33), weight: 6 },
  { arbitrary: fc.constant(0), weight: 1 },
)

/** Four draws, of which an array of rank r takes r: ranks differ, the draws do not. */
const four = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { minLength: 4, maxLength: 4 })

/** Halves the largest extents until the array is small enough for slow references. */
function limit(shape: readonly number[]): number[] {
  const result = [...shape]
  while (result.reduce((a, b) => a * b, 1) > LIMIT) {
    const largest = result.indexOf(Math.max(...result))
    result[largest] = Math.ceil(result[largest]! / 2)
  }
  return result
}

/** How often each rank from 0 to 4 comes. */
const RANK_WEIGHTS = [1, 3, 4, 5, 4] as const

/** Shapes of `minRank` to `maxRank` axes: 0-d, empty and odd ones among them. */
export function shapes(minRank = 0, maxRank = 4): fc.Arbitrary<number[]> {
  const ranks = RANK_WEIGHTS.flatMap((weight, rank) =>
    rank >= minRank && rank <= maxRank ? [{ arbitrary: fc.constant(rank), weight }] : [],
  )
  return fc.tuple(fc.oneof(...ranks), four(extent)).map(([rank, extents]) => limit(extents.slice(0, rank)))
}

/** Shapes with no empty axis. */
export function filledShapes(minRank = 0, maxRank = 4): fc.Arbitrary<number[]> {
  return shapes(minRank, maxRank).map((shape) => shape.map((n) => Math.max(n, 1)))
}

/** How an operand is smaller than the whole: some extents 1, or leading axes left out, or both. */
const cut = fc.record({
  ones: fc.oneof(
    { arbitrary: four(fc.boolean()), weight: 2 },
    { arbitrary: fc.constant([false, false, false, false]), weight: 1 },
  ),
  drop: fc.constantFrom(0, 0, 0, 1, 2),
})
const whole = fc.constant({ ones: [false, false, false, false], drop: 0 })
const scalar = fc.constant({ ones: [true, true, true, true], drop: 4 })

/** `count` shapes that broadcast together. */
export function broadcastable(count: number): fc.Arbitrary<number[][]> {
  const how = fc.oneof({ arbitrary: cut, weight: 6 }, { arbitrary: whole, weight: 3 }, { arbitrary: scalar, weight: 1 })
  return fc
    .tuple(shapes(), fc.array(how, { minLength: count, maxLength: count }))
    .map(([shape, cuts]) =>
      cuts.map(({ drop, ones }) => shape.map((n, axis) => (ones[axis] ? 1 : n)).slice(Math.min(drop, shape.length))),
    )
}

/** A subset of the axes, sorted. */
export function axesOf(rank: number): fc.Arbitrary<number[]> {
  const axes = Array.from({ length: rank }, (_, i) => i)
  return fc.oneof(
    { arbitrary: four(fc.boolean()).map((chosen) => axes.filter((axis) => chosen[axis])), weight: 5 },
    { arbitrary: fc.constant(axes), weight: 1 },
  )
}

/** An order of the axes, each equally likely. */
export function permutationOf(rank: number): fc.Arbitrary<number[]> {
  const axes = Array.from({ length: rank }, (_, i) => i)
  return four(fc.nat({ max: 2 ** 20 })).map((draws) => axes.sort((a, b) => draws[a]! - draws[b]!).slice())
}
