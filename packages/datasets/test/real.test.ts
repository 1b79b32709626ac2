import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GENERATED, readLines, renderAll } from '../scripts/render.js'
import { breastCancer, diabetes, digits, iris, wine } from '../src/index.js'

test.each([...renderAll()])('src/generated/%s is what scripts/generate.ts makes of the data', (name, text) => {
  expect(readFileSync(new URL(name, GENERATED), 'utf8') === text, 'run npx tsx scripts/generate.ts').toBe(true)
})

const TABLES = [
  { file: 'iris.csv', make: iris, text: 'species', rows: 150 },
  { file: 'wine.csv', make: wine, text: 'cultivar', rows: 178 },
  { file: 'breast-cancer.csv', make: breastCancer, text: 'diagnosis', rows: 569 },
  { file: 'diabetes.csv', make: diabetes, text: undefined, rows: 442 },
] as const

describe.each(TABLES)('$file', ({ file, make, text, rows }) => {
  test('its function gives every cell of the file', () => {
    const [header = [], ...lines] = readLines(file).map((line) => line.split(','))
    const columns: Readonly<Record<string, Float64Array | readonly string[]>> = make()
    expect(Object.keys(columns)).toEqual(header)
    expect(lines).toHaveLength(rows)
    header.forEach((name, j) => {
      const cells = lines.map((line) => line[j] ?? '')
      expect(Array.from<number | string>(columns[name] ?? [])).toEqual(name === text ? cells : cells.map(Number))
    })
  })

  test('no number is missing', () => {
    for (const column of Object.values(make())) {
      expect(column).toHaveLength(rows)
      if (column instanceof Float64Array) expect(column.every(Number.isFinite)).toBe(true)
    }
  })

  test('each call gives arrays of its own', () => {
    const [name] = Object.keys(make())
    const first: Readonly<Record<string, Float64Array | readonly string[]>> = make()
    const column = first[name ?? '']
    if (column instanceof Float64Array) column.fill(-1)
    expect(make()).not.toEqual(first)
  })
})

test('the types name the columns that there are', () => {
  expect(iris().petal_width_cm[0]).toBe(0.2)
  expect(wine().od280_od315_of_diluted_wines[0]).toBe(3.92)
  expect(breastCancer().concave_points_error[0]).toBe(0.01587)
  expect(breastCancer().worst_fractal_dimension[0]).toBe(0.1189)
  expect(diabetes().s5[0]).toBe(4.8598)
})

test('digits gives every pixel and label of the file', () => {
  const images = readLines('digits-8x8.csv.gz')
    .slice(1)
    .map((line) => line.split(',').map(Number))
  const { x, y } = digits()
  expect(x.shape).toEqual([1797, 64])
  expect(y.shape).toEqual([1797])
  expect(Array.from(x.data)).toEqual(images.flatMap((cells) => cells.slice(0, 64)))
  expect(Array.from(y.data)).toEqual(images.map((cells) => cells[64]))
})
