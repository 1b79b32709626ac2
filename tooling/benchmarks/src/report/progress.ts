/** Says what is being done. */
export interface Progress {
  /** What happens now. On a terminal the line is overwritten; elsewhere it is not shown. */
  now(text: string): void
  /** What is done, and stays. */
  done(text: string): void
}

/** For a terminal one live line; for a file or a pipe only what is done, one line each. */
export function progressOn(out: {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}): Progress {
  const clear = out.isTTY ? '\r\u001b[K' : ''
  return {
    now(text) {
      if (out.isTTY) out.write(clear + text.slice(0, (out.columns ?? 80) - 1))
    },
    done(text) {
      out.write(`${clear}${text}\n`)
    },
  }
}
