import { fold, key, uniform } from '@neurite/core'
import { Table, type Column } from '@neurite/data'
import { breastCancer, diabetes, iris, wine } from '@neurite/datasets'
import type { Example } from './state.js'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const WEATHER = ['sunny', 'cloudy', 'rainy']

/** A made-up table of a café, for what the real ones lack: text among the features, and gaps. */
function cafe(): Readonly<Record<string, ArrayLike<number | string | null>>> {
  const rows = 240
  const [luck, heat, sky, sale, gap] = ['luck', 'heat', 'sky', 'sale', 'gap'].map((name) =>
    uniform(fold(key(3), name), rows),
  )
  const days = Array.from({ length: rows }, (_, i) => DAYS[i % 7]!)
  const weather = Array.from(sky!, (u) => WEATHER[Math.floor(3 * u)]!)
  const degrees = Array.from(heat!, (u) => Math.round(10 * (38 * u - 4)) / 10)
  const discount = Array.from(sale!, (u) => (u < 0.2 ? 20 : u < 0.4 ? 10 : 0))
  const cups = degrees.map((t, i) => {
    const weekend = i % 7 >= 5 ? 60 : 0
    const sun = { sunny: 25, cloudy: 0, rainy: -40 }[weather[i]!]!
    return Math.round(150 + weekend + sun + 2.2 * discount[i]! + 0.12 * (t - 15) ** 2 + 24 * (luck![i]! - 0.5))
  })
  return {
    weekday: days,
    weather,
    temperature_c: degrees.map((t, i) => (gap![i]! < 0.08 ? null : t)),
    discount_percent: discount,
    cups_sold: cups,
  }
}

const COLUMNS = { iris, wine, diabetes, breastCancer, cafe } as const

/** An example as the CSV that a program would read: own tables and examples go one way. */
export function exampleCsv(name: Example): string {
  return csvOf(Table.fromColumns(COLUMNS[name]()))
}

export function csvOf(table: Table): string {
  const columns = table.columnNames.map((name): Column => table.column(name))
  const lines = Array.from({ length: table.numRows }, (_, i) => columns.map((column) => field(column[i]!)).join(','))
  return [table.columnNames.map(field).join(','), ...lines].join('\n') + '\n'
}

function field(cell: number | string): string {
  if (typeof cell === 'number') return Number.isNaN(cell) ? '' : String(cell)
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
