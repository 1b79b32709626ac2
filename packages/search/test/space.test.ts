import { expect, test } from 'vitest'
import { gridSearch, integerBetween, logUniformBetween, randomSearch, uniformBetween } from '../src/index.js'

const dimensions = { uniformBetween, logUniformBetween, integerBetween }
/** The largest number below 1: what is drawn is in [0, 1). */
const ALMOST_1 = 1 - 2 ** -24

test('uniformBetween: from minimum, in proportion, to maximum', () => {
  for (const [minimum, maximum] of [
    [-7, 3],
    [-3, -1],
    [0, 1],
    [2, 500],
  ] as const) {
    // prettier-ignore
    const { draw } = uniformBetween(minimum, maximum)
    expect(draw(0)).toBe(minimum)
    expect(draw(0.25)).toBeCloseTo((3 * minimum + maximum) / 4, 9)
    expect(draw(ALMOST_1)).toBeCloseTo(maximum, 3)
    expect(draw(ALMOST_1)).toBeLessThan(maximum)
  }
})

test('logUniformBetween: in proportion of the logarithm', () => {
  const { draw } = logUniformBetween(1e-4, 1e2)
  expect([0, 1 / 6, 0.5, 5 / 6].map(draw)).toEqual([1e-4, 1e-3, 0.1, 10].map((value) => expect.closeTo(value, 9)))
  expect(draw(ALMOST_1)).toBeLessThan(1e2)
})

test('integerBetween: both ends, each as likely', () => {
  for (const [minimum, maximum] of [
    [-2, 1],
    [0, 1],
    [3, 12],
  ] as const) {
    // prettier-ignore
    const { draw } = integerBetween(minimum, maximum)
    const count = maximum - minimum + 1
    const drawn = Array.from({ length: 10 * count }, (_, i) => draw((i + 0.5) / (10 * count)))
    expect(drawn).toEqual(Array.from({ length: 10 * count }, (_, i) => minimum + Math.floor(i / 10)))
    expect([draw(0), draw(ALMOST_1)]).toEqual([minimum, maximum])
  }
})

test('what they are', () => {
  expect(Object.values(dimensions).map((make) => make(1, 2).kind)).toEqual(['number', 'logarithmic', 'integer'])
  for (const make of Object.values(dimensions)) expect(Object.isFrozen(make(1, 2))).toBe(true)
})

test.each(Object.entries(dimensions))('%s refuses a range that is none', (name, make) => {
  for (const [minimum, maximum] of [
    [2, 2],
    [3, 2],
    [NaN, 2],
    [1, NaN],
    [1, Infinity],
    [-Infinity, 1],
  ] as const)
    // prettier-ignore
    expect(() => make(minimum, maximum)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: `${name}: needs finite numbers minimum < maximum, got ${minimum} and ${maximum}. [INVALID_ARGUMENT]`,
        details: { minimum, maximum },
      }) as Error,
    )
})

test('logarithms need numbers above 0, whole numbers whole ends', () => {
  for (const minimum of [0, -1])
    expect(() => logUniformBetween(minimum, 1)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { minimum } }) as Error,
    )
  for (const [minimum, maximum] of [
    [0.5, 3],
    [0, 2.5],
  ] as const)
    // prettier-ignore
    expect(() => integerBetween(minimum, maximum)).toThrow(
      `integerBetween: both ends must be whole numbers, got ${minimum} and ${maximum}.`,
    )
})

test('a space that is none is refused, by name', async () => {
  for (const space of [{}, null, 3, undefined])
    for (const search of [gridSearch(space as never, () => 0), randomSearch(space as never, () => 0, { trials: 1 })])
      await expect(search).rejects.toThrow(/the space must map names to choices or dimensions/)
  for (const choices of [[], null, 3, 'ab', { draws: 1 }])
    await expect(randomSearch({ a: [1], b: choices } as never, () => 0, { trials: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/space\.b must be a list of choices, not empty, or uniformBetween/) as string,
      details: { name: 'b' },
    })
  await expect(gridSearch({ a: [1], b: uniformBetween(0, 1) }, () => 0)).rejects.toMatchObject({
    message: expect.stringMatching(/space\.b has no finite list of values/) as string,
    details: { name: 'b' },
  })
})

test('every choice is drawn; a name more at the end changes no other', async () => {
  const points = async (space: object) =>
    (await randomSearch(space as { a: string[] }, () => 0, { trials: 60, seed: 1 })).leaderboard.map(
      ({ point }) => point,
    )
  const one = await points({ a: ['x', 'y', 'z'] })
  expect(new Set(one.map(({ a }) => a))).toEqual(new Set(['x', 'y', 'z']))
  const two = await points({ a: ['x', 'y', 'z'], b: uniformBetween(0, 1) })
  expect(two.map(({ a }) => a)).toEqual(one.map(({ a }) => a))
})

test('ranges too wide for a number are refused, not drawn as Infinity or NaN', () => {
  expect(() => uniformBetween(-1.7e308, 1.7e308)).toThrow(/uniformBetween: maximum - minimum must be at most/)
  expect(() => logUniformBetween(1e-200, 1e200)).toThrow(/logUniformBetween: maximum \/ minimum must be at most/)
  expect(() => integerBetween(-1e308, 1e308)).toThrow(/integerBetween: maximum - minimum must be at most/)
  expect(() => integerBetween(0, 2 ** 54)).toThrow(/take a narrower range/)
  expect(uniformBetween(-8e307, 8e307).draw(0.5)).toBe(0)
  expect(logUniformBetween(1e-150, 1e150).draw(0.5)).toBeCloseTo(1, 9)
})
