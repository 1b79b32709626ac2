import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCsv, readCsv, readCsvBatches, type CsvSource, type Table } from '../src/index.js'
import { coded } from './support.js'

function rowsOf(table: Table): Record<string, number | string>[] {
  return Array.from({ length: table.numRows }, (_, i) => table.row(i))
}

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield await Promise.resolve(text.slice(i, i + size))
}

async function* piecesThenNothing(text: string): AsyncGenerator<string> {
  yield text
  await new Promise(() => undefined)
}

describe('parseCsv', () => {
  test('quotes keep delimiters, line ends and doubled quotes', () => {
    const table = parseCsv('a,b\n"x, ""y""\r\nz",1\n')
    expect(rowsOf(table)).toEqual([{ a: 'x, "y"\r\nz', b: 1 }])
  })

  test.each([
    ['\\n', 'a,b\n1,x\n2,y\n'],
    ['\\r\\n', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['\\r', 'a,b\r1,x\r2,y\r'],
    ['none at the end', 'a,b\n1,x\n2,y'],
    ['empty ones between', '\na,b\n\n1,x\n\n\n2,y\n\n'],
    ['\\n, then \\r\\n', 'a,b\n1,x\r\n2,y\n'],
    ['\\r\\n, then \\n', 'a,b\r\n1,x\n2,y\n'],
    ['\\n, then \\r', 'a,b\n1,x\r2,y\r'],
    ['\\r, then \\n, then \\r\\n', 'a,b\r1,x\n\r\r\n2,y\r\n'],
    ['a byte order mark', '\uFEFFa,b\n1,x\n2,y\n'],
  ])('lines may end in %s, in one piece or in many', async (_, text) => {
    const expected = [
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]
    expect(rowsOf(parseCsv(text))).toEqual(expected)
    for (const size of [1, 2, 3, 5]) expect(rowsOf(await readCsv(piecesOf(text, size)))).toEqual(expected)
  })

  test('a quoted empty value is a row, an empty line is none', () => {
    expect(parseCsv('y\n0\n""\n1\n').column('y')).toEqual(Float64Array.of(0, NaN, 1))
    expect(parseCsv('y\n0\n\n1\n""').column('y')).toEqual(Float64Array.of(0, 1, NaN))
    expect(parseCsv('y\nx\n""\r\n\r\n').column('y')).toEqual(['x', ''])
    expect(parseCsv('y\n"" \n').numRows).toBe(1)
    expect(() => parseCsv('a,b\n1,2\n""\n')).toThrow(coded('BAD_CSV', 'line 3: 1 fields, expected 2'))
  })

  test('a column of numbers with missing cells is one of numbers with NaN', () => {
    const table = parseCsv('a,b,c\n1,,x\nNA, 2.5e-1 ,\nnull,-.5,NaN\n')
    expect(table.column('a')).toEqual(Float64Array.of(1, NaN, NaN))
    expect(table.column('b')).toEqual(Float64Array.of(NaN, 0.25, -0.5))
    expect(table.column('c')).toEqual(['x', '', ''])
  })

  test('what is not decimal notation is text', () => {
    const others = [
      '0x10',
      'Infinity',
      '1e999',
      '1 2',
      'true',
      '1_000',
      '٣',
      '--1',
      'e5',
      '.',
      '1.2.3',
      '5-',
      '1,5',
      '-',
      '+.',
    ]
    for (const value of others) {
      expect(parseCsv(`a\n1\n"${value}"\n`).column('a'), value).toEqual(['1', value])
    }
  })

  test('numbers are those that Number reads', () => {
    const written = [
      ...[
        '0',
        '-0',
        '+5',
        '5.',
        '.5',
        '-.25',
        '0.1',
        '0.30000000000000004',
        '1e5',
        '-1.5E-7',
        '123456789012345',
        '0.000001',
      ],
      ...[
        '999999999999999',
        '9007199254740991',
        '-9007199254740991',
        '123456789.123456',
        '1.7976931348623157e308',
        '5e-324',
      ],
      ...[
        '12345678901234567000',
        '1e-400',
        '0.1234567890123456789',
        '4503599627370497.5',
        '100000000000000000000.00',
        ' 7\t',
      ],
    ]
    for (const text of written) expect(parseCsv(`a\n${text}\n`).column('a')[0], text).toBe(Number(text))
  })

  test('what float64 cannot tell apart, or has leading zeros, is text', () => {
    const ids = [
      '208310224003697457',
      '208310224003697459',
      '9007199254740993',
      '-9007199254740993',
      '9007199254740993.0',
    ]
    for (const text of [
      ...ids,
      '01234',
      '007',
      '-01',
      '00',
      '01.5',
      '12345678901234567890',
      '12345678901234567890123',
    ]) {
      const table = parseCsv(`id,n\n${text},1\n5,2\n`)
      expect(table.column('id'), text).toEqual([text, '5'])
      expect(parseCsv(`id\n${text}\n`, { types: { id: 'number' } }).column('id')[0]).toBe(Number(text))
    }
  })

  test('true and false are 1 and 0', () => {
    const table = parseCsv('a,b,c\ntrue,1,True\nFALSE,true,\n,0,False\n')
    expect(table.column('a')).toEqual(Float64Array.of(1, 0, NaN))
    expect(table.column('b')).toEqual(['1', 'true', '0'])
    expect(table.column('c')).toEqual(Float64Array.of(1, NaN, 0))
    expect(parseCsv('a\ntrue\nyes\n').column('a')).toEqual(['true', 'yes'])
    expect(parseCsv('a\nNA\n', { types: { a: 'boolean' } }).column('a')).toEqual(Float64Array.of(NaN))
    expect(parseCsv('a\ntrue\n', { types: { a: 'text' } }).column('a')).toEqual(['true'])
    expect(() => parseCsv('a\ntrue\n1\n', { types: { a: 'boolean' } })).toThrow(
      coded('BAD_CSV', 'line 3: column \'a\' is "1", expected true or false'),
    )
  })

  test('a column is what all its values are, however late one of them differs', () => {
    const of = (first: string, last: string): readonly (string | number)[] => {
      const cells = Array.from({ length: 10_000 }, () => first)
      return Array.from<string | number>(
        parseCsv(`a,b\n${[...cells, last].map((cell) => `"${cell}",x\n`).join('')}`).column('a'),
      )
    }
    const many = <T>(value: T): T[] => Array.from({ length: 10_000 }, () => value)
    expect(of('1.50', '2')).toEqual([...many(1.5), 2])
    expect(of('1.50', 'x')).toEqual([...many('1.50'), 'x'])
    expect(of(' 1\n', 'true')).toEqual([...many(' 1\n'), 'true'])
    expect(of('NA', 'true')).toEqual([...many(NaN), 1])
    expect(of('NA', 'x')).toEqual([...many(''), 'x'])
    expect(of('true', '0')).toEqual([...many('true'), '0'])
  })

  test('decimal and thousands', () => {
    const german = parseCsv('a;b\n1.234,5;0,5\n-1.234.567;2\n12;1e3\n', {
      delimiter: ';',
      decimal: ',',
      thousands: '.',
    })
    expect(german.column('a')).toEqual(Float64Array.of(1234.5, -1234567, 12))
    expect(german.column('b')).toEqual(Float64Array.of(0.5, 2, 1000))
    expect(parseCsv('a\n"1,234"\n5\n', { thousands: ',' }).column('a')).toEqual(Float64Array.of(1234, 5))
    expect(parseCsv('a\n"1,5"\n', { decimal: ',' }).column('a')).toEqual(Float64Array.of(1.5))
    for (const text of ['1,23', '1234,567', ',234', '12,3456', '0,123']) {
      expect(parseCsv(`a\n"${text}"\n`, { thousands: ',' }).column('a'), text).toEqual([text])
    }
    expect(parseCsv('a\n1.5\n', { decimal: ',' }).column('a')).toEqual(['1.5'])
    expect(parseCsv('a\n9.007.199.254.740.993\n', { decimal: ',', thousands: '.' }).column('a')).toHaveLength(1)
    expect(() => parseCsv('a', { decimal: ',', thousands: ',' })).toThrow(coded('INVALID_ARGUMENT', 'must differ'))
    for (const mark of ['', '1', '٣', 'x', 'é', '+', '-', '\n', '\r', ',,', '1.', '.1', '😀', 5, null])
      for (const name of ['decimal', 'thousands'])
        expect(() => parseCsv('a', { [name]: mark }), String(mark)).toThrow(
          coded('INVALID_ARGUMENT', `${name} must be one character, no digit, letter, sign or line's end`),
        )
    for (const mark of ["'", '_', '\u00a0', ' ', '\u066b'])
      expect(parseCsv(`a\n1${mark}500\n`, { thousands: mark }).column('a')).toEqual(Float64Array.of(1500))
    for (const mark of ['', '1', 'e', '-', '\n', '..']) {
      expect(() => parseCsv('a', { thousands: mark }), mark).toThrow(coded('INVALID_ARGUMENT', 'thousands'))
    }
  })

  test('a column without values has numbers', () => {
    expect(parseCsv('a,b\n,1\n,2\n').column('a')).toEqual(Float64Array.of(NaN, NaN))
  })

  test.each(
    [
      ...['', '?', 'NA', 'N/A', 'n/a', '<NA>', '#N/A', '#N/A N/A', '#NA', 'NaN', 'nan', '-NaN', '-nan', 'NULL', 'null'],
      ...['None', '1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN'],
    ].flatMap((marker) => [marker, ` ${marker} `]),
  )("'%s' is missing", (marker) => {
    const table = parseCsv(`a,b,c\n1,x,true\n${marker},${marker},"${marker}"\n`)
    expect(table.column('a')).toEqual(Float64Array.of(1, NaN))
    expect(table.column('b')).toEqual(['x', ''])
    expect(table.column('c')).toEqual(Float64Array.of(1, NaN))
  })

  test('missing says what is missing', () => {
    expect(parseCsv('a\n-999\n1\n', { missing: ['-999'] }).column('a')).toEqual(Float64Array.of(NaN, 1))
    // Space around a cell or a marker is no part of it.
    expect(parseCsv('a\n -999\n1\n', { missing: ['-999 '] }).column('a')).toEqual(Float64Array.of(NaN, 1))
    expect(parseCsv('a\nnone\n1\n', { missing: [' none '] }).column('a')).toEqual(Float64Array.of(NaN, 1))
    const table = parseCsv('a,b\n?,NA\n1,x\n', { missing: ['?'] })
    expect(table.column('a')).toEqual(Float64Array.of(NaN, 1))
    expect(table.column('b')).toEqual(['NA', 'x'])
  })

  test('a number that is missing is so however it is written', () => {
    const missing = ['-999', '9,5']
    const table = parseCsv('a;b\n-999;-999\n-999.0;x\n-9.99e2;-999.0\n9;9\n', { delimiter: ';', missing })
    expect(table.column('a')).toEqual(Float64Array.of(NaN, NaN, NaN, 9))
    expect(table.column('b')).toEqual(['', 'x', '-999.0', '9'])
    expect(parseCsv('a;b\n9,50;1', { delimiter: ';', decimal: ',', missing }).row(0)).toEqual({ a: NaN, b: 1 })
  })

  test('types decide, and say which line does not fit', () => {
    expect(parseCsv('zip\n01234\n', { types: { zip: 'text' } }).column('zip')).toEqual(['01234'])
    const text = 'name,age\n"a\nb",1\nc,old\n'
    expect(() => parseCsv(text, { types: { age: 'number' } })).toThrow(
      coded('BAD_CSV', 'line 4: column \'age\' is "old"'),
    )
    expect(() => parseCsv(text, { types: { agee: 'number' } })).toThrow(coded('INVALID_ARGUMENT', "'agee'"))
    // @ts-expect-error -- no such type
    expect(() => parseCsv(text, { types: { age: 'date' } })).toThrow(coded('INVALID_ARGUMENT', 'date'))
  })

  test('header: false and names', () => {
    expect(parseCsv('1,x\n2,y', { header: false }).columnNames).toEqual(['column0', 'column1'])
    expect(parseCsv('1,x\n2,y', { header: false }).numRows).toBe(2)
    expect(rowsOf(parseCsv('1,x\n', { header: ['p', 'q'] }))).toEqual([{ p: 1, q: 'x' }])
    expect(parseCsv(',b\n1,2').columnNames).toEqual(['column0', 'b'])
  })

  test('skipLines', () => {
    const table = parseCsv('# made by hand\r\n# in 2024\r\na,b\r\n1,2\r\n', { skipLines: 2 })
    expect(rowsOf(table)).toEqual([{ a: 1, b: 2 }])
    expect(() => parseCsv('#\na,b\n1\n', { skipLines: 1 })).toThrow(coded('BAD_CSV', 'line 3'))
    expect(() => parseCsv('a\n', { skipLines: 5 })).toThrow(coded('BAD_CSV', 'skipLines'))
  })

  test('delimiters: any character, or a guess', () => {
    expect(rowsOf(parseCsv('a;b\n"1;5";2', { delimiter: ';' }))).toEqual([{ a: '1;5', b: 2 }])
    for (const delimiter of [',', ';', '\t', '|']) {
      const text = ['a', 'b', 'c'].join(delimiter) + '\n' + ['1', '2', 'x'].join(delimiter) + '\n'
      expect(rowsOf(parseCsv(text, { delimiter: 'auto' }))).toEqual([{ a: 1, b: 2, c: 'x' }])
    }
    const auto = (text: string): readonly string[] => parseCsv(text, { delimiter: 'auto' }).columnNames
    expect(auto('EAN13;QTE\n11;1\n22;2\n')).toEqual(['EAN13', 'QTE'])
    expect(auto('a;b')).toEqual(['a', 'b'])
    expect(auto('\n\na;b\n\n1;2\n\n')).toEqual(['a', 'b'])
    expect(auto('name;note\n"Kim, A.";"x, y, z"\n"Lee, B.";"p, q"\n')).toEqual(['name', 'note'])
    expect(auto('x;y\n1,5;2,5\n3,5;4,5\n')).toEqual(['x', 'y'])
    expect(auto('name,note\nKim,a;b;c\nLee,d\n')).toEqual(['name', 'note'])
    expect(auto('a|b\r1|2\r')).toEqual(['a', 'b'])
    expect(auto('a,b;c\n1,2;3\n')).toHaveLength(2)
    const bare = { delimiter: 'auto', header: false }
    expect(rowsOf(parseCsv('1,5;2,5\n3,5;4,5\n', { ...bare, decimal: ',' }))[0]).toEqual({ column0: 1.5, column1: 2.5 })
    expect(rowsOf(parseCsv('Kim; A.,42\nLee; B.,7\n', bare))[1]).toEqual({ column0: 'Lee; B.', column1: 7 })
    expect(() => parseCsv('a;b\n1;2\n3\n', { delimiter: 'auto' })).toThrow(coded('BAD_CSV', 'line 3: 1 fields'))
    expect(parseCsv('a\n1\n', { delimiter: 'auto' }).column('a')).toEqual(Float64Array.of(1))
    expect(rowsOf(parseCsv("a,b\n'x,y',2", { quote: "'" }))).toEqual([{ a: 'x,y', b: 2 }])
  })

  test('a first line that says the delimiter, as Excel has it, is heeded and is no row', async () => {
    for (const first of ['sep=;\n', 'sep=;\r\n', 'SEP=;\r', '"sep=;"\n']) {
      const text = `${first}a;b\n1,5;2\n`
      for (const delimiter of ['auto', ';']) {
        expect(rowsOf(parseCsv(text, { delimiter }))).toEqual([{ a: '1,5', b: 2 }])
        for (const size of [1, 3, 7]) {
          expect(rowsOf(await readCsv(piecesOf(text, size), { delimiter }))).toEqual([{ a: '1,5', b: 2 }])
        }
      }
      expect(() => parseCsv(text)).toThrow(coded('BAD_CSV', "line 1: the delimiter is said to be ';'"))
      expect(() => parseCsv(`${text}x\n`, { delimiter: 'auto' })).toThrow(coded('BAD_CSV', 'line 4: 1 fields'))
    }
    expect(rowsOf(parseCsv('x\nsep=\t\na\tb\n1\t2', { delimiter: 'auto', skipLines: 1 }))).toEqual([{ a: 1, b: 2 }])
    expect(parseCsv('sep=;more\n1\n').columnNames).toEqual(['sep=;more'])
  })

  test('target names the column to predict', () => {
    expect(parseCsv('a,b\n1,2', { target: 'b' }).features.columns).toEqual(['a'])
    expect(() => parseCsv('a,b\n1,2', { target: 'c' })).toThrow(coded('INVALID_ARGUMENT', "'c'"))
  })

  test('only a header gives no rows, nothing at all is refused', () => {
    expect(parseCsv('a,b\n').numRows).toBe(0)
    for (const text of ['', '\n\n', '\uFEFF']) expect(() => parseCsv(text)).toThrow(coded('BAD_CSV', 'no rows'))
  })

  test.each([
    ['too few fields', 'a,b\n1,2\n3\n', 'line 3: 1 fields, expected 2'],
    ['too many fields', 'a,b\n1,2\n"x\n\ny",4\n5,6,7\n', 'line 6: 3 fields, expected 2'],
    ['an open quote', 'a,b\n1,2\n3,"4\n5,6\n', 'line 3: a quote is never closed'],
    ['text after a quote', 'a,b\n1,2\n\n"3"x,4\n', 'line 4: text follows'],
    ['an open quote in the header', 'a,"b\n1,2\n', 'line 1: a quote is never closed'],
    ['a name that comes twice', 'a,b,a\n1,2,3\n', "line 1: two columns are called 'a'"],
  ])('%s: the error has the line', (_, text, message) => {
    expect(() => parseCsv(text)).toThrow(coded('BAD_CSV', message))
  })

  test('lines are counted across the pieces in which a long text is read', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? `"${i}\n",x` : `${i},y`))
    const text = ['a,b', ...rows, 'bad'].join('\n')
    const line = 1 + 30_000 + 10_000 + 1
    expect(() => parseCsv(text)).toThrow(coded('BAD_CSV', `line ${line}:`))
  })

  test('a piece that ends between a quote and its delimiter, or inside a line end', async () => {
    const pieces = (async function* () {
      yield 'a,b\n' + 'x,1\n'.repeat(20_000) + '"y" '
      yield ' ,2\n'
    })()
    expect((await readCsv(pieces)).row(20_000)).toEqual({ a: 'y', b: 2 })
    const name = 'a'.repeat(65_535)
    expect(parseCsv(`${name}\r\n1\r\n2\r\n`).column(name)).toEqual(Float64Array.of(1, 2))
  })

  test('a quoted \\r at the end of a row is kept where lines end in \\r\\n', () => {
    expect(parseCsv('a,b\r\n1,"x\r"\r\n').column('b')).toEqual(['x\r'])
  })

  test('options are checked', () => {
    // @ts-expect-error -- misspelt
    expect(() => parseCsv('a', { delimeter: ';' })).toThrow(coded('UNKNOWN_OPTION', 'delimeter'))
    expect(() => parseCsv('a', { delimiter: ', ' })).toThrow(coded('INVALID_ARGUMENT', 'delimiter'))
    expect(() => parseCsv('a', { delimiter: '\n' })).toThrow(coded('INVALID_ARGUMENT', 'delimiter'))
    expect(() => parseCsv('a', { delimiter: '"' })).toThrow(coded('INVALID_ARGUMENT', 'differ'))
    expect(() => parseCsv('a', { maxRows: -1 })).toThrow(coded('INVALID_ARGUMENT', 'maxRows'))
    // @ts-expect-error -- bytes are for readCsv
    expect(() => parseCsv(new Uint8Array(3))).toThrow(coded('INVALID_ARGUMENT', 'readCsv'))
  })
})

describe('hostile input', () => {
  test('names of object members are names like any other', () => {
    const table = parseCsv('__proto__,constructor,toString\n1,2,x\n')
    expect(table.columnNames).toEqual(['__proto__', 'constructor', 'toString'])
    expect(table.column('__proto__')).toEqual(Float64Array.of(1))
    expect(Object.entries(table.row(0))).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
      ['toString', 'x'],
    ])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    expect(Object.getPrototypeOf(table.row(0))).toBe(Object.prototype)
  })

  test('limits of rows and bytes', () => {
    expect(parseCsv('a\n1\n2\n', { maxRows: 2 }).numRows).toBe(2)
    expect(() => parseCsv('a\n1\n2\n3\n', { maxRows: 2 })).toThrow(coded('BAD_CSV', 'line 4: more than 2 rows'))
    expect(() => parseCsv('a\n1\n2\n3\n', { maxBytes: 7 })).toThrow(coded('BAD_CSV', 'maxBytes'))
    expect(parseCsv('a\n1\n2\n3\n', { maxBytes: 8 }).numRows).toBe(3)
  })

  test('a quote that is never closed ends the reading of an endless source', async () => {
    let pieces = 0
    const endless = (async function* () {
      yield 'a,b\n1,"'
      for (;;) {
        pieces++
        yield 'x,\n'.repeat(20_000)
      }
    })()
    await expect(readCsv(endless, { maxBytes: Infinity })).rejects.toEqual(coded('BAD_CSV', 'line 2'))
    expect(pieces).toBeLessThan(100)
  })

  test('the time is that of the length: many columns, and an open quote in tiny pieces', async () => {
    const names = Array.from({ length: 100_000 }, (_, j) => `c${j}`)
    const wide = parseCsv(`${names.join()}\n${names.map(() => '1').join()}\n`)
    expect(wide.columnNames).toHaveLength(100_000)
    expect(wide.drop(names.slice(1)).columnNames).toEqual(['c0'])
    const long = 'x'.repeat(200_000)
    expect((await readCsv(piecesOf(`a\n"${long}"\n`, 1))).column('a')).toEqual([long])
  })

  test('a row of nothing but delimiters is bounded', () => {
    expect(() => parseCsv(','.repeat(1_000_000))).toThrow(
      coded('BAD_CSV', 'line 1: the row has more than 262144 fields'),
    )
    expect(parseCsv(','.repeat(2 ** 18 - 1), { header: false }).columnNames).toHaveLength(2 ** 18)
  })

  test('chunks that are buffers count as bytes', async () => {
    const chunks = async function* (count: number): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < count; i++) yield await Promise.resolve(new TextEncoder().encode('a\n').buffer as never)
    }
    expect((await readCsv(chunks(5), { maxBytes: 10 })).numRows).toBe(4)
    await expect(readCsv(chunks(6), { maxBytes: 10 })).rejects.toEqual(coded('BAD_CSV', 'more than 10 bytes'))
  })

  test('many broken quotes', () => {
    expect(() => parseCsv('a\n' + '"a" '.repeat(200_000))).toThrow(coded('BAD_CSV', 'line 2'))
  })

  test.each([
    ['<!DOCTYPE html>\n<html>\n<body>\n', 'HTML'],
    ['\uFEFF <html lang="en">\n', 'HTML'],
    ['<?xml version="1.0"?>\n', 'XML'],
    ['\r\n \n\t<html>\n', 'HTML'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:1\n', 'Git LFS'],
    ['PK\x03\x04\x14\0\x06\0', 'Excel'],
    ['PAR1\x15\x04', 'Parquet'],
    ['a\0,\0b\0\n\0', 'utf-16le'],
    ['\uFFFE\u6100', 'utf-16le'],
  ])('%j is refused for what it is', async (text, what) => {
    expect(() => parseCsv(text)).toThrow(coded('BAD_CSV', what))
    await expect(readCsv(new Blob([text]))).rejects.toThrow(coded('BAD_CSV', what))
    for (const size of [1, 5]) await expect(readCsv(piecesOf(text, size))).rejects.toThrow(coded('BAD_CSV', what))
  })

  test('what a text is does not depend on its pieces', async () => {
    for (const text of ['\n<html1\n', '<html2\t1\r2\n', '\uFEFF\uFEFFa\n1', '\uFEFF\n', 'a\r\n\0\n', 'sep=;\r\na']) {
      const outcome = async (read: () => Table | Promise<Table>): Promise<unknown> => {
        try {
          return rowsOf(await read())
        } catch (error) {
          return (error as Error).message.replace(/^(parse|read)Csv/, '')
        }
      }
      const expected = await outcome(() => parseCsv(text))
      const bytes = new TextEncoder().encode(text)
      async function* chunks(size: number): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size))
      }
      for (const size of [1, 2, 3, 4, 5, 7, 100]) {
        expect(await outcome(() => readCsv(piecesOf(text, size))), `${JSON.stringify(text)} ${size}`).toEqual(expected)
        expect(await outcome(() => readCsv(chunks(size))), `bytes of ${JSON.stringify(text)} ${size}`).toEqual(expected)
      }
    }
  })

  test('bytes that no text begins with', async () => {
    await expect(readCsv(Uint8Array.of(0x1f, 0x8b, 8, 0))).rejects.toThrow(coded('BAD_CSV', 'gzip'))
    await expect(readCsv(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0))).rejects.toThrow(coded('BAD_CSV', 'Excel'))
  })

  test('a header in angle brackets is one, and so is PAR1', () => {
    expect(parseCsv('<DATE>,<OPEN>\n1,2\n').columnNames).toEqual(['<DATE>', '<OPEN>'])
    expect(parseCsv('PAR1,PAR2\n1,2\n').columnNames).toEqual(['PAR1', 'PAR2'])
    expect(parseCsv('<html5>,<xml>\n1,2\n').columnNames).toEqual(['<html5>', '<xml>'])
  })

  test('a byte order mark says the encoding, whatever was said, in pieces of any size', async () => {
    const text = 'a,b\n1,\u00e9\n2,\ud83d\ude00\n'
    const bytesOf = (mark: readonly number[], bigEndian: boolean | undefined): Uint8Array => {
      if (bigEndian === undefined) return Uint8Array.of(...mark, ...new TextEncoder().encode(text))
      const units = text.split('').map((unit) => unit.charCodeAt(0))
      return Uint8Array.of(
        ...mark,
        ...units.flatMap((unit) => (bigEndian ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])),
      )
    }
    async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size))
    }
    for (const bytes of [
      bytesOf([0xef, 0xbb, 0xbf], undefined),
      bytesOf([0xff, 0xfe], false),
      bytesOf([0xfe, 0xff], true),
    ]) {
      for (const options of [{}, { encoding: 'utf-16' }, { encoding: 'latin1' }]) {
        for (const size of [1, 2, 7, 1000]) {
          const table = await readCsv(chunks(bytes, size), options)
          expect(rowsOf(table)).toEqual([
            { a: 1, b: '\u00e9' },
            { a: 2, b: '\ud83d\ude00' },
          ])
        }
      }
    }
    await expect(readCsv(bytesOf([], undefined), { encoding: 'no-such' })).rejects.toThrow(coded('INVALID_ARGUMENT'))
  })

  test('bytes that are no UTF-8', async () => {
    await expect(readCsv(new Blob([Uint8Array.of(97, 10, 0xff, 10)]))).rejects.toEqual(coded('BAD_CSV', 'utf-8'))
    const latin = await readCsv(new Blob([Uint8Array.of(97, 10, 0xe9, 10)]), { encoding: 'latin1' })
    expect(latin.column('a')).toEqual(['é'])
    await expect(readCsv(new Blob(['a']), { encoding: 'utf-9' })).rejects.toEqual(coded('INVALID_ARGUMENT', 'utf-9'))
  })
})

describe('readCsv', () => {
  const text = 'name,n\n"Müller\n, A.",1\n김,2\n'
  const expected = [
    { name: 'Müller\n, A.', n: 1 },
    { name: '김', n: 2 },
  ]
  let folder = ''
  let file = ''
  let server: Server
  let address = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'neurite-'))
    file = join(folder, 'people.csv')
    await writeFile(file, text)
    server = createServer((request, response) => {
      response.statusCode = request.url === '/people.csv' ? 200 : 404
      response.end(text)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    address = `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`
  })

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  })

  async function* bytewise(): AsyncGenerator<Uint8Array> {
    for (const byte of new TextEncoder().encode(text)) yield Uint8Array.of(byte)
  }

  const sources: [string, () => CsvSource][] = [
    ['a path', () => file],
    ['a file URL', () => pathToFileURL(file)],
    ['an address', () => `${address}/people.csv`],
    ['a URL', () => new URL('/people.csv', address)],
    ['a data address', () => `data:text/csv;base64,${Buffer.from(text).toString('base64')}`],
    ['a Blob', () => new Blob([text])],
    ['a File', () => new File([text], 'people.csv')],
    ['a stream of bytes', () => new Blob([text]).stream()],
    ['a stream of text', () => new Blob([text]).stream().pipeThrough(new TextDecoderStream())],
    ['a stream of Node', () => createReadStream(file, { highWaterMark: 5 }) as AsyncIterable<Uint8Array>],
    ['single bytes', bytewise],
  ]

  test.each(sources)('reads %s', async (_, make) => {
    expect(rowsOf(await readCsv(make()))).toEqual(expected)
  })

  test('a source that cannot be read', async () => {
    const missing = join(folder, 'nobody.csv')
    await expect(readCsv(missing)).rejects.toEqual(coded('BAD_FILE', 'nobody.csv'))
    await expect(readCsv(folder)).rejects.toEqual(coded('BAD_FILE', 'it is a folder'))
    await expect(readCsv(`${address}/nobody.csv`)).rejects.toEqual(coded('BAD_FILE', 'status 404'))
    await expect(readCsv('http://127.0.0.1:1/x.csv')).rejects.toEqual(coded('BAD_FILE', 'cannot read'))
    // @ts-expect-error -- no source
    await expect(readCsv(7)).rejects.toEqual(coded('INVALID_ARGUMENT', 'got 7'))
  })

  test('a signal ends the reading', async () => {
    const controller = new AbortController()
    const endless = (async function* () {
      for (let i = 0; ; i++) {
        if (i === 10) controller.abort()
        yield 'a,b\n'
      }
    })()
    await expect(readCsv(endless, { signal: controller.signal })).rejects.toEqual(coded('ABORTED'))
    const stalled = new ReadableStream<string>({ start: (stream) => stream.enqueue('a,b\n1,2\n') })
    const waiting = new AbortController()
    const read = readCsv(stalled, { signal: waiting.signal })
    const batches = readCsvBatches(piecesThenNothing('a\n1\n'), { signal: waiting.signal, batchSize: 1 })
    expect((await batches.next()).value?.numRows).toBe(1)
    setTimeout(() => waiting.abort(), 1)
    await expect(read).rejects.toEqual(coded('ABORTED'))
    await expect(batches.next()).rejects.toEqual(coded('ABORTED'))
    await expect(readCsv(`${address}/people.csv`, { signal: AbortSignal.abort() })).rejects.toEqual(coded('ABORTED'))
  })

  test('an unknown option', async () => {
    // @ts-expect-error -- misspelt
    await expect(readCsv(file, { encodng: 'latin1' })).rejects.toEqual(coded('UNKNOWN_OPTION', 'encoding, signal'))
  })
})

describe('readCsvBatches', () => {
  test('tables of so many rows, the last with the rest, in order', async () => {
    const text = 'a\n' + Array.from({ length: 25 }, (_, i) => `${i}\n`).join('')
    const tables: Table[] = []
    for await (const table of readCsvBatches(new Blob([text]), { batchSize: 10 })) tables.push(table)
    expect(tables.map(({ numRows }) => numRows)).toEqual([10, 10, 5])
    const values = tables.flatMap((table) => Array.from(table.toMatrix().data))
    expect(values).toEqual(Array.from({ length: 25 }, (_, i) => i))
  })

  test('a divisor leaves no empty table, and a header alone gives none', async () => {
    const sizes = async (text: string): Promise<number[]> => {
      const found: number[] = []
      for await (const table of readCsvBatches(new Blob([text]), { batchSize: 2 })) found.push(table.numRows)
      return found
    }
    expect(await sizes('a\n1\n2\n3\n4\n')).toEqual([2, 2])
    expect(await sizes('a\n')).toEqual([])
  })

  test('an endless source is read only as far as tables are asked for, and let go at the end', async () => {
    let pieces = 0
    let closed = false
    const endless = (async function* () {
      try {
        yield 'a,b\n'
        for (;;) {
          pieces++
          yield '1,x\n'.repeat(1000)
        }
      } finally {
        closed = true
      }
    })()
    const seen: number[] = []
    for await (const table of readCsvBatches(endless, { batchSize: 500 })) {
      seen.push(pieces)
      if (seen.length === 100) break
      expect(table.numRows).toBe(500)
    }
    // One piece makes two tables.
    expect(seen[0]).toBe(1)
    expect(seen[99]).toBe(50)
    expect(closed).toBe(true)
  })

  test('the types of the first table hold for all', async () => {
    const batches = readCsvBatches(new Blob(['a,b\n1,x\n2,y\n3,7\nz,8\n']), { batchSize: 2 })
    expect((await batches.next()).value?.column('a')).toEqual(Float64Array.of(1, 2))
    await expect(batches.next()).rejects.toEqual(coded('BAD_CSV', 'line 5: column \'a\' is "z"'))
    const texts: unknown[] = []
    for await (const table of readCsvBatches(new Blob(['b\nx\n7\n']), { batchSize: 1 })) texts.push(table.column('b'))
    expect(texts).toEqual([['x'], ['7']])
  })

  test('options are checked at once', () => {
    expect(() => readCsvBatches('x.csv', { batchSize: 0 })).toThrow(coded('INVALID_ARGUMENT', 'batchSize'))
    // @ts-expect-error -- misspelt
    expect(() => readCsvBatches('x.csv', { batchsize: 1 })).toThrow(coded('UNKNOWN_OPTION'))
  })
})
