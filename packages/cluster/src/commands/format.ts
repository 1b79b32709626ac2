import Table from 'cli-table3'

/** Text that others wrote, as it can be shown: what steers a terminal, or turns the direction of text, is spelled out. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, spelled)
}

function spelled(character: string): string {
  if (character === '\n') return '\\n'
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The first line of a text. */
export function firstLine(text: string): string {
  return plain(text.split(/\r?\n/, 1)[0]!)
}

/** A point as `units=16 learningRate=0.001`. */
export function pointText(point: unknown): string {
  if (typeof point !== 'object' || point === null) return plain(JSON.stringify(point))
  const entries = Object.entries(point).map(([name, value]) => `${name}=${valueText(value)}`)
  return plain(entries.join(' '))
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return numberText(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Six digits. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** How long something took, or has lasted: `0.25 s`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${numberText(Math.round(seconds * 100) / 100)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

type Cell = string | number

/** Columns under their names; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const aligned = head.map((_, i) =>
    rows.length > 0 && rows.every((row) => typeof row[i] === 'number') ? 'right' : 'left',
  )
  const made = new Table({
    head: [...head],
    colAligns: aligned,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: NO_LINES,
  })
  made.push(...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? numberText(cell) : cell))))
  return `${made.toString().replaceAll(/ +$/gm, '')}\n`
}

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
)
Object.assign(NO_LINES, { mid: '', 'mid-mid': '', middle: '' })
