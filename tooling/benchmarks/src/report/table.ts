/** A table: a head and rows of as many cells. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What a reader must know to read it. */
  readonly note?: string
}

/** As GitHub renders it. */
export function markdownTable({ title, head, rows, note }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const body = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
  return [`## ${title}`, body, ...(note === undefined ? [] : [note])].join('\n\n')
}

/** For a terminal: columns under each other. */
export function plainTable({ title, head, rows, note }: Table): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
  const body = [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
  return [title, body, ...(note === undefined ? [] : [note])].join('\n')
}
