/** Where a program writes, and what can be shown there. */
export interface Terminal {
  readonly write: (text: string) => void
  readonly error: (text: string) => void
  /** Columns that text may take. */
  readonly width: number
  /** Whether lines can be drawn over: a person watches. */
  readonly live: boolean
  readonly color: boolean
}

/** A stream that says when it fails. */
interface Failing {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

/** A reader that went away (`pnpm start | head -1`) wants no more: that is an end like another. */
export function endWithReader(stream: Failing, exit: () => void): void {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
    exit()
  })
}

/** The terminal of this process. https://no-color.org */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  for (const stream of [stdout, stderr]) endWithReader(stream, () => process.exit())
  const live = stdout.isTTY && env['TERM'] !== 'dumb'
  return {
    write: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    width: Math.min(80, Math.max(48, live ? stdout.columns : 80)),
    live,
    color: live && (env['NO_COLOR'] ?? '') === '',
  }
}
