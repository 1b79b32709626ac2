import { readFileSync, writeFileSync } from 'node:fs'

/** Sizes by way and page, in thousands of bytes. */
export type Sizes = ReadonlyMap<string, Readonly<Record<string, number>>>

const PLACE = /<!-- sizes -->[\s\S]*?<!-- \/sizes -->/

/** A table that is off by less is not wrong; each change of the code would be a change of the document otherwise, and budgets are exact. */
const TOLERANCE = 0.1

/** Holds the document's table to what was measured, or writes it. */
export function checkTable(path: string, sizes: Sizes, update: boolean): readonly string[] {
  const text = readFileSync(path, 'utf8')
  const fresh = tableOf(sizes)
  if (update) {
    writeFileSync(path, text.replace(PLACE, `<!-- sizes -->\n\n${fresh}\n\n<!-- /sizes -->`))
    return []
  }
  const [written = ''] = PLACE.exec(text) ?? []
  const problems: string[] = []
  for (const [way, pages] of sizes) {
    const row = written.split('\n').find((line) => line.startsWith(`| ${way.replace(/ [\d.]+$/, '')} `))
    const numbers = [...(row ?? '').split('|').slice(2).join('|').matchAll(/\d+/g)].map(Number)
    Object.values(pages).forEach((size, i) => {
      if (Math.abs((numbers[i] ?? 0) / size - 1) > TOLERANCE + 0.5 / size)
        problems.push(`${way}: ${size.toFixed(1)} kB, the table says ${numbers[i] ?? 'nothing'}`)
    })
  }
  return problems.length === 0
    ? []
    : [`docs/bundlers.md is out of date: pnpm check --only build,bundlers --update`, ...problems]
}

export function tableOf(sizes: Sizes): string {
  const pages = Object.keys([...sizes.values()][0] ?? {})
  const rows = [...sizes].map(([way, of]) => [way, ...pages.map((page) => `${Math.round(of[page] ?? 0)} kB`)])
  return [['built by', ...pages], pages.concat('').map(() => '---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}
