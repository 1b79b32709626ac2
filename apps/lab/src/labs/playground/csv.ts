import { minMaxScaler, readCsv, takeRows, trainTestSplit, type CsvSource } from '@neurite/data'
import { grouped, MOST_POINTS, snapped, type OwnPoint } from './own-points.js'

/** The file has no two columns of numbers beside one of two values. */
export class CsvColumnsError extends Error {}

export interface CsvPoints {
  readonly points: readonly OwnPoint[]
  readonly rows: number
  /** The columns that were taken: x1, x2, class. */
  readonly columns: readonly [string, string, string]
}

/** How far from the middle the points of a file reach. */
const RADIUS = 5

/**
 * Two columns of numbers, brought to the square by min-max normalization (4.3.1), and a column of two values as classes. Of more rows than
 * a link holds, a share with the classes in proportion is taken.
 */
export async function pointsFromCsv(source: CsvSource): Promise<CsvPoints> {
  const table = await readCsv(source, { delimiter: 'auto', maxRows: 100_000, maxBytes: 10_000_000 })
  const names = table.columnNames
  const cells = new Map<string, readonly (string | number)[]>(names.map((name) => [name, [...table.column(name)]]))
  const values = (name: string): readonly (string | number)[] => cells.get(name)!
  // The class stands last in most files.
  const label = names.findLast((name) => new Set(values(name)).size === 2)
  const [x, y] = names.filter((name) => name !== label && values(name).every((value) => Number.isFinite(value)))
  if (label === undefined || x === undefined || y === undefined) throw new CsvColumnsError()
  const classes = [...new Set(values(label))].sort()
  const places = minMaxScaler({ range: [-RADIUS, RADIUS] }).fitTransform(
    values(x).map((value, i) => [Number(value), Number(values(y)[i])]),
  )
  const kept = sample(values(label).map(String), table.numRows)
  const chosen = takeRows(places, kept)
  const points = Array.from(kept, (row, k) =>
    snapped({
      x: chosen.data[2 * k]!,
      y: chosen.data[2 * k + 1]!,
      label: values(label)[row] === classes[1] ? 1 : 0,
    }),
  )
  return { points: grouped(points), rows: table.numRows, columns: [x, y, label] }
}

function sample(labels: readonly string[], rows: number): Int32Array {
  if (rows <= MOST_POINTS) return Int32Array.from({ length: rows }, (_, i) => i)
  const rowNumbers = { shape: [rows], data: Int32Array.from({ length: rows }, (_, i) => i) }
  return trainTestSplit({ rowNumbers }, { test: MOST_POINTS, stratify: labels }).testIndices
}
