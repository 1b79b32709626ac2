import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCsv, readCsv } from '../src/index.js'

const AWKWARD = ['"', ',', '\n', '\r\n', ' ', ';', '""', 'a', 'é', '김', '0', '\t', '😀', '-', 'x"y']

/** Text that cannot be taken for a number or a missing value. */
const text = fc.array(fc.constantFrom(...AWKWARD), { maxLength: 6 }).map((parts) => `t${parts.join('')}`)
const number = fc.double({ noDefaultInfinity: true, noNaN: true })

interface Sheet {
  readonly columns: readonly (readonly (string | number | null)[])[]
  readonly newline: string
  readonly delimiter: string
  readonly quoteAll: boolean
}

const sheets: fc.Arbitrary<Sheet> = fc.integer({ min: 1, max: 12 }).chain((rows) => {
  const cells = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
    fc.array(fc.option(value, { freq: 5 }), { minLength: rows, maxLength: rows })
  return fc.record({
    columns: fc.array(fc.oneof(cells(text), cells(number)), { minLength: 2, maxLength: 5 }),
    newline: fc.constantFrom('\n', '\r\n'),
    delimiter: fc.constantFrom(',', ';', '\t'),
    quoteAll: fc.boolean(),
  })
})

/** As RFC 4180 says. */
function write({ columns, newline, delimiter, quoteAll }: Sheet): string {
  const quote = (cell: string): string =>
    quoteAll || /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell
  const rows = (columns[0] ?? []).map((_, i) => columns.map((column) => quote(print(column[i] ?? ''))))
  const header = columns.map((_, j) => quote(`c"${j}${delimiter}`))
  return [header, ...rows].map((row) => row.join(delimiter) + newline).join('')
}

/** `String` writes -0 as 0. */
function print(cell: string | number): string {
  return Object.is(cell, -0) ? '-0' : String(cell)
}

function expectSheet(table: ReturnType<typeof parseCsv>, { columns, delimiter }: Sheet): void {
  columns.forEach((column, j) => {
    const values = table.column(`c"${j}${delimiter}`.trim())
    const isText = column.some((cell) => typeof cell === 'string')
    const expected = column.map((cell) => cell ?? (isText ? '' : NaN))
    expect(values).toHaveLength(expected.length)
    const odd = expected.findIndex((cell, i) => !Object.is(cell, values[i]))
    expect(odd < 0 ? 'no difference' : `row ${odd}: ${expected[odd]} became ${values[odd]}`).toBe('no difference')
  })
}

test('what was written comes back, whatever is in the fields', () => {
  fc.assert(
    fc.property(sheets, (sheet) => {
      expectSheet(parseCsv(write(sheet), { delimiter: sheet.delimiter }), sheet)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a stream gives the same table, wherever its pieces end', async () => {
  await fc.assert(
    fc.asyncProperty(sheets, fc.integer({ min: 1, max: 9 }), async (sheet, size) => {
      // Longer than what is looked at first, so that rows are cut as well.
      const times = Math.ceil(100_000 / write(sheet).length)
      const long = { ...sheet, columns: sheet.columns.map((column) => repeat(column, times)) }
      const whole = new TextEncoder().encode(write(long))
      const pieces = (async function* () {
        for (let i = 0; i < 70_000; i += 35_000) yield whole.subarray(i, Math.min(whole.length, i + 35_000))
        for (let i = 70_000; i < 71_000; i += size) yield whole.subarray(i, i + size)
        for (let i = 71_000 + ((size - (1000 % size)) % size); i < whole.length; i += 1009)
          yield whole.subarray(i, i + 1009)
      })()
      expectSheet(await readCsv(pieces, { delimiter: sheet.delimiter }), long)
    }),
    { seed: 2, numRuns: 5 },
  )
})

test('any text at all gives a table or BAD_CSV', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...AWKWARD, '1', '\r'), { maxLength: 40 }), (parts) => {
      try {
        expect(parseCsv(parts.join('')).numRows).toBeGreaterThanOrEqual(0)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_CSV' })
      }
    }),
    { seed: 3, numRuns: 700 },
  )
})

function repeat<T>(values: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => values).flat()
}
