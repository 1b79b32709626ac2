import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The folder of the data files, and that of the modules made from them. */
export const DATA = new URL('../data/', import.meta.url)
export const GENERATED = new URL('../src/generated/', import.meta.url)

const NOTE = '// Made from the data files by scripts/generate.ts. Do not edit.\n'

/** The lines of a data file, without the last line's end. */
export function readLines(file: string): string[] {
  const bytes = readFileSync(new URL(file, DATA))
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  return text.trimEnd().split(/\r?\n/)
}

/** Each module's name with its text. */
export function renderAll(): ReadonlyMap<string, string> {
  return new Map([
    ...['iris', 'wine', 'breast-cancer', 'diabetes'].map((name) => [`${name}.ts`, renderTable(`${name}.csv`)] as const),
    ['digits.ts', renderDigits('digits-8x8.csv.gz')],
  ])
}

/** A table stays CSV: nothing that is as easily read is much smaller once a server has compressed it. */
function renderTable(file: string): string {
  return `${NOTE}export const csv = \`${readLines(file).join('\n')}\`\n`
}

/** One letter a pixel, 'a' for 0 to 'q' for 16, and one digit an image. */
function renderDigits(file: string): string {
  const images = readLines(file)
    .slice(1)
    .map((line) => line.split(',').map(Number))
  const pixels = images.map((cells) => String.fromCharCode(...cells.slice(0, -1).map((value) => 97 + value)))
  const labels = images.map((cells) => cells.at(-1))
  return `${NOTE}export const pixels =\n  '${pixels.join('')}'\n\nexport const labels =\n  '${labels.join('')}'\n`
}
