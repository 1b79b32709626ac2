import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FeatureMatrix,
  maxAbsScaler,
  minMaxScaler,
  normalizer,
  outlierClipper,
  robustScaler,
  standardScaler,
  Table,
  transformerFromJSON,
  type FittedScaler,
  type Transformer,
} from '../src/index.js'
import golden from './golden/preprocessing.json' with { type: 'json' }
import { coded } from './support.js'

const MAKERS: Readonly<Record<string, () => Transformer>> = {
  minMax: () => minMaxScaler(),
  'minMax[-1,1]': () => minMaxScaler({ range: [-1, 1] }),
  standard: () => standardScaler(),
  robust: () => robustScaler(),
  maxAbs: () => maxAbsScaler(),
  l2: () => normalizer(),
}

/** Every scaler that can be undone. */
const SCALERS: Readonly<Record<string, () => Transformer<FittedScaler>>> = {
  minMaxScaler: () => minMaxScaler({ range: [-2, 3] }),
  standardScaler: () => standardScaler(),
  robustScaler: () => robustScaler(),
  maxAbsScaler: () => maxAbsScaler(),
}

function matrix({ shape: [rows = 0, columns = 0], data }: { shape: number[]; data: number[] }): FeatureMatrix {
  return new FeatureMatrix(Float64Array.from(data), [rows, columns])
}

describe('4.3.1: scikit-learn gives the same', () => {
  test.each(golden.scalers.map((item) => [item.scaler, item.data, item] as const))('%s of %s', (name, _, item) => {
    const result = MAKERS[name]?.().fitTransform(matrix(item.X))
    expect(result?.shape).toEqual(item.transformed.shape)
    const worst = Math.max(
      ...item.transformed.data.map(
        (value, i) => Math.abs((result?.data[i] ?? NaN) - value) / Math.max(1, Math.abs(value)),
      ),
    )
    expect(worst).toBeLessThan(1e-9)
  })

  test('every case was tried', () => {
    expect(golden.scalers).toHaveLength(24)
  })
})

test('4.3.1: the row with an outlier goes to 0, 0, 0.01, ..., 1', () => {
  const rows = [0, 0, 1, 1, 1, 2, 2, 2, 3, 100].map((value) => [value])
  const scaled = minMaxScaler().fitTransform(rows)
  expect(scaled.toArray().flat()).toEqual([0, 0, 0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.03, 1])
})

const matrices = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) => {
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(NaN) },
    { weight: 1, arbitrary: fc.constant(5) },
  )
  return fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows })
})

describe.each(Object.entries(SCALERS))('%s', (kind, make) => {
  test('inverseTransform undoes transform, and NaN stays NaN', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const scaler = make().fit(rows)
        const back = scaler.inverseTransform(scaler.transform(rows)).toArray()
        rows.forEach((row, i) =>
          row.forEach((value, j) => {
            const column = rows.map((other) => Math.abs(other[j] ?? 0)).filter((size) => !Number.isNaN(size))
            const error = Math.abs((back[i]?.[j] ?? NaN) - value)
            if (Number.isNaN(value)) expect(back[i]?.[j]).toBeNaN()
            else expect(error).toBeLessThanOrEqual(1e-13 * Math.max(1, ...column))
          }),
        )
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  test('its JSON gives a scaler that transforms bit for bit the same', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const scaler = make().fit(rows)
        const restored = transformerFromJSON(JSON.parse(JSON.stringify(scaler)))
        if (restored.takes !== 'matrix') throw new Error(restored.takes)
        expect(restored.kind).toBe(kind)
        expect(restored.transform(rows)).toEqual(scaler.transform(rows))
        expect(restored.toJSON()).toEqual(scaler.toJSON())
      }),
      { seed: 2, numRuns: 50 },
    )
  })

  test('what is learned does not depend on missing values', () => {
    const scaler = make().fit([[1], [NaN], [4], [7], [NaN]])
    expect(scaler.toJSON()).toEqual(
      make()
        .fit([[1], [4], [7]])
        .toJSON(),
    )
  })

  test('a constant column gives finite numbers, and they go back', () => {
    const scaler = make().fit([
      [3, 0],
      [3, 0],
    ])
    const out = scaler.transform([
      [3, 0],
      [4, 1],
    ])
    expect(out.data.every(Number.isFinite)).toBe(true)
    expect(scaler.inverseTransform(out).toArray()).toEqual([
      [3, 0],
      [4, 1],
    ])
  })

  test('a column without values stays missing', () => {
    const scaler = make().fit([
      [NaN, 1],
      [NaN, 2],
    ])
    expect(scaler.transform([[NaN, 1]]).data[0]).toBeNaN()
  })

  test('a description transforms nothing, and says so', () => {
    for (const method of ['transform', 'inverseTransform', 'toJSON']) {
      const hidden = Reflect.get(make(), method) as (x: number[][]) => unknown
      expect(() => hidden([[1]])).toThrow(coded('NOT_FITTED', `${kind}: this is a description; call fit(x)`))
    }
  })

  test('refuses other columns than those it was fitted to, and infinities', () => {
    const scaler = make().fit(
      FeatureMatrix.from(
        [
          [1, 2],
          [3, 5],
        ],
        ['a', 'b'],
      ),
    )
    expect(scaler.transform([[1, 2]]).columns).toEqual(['a', 'b'])
    expect(() => scaler.transform([[1]])).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => scaler.transform(FeatureMatrix.from([[2, 1]], ['b', 'a']))).toThrow(coded('INVALID_ARGUMENT', "'b'"))
    expect(() => scaler.transform([[1, Infinity]])).toThrow(coded('NON_FINITE', 'row 0, column 1'))
    expect(() => make().fit([[-Infinity]])).toThrow(coded('NON_FINITE'))
    expect(() => make().fit([])).toThrow(coded('SHAPE_MISMATCH'))
  })
})

test('minMaxScaler: clip, range', () => {
  const scaler = minMaxScaler({ clip: true }).fit([[0], [10]])
  expect(scaler.transform([[-5], [5], [50], [NaN]]).toArray()).toEqual([[0], [0.5], [1], [NaN]])
  expect(() => minMaxScaler({ range: [1, 1] })).toThrow(coded('INVALID_ARGUMENT', 'range'))
  expect(() => minMaxScaler({ range: [0, Infinity] })).toThrow(coded('INVALID_ARGUMENT', 'range'))
  // @ts-expect-error -- misspelt
  expect(() => minMaxScaler({ rang: [0, 1] })).toThrow(coded('UNKNOWN_OPTION', 'rang'))
})

test('standardScaler and robustScaler: each part alone', () => {
  const rows = [[1], [3], [5], [11]]
  expect(standardScaler({ withStandardDeviation: false }).fitTransform(rows).toArray()).toEqual([[-4], [-2], [0], [6]])
  expect(
    standardScaler({ withMean: false })
      .fit([[3], [1], [3], [1]])
      .transform([[2]])
      .toArray(),
  ).toEqual([[2]])
  expect(robustScaler({ withScaling: false }).fitTransform(rows).toArray()).toEqual([[-3], [-1], [1], [7]])
  expect(robustScaler({ quantileRange: [0, 100], withCentering: false }).fit(rows).scale).toEqual([10])
  expect(() => robustScaler({ quantileRange: [75, 25] })).toThrow(coded('INVALID_ARGUMENT'))
})

test('standardScaler: a large mean does not eat the deviation', () => {
  const scaler = standardScaler().fit([[1e9], [1e9 + 1], [1e9 + 2]])
  expect(scaler.variance[0]).toBeCloseTo(2 / 3, 12)
})

test.each(Object.entries(SCALERS))('%s: a column is scaled whatever its unit is', (_, make) => {
  const column = [1, 2, 4, 7, 9]
  const usual = make()
    .fitTransform(column.map((value) => [value]))
    .toArray()
  for (const unit of [1e-100, 1.6e-19, 1e-16, 1e-9, 1e9, 1e100]) {
    const scaled = make()
      .fitTransform(column.map((value) => [value * unit]))
      .toArray()
    scaled.forEach(([value], row) => expect(value, `row ${row} in ${unit}`).toBeCloseTo(usual[row]![0]!, 10))
  }
})

test('a column that is constant but for the last digits stays one', () => {
  for (const size of [1e-19, 1, 1e19]) {
    const column = [[0.3 * size], [(0.1 + 0.2) * size], [0.3 * size], [(0.1 + 0.2) * size]]
    for (const make of [minMaxScaler, standardScaler, robustScaler] as const)
      for (const value of make().fitTransform(column).data)
        expect(Math.abs(value)).toBeLessThan(1e-12 * Math.max(1, size))
  }
})

test.each([...Object.entries(SCALERS), ['outlierClipper', () => outlierClipper({ method: 'zScore' })]] as const)(
  '%s: what it learns is finite, or it refuses',
  (kind, make) => {
    for (const rows of [
      [[1e308], [-1e308]],
      [[1e200], [-1e200]],
      [[1.7e308], [-1.7e308], [1.7e308], [-1.7e308]],
    ]) {
      const names = FeatureMatrix.from(rows, ['wide'])
      let fitted
      try {
        fitted = make().fit(names)
      } catch (error) {
        expect(error).toEqual(coded('NON_FINITE', `${kind}.fit: column 'wide' has values too large`))
        continue
      }
      expect(fitted.transform(names).data.every(Number.isFinite)).toBe(true)
      const again = transformerFromJSON(JSON.parse(JSON.stringify(fitted)) as never)
      expect(again.transform(names as never)).toEqual(fitted.transform(names))
    }
    if (kind === 'maxAbsScaler') return
    expect(() => make().fit([[1.7e308], [-1.7e308]])).toThrow(coded('NON_FINITE'))
  },
)

test('normalizer: short rows become as long as long ones', () => {
  const lengths = { l1: 7, l2: 5, max: 4 }
  for (const norm of ['l1', 'l2', 'max'] as const) {
    for (const scale of [1e-300, 1e-9, 0.01, 0.1, 1, 1e300, 4e307]) {
      const row = normalizer({ norm })
        .fitTransform([[3 * scale, -4 * scale]])
        .toArray()[0]!
      expect(row[0], `${norm} of ${scale}`).toBeCloseTo(3 / lengths[norm], 12)
      expect(row[1], `${norm} of ${scale}`).toBeCloseTo(-4 / lengths[norm], 12)
    }
  }
})

test('normalizer: each norm, rows of zeros, no NaN', () => {
  const rows = [
    [3, -4],
    [0, 0],
    [1e200, 1e200],
  ]
  expect(
    normalizer({ norm: 'l1' })
      .fitTransform([[3, -4]])
      .toArray(),
  ).toEqual([[3 / 7, -4 / 7]])
  expect(
    normalizer({ norm: 'max' })
      .fitTransform([[3, -4]])
      .toArray(),
  ).toEqual([[0.75, -1]])
  expect(normalizer().fitTransform(rows).toArray()[1]).toEqual([0, 0])
  expect(normalizer().fitTransform(rows).data[4]).toBeCloseTo(Math.SQRT1_2, 12)
  expect(() => normalizer().fitTransform([[NaN]])).toThrow(coded('NON_FINITE'))
  // @ts-expect-error -- no such norm
  expect(() => normalizer({ norm: 'l3' })).toThrow(coded('INVALID_ARGUMENT', "'l2', 'l1' or 'max'"))
})

test('what was learned can be seen and not changed', () => {
  const { mean } = standardScaler().fit([[1], [2]])
  expect(mean).toEqual([1.5])
  expect(Object.isFrozen(mean)).toBe(true)
})

test('a table of numbers is a matrix of its features', () => {
  const table = Table.fromColumns({ a: [1, 3], kind: ['x', 'y'], b: [2, 6] }).withTarget('kind')
  const scaler = minMaxScaler().fit(table)
  expect(scaler.columns).toEqual(['a', 'b'])
  expect(scaler.transform(table)).toEqual(scaler.transform(table.features))
  expect(() => standardScaler().fit(table.withTarget('a'))).toThrow(coded('INVALID_ARGUMENT', "column 'kind' is text"))
})

test.each([
  standardScaler(),
  standardScaler({ withMean: false, withStandardDeviation: false }),
  minMaxScaler({ range: [-1, 3] }),
  robustScaler(),
  maxAbsScaler(),
])('what $kind says of its scaling is what it does, also after it was saved', (scaler) => {
  const x = [
    [1.7e12, 3],
    [1.7e12 + 5, 3],
    [1.7e12 + 9, 3],
  ]
  const fitted = scaler.fit(x)
  const { scaling } = fitted
  const expected = x.map((row) =>
    row.map((value, j) => {
      const { shift, divisor, gain, offset } = scaling[j]!
      return ((value - shift) / divisor) * gain + offset
    }),
  )
  expect(fitted.transform(x).toArray()).toEqual(expected)
  const again = transformerFromJSON(JSON.parse(JSON.stringify(fitted)))
  expect('scaling' in again && again.scaling).toEqual(scaling)
})
