import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowReader, type CsvRow } from '../src/csv/row-reader.js'

// csv-parse is the one parser of those compared in decision 0020 that is right about line ends of all kinds.

/** How many texts; 50,000 were read once. */
const TEXTS = 1000

const ENDS = ['\n', '\r\n', '\r']
const DELIMITERS = [',', ';', '\t']

type Rows = readonly (readonly string[])[]

function theirs(text: string, delimiter: string): Rows | 'refused' {
  try {
    return parse(text, {
      ...{ delimiter, record_delimiter: ['\r\n', '\n', '\r'] },
      ...{ skip_empty_lines: true, relax_column_count: true },
    })
  } catch {
    return 'refused'
  }
}

function ours(pieces: readonly string[], delimiter: string): Rows | 'refused' {
  const reader = new RowReader('test', { delimiter, quote: '"', skipLines: 0 })
  const rows: CsvRow[] = []
  try {
    for (const piece of pieces) rows.push(...reader.push(piece))
    return [...rows, ...reader.end()].map(({ cells }) => cells)
  } catch {
    return 'refused'
  }
}

/** The text cut into pieces of these lengths, over and over. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, i = 0; at < text.length; i++) {
    pieces.push(text.slice(at, at + lengths[i % lengths.length]!))
    at += lengths[i % lengths.length]!
  }
  return pieces
}

const lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })

/** Rows with their line ends and empty lines, written as RFC 4180 says. */
const written = fc
  .record({
    delimiter: fc.constantFrom(...DELIMITERS),
    rows: fc.array(
      fc.record({
        cells: fc.array(
          fc.record({
            parts: fc.array(fc.constantFrom(...ENDS, ...DELIMITERS, '"', ' ', 'a', 'é', '0', 'xyz'), { maxLength: 4 }),
            isQuoted: fc.boolean(),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        ends: fc.array(fc.constantFrom(...ENDS), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    isLastEnded: fc.boolean(),
  })
  .map(({ delimiter, rows, isLastEnded }) => {
    const cells = rows.map((row) => row.cells.map(({ parts }) => parts.join('')))
    const text = rows.map((row, i) => {
      const fields = row.cells.map(({ isQuoted }, j) => {
        const cell = cells[i]![j]!
        const mustBe = /["\r\n]/.test(cell) || cell.includes(delimiter) || (row.cells.length === 1 && cell === '')
        return isQuoted || mustBe ? `"${cell.replaceAll('"', '""')}"` : cell
      })
      return fields.join(delimiter) + (i < rows.length - 1 || isLastEnded ? row.ends.join('') : '')
    })
    return { delimiter, cells, text: text.join('') }
  })

test('what is written by the standard comes back, whole and in pieces, as a second parser reads it', () => {
  fc.assert(
    fc.property(written, lengths, ({ delimiter, cells, text }, sizes) => {
      expect(ours([text], delimiter)).toEqual(cells)
      expect(ours(cut(text, sizes), delimiter)).toEqual(cells)
      expect(theirs(text, delimiter)).toEqual(cells)
    }),
    { seed: 1, numRuns: TEXTS / 2 },
  )
})

test('any text at all: what a second parser reads is read alike, and pieces do not matter', () => {
  const any = fc
    .array(fc.constantFrom(...ENDS, '"', '"', '""', ',', ' ', 'a', '0', '","', 'é'), { maxLength: 24 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(any, lengths, (text, sizes) => {
      const [we, they] = [ours([text], ','), theirs(text, ',')]
      expect(ours(cut(text, sizes), ',')).toEqual(we)
      // They refuse a quote inside a field without quotes, and spaces after a closing one.
      if (they !== 'refused') expect(we).toEqual(they)
      else if (!/[^,"\r\n]"|" /.test(text)) expect(we).toBe('refused')
    }),
    { seed: 2, numRuns: TEXTS / 2 },
  )
})
