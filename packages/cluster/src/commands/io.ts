/** Where a command writes, and what ends it. */
export interface Io {
  /** What was asked for. */
  out(text: string): void
  /** What happens meanwhile, and errors. */
  err(text: string): void
  /** Whether `err` is a terminal, on which a line can be written again. */
  readonly live: boolean
  /** Calls back at each SIGINT and SIGTERM; returns what ends it. */
  onSignal(listener: () => void): () => void
  /** What the process ends with, when it does. */
  endWith(code: number): void
  /** Ends the process at once. */
  exit(code: number): void
}

/** That of a process. */
export function processIo(): Io {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    live: process.stderr.isTTY === true,
    onSignal(listener) {
      process.on('SIGINT', listener).on('SIGTERM', listener)
      return () => void process.off('SIGINT', listener).off('SIGTERM', listener)
    },
    endWith: (code) => void (process.exitCode = code),
    exit: (code) => process.exit(code),
  }
}

/** Hides passwords in all that is written, whoever put them there: a driver's message, an objective's log. */
export function discreet(io: Io, addresses: readonly (string | undefined)[], keys: readonly string[] = []): Io {
  const secrets = addresses.flatMap((address) => (address === undefined ? [] : secretsOf(address))).concat(keys)
  // The longest first: one may be part of another.
  secrets.sort((a, b) => b.length - a.length)
  const hide = (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text.replaceAll(IN_ADDRESS, '$1***@'))
  return { ...io, out: (text) => io.out(hide(text)), err: (text) => io.err(hide(text)) }
}

const IN_ADDRESS = /(\w+:\/\/[^\s/@:]*:)[^\s/@]+@/g

/** The password of an address as it is written there, and as it is meant. */
function secretsOf(address: string): string[] {
  const written = [/^(?:--\w+=)?\w+:\/\/[^/@:]*:([^/@]+)@/, /[?&]password=([^&#]+)/].flatMap(
    (at) => at.exec(address)?.[1] ?? [],
  )
  return written.flatMap((secret) => [...new Set([secret, decoded(secret)])])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
