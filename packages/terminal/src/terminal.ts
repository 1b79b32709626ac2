import { checkArgument, NeuriteError } from '@neurite/core'
import { having, must } from '@neurite/core/arguments'

/** Where text goes: `process.stdout`, `process.stderr`, or what looks like them. */
export interface TextStream {
  write(text: string): unknown
  /** Whether lines can be drawn over. Default false: text is plain lines then. */
  readonly isTTY?: boolean
  /** Characters a line. Default 80. */
  readonly columns?: number
  on?(event: 'error', listener: (error: Error) => void): unknown
  off?(event: 'error', listener: (error: Error) => void): unknown
}

interface Host {
  readonly stdout?: TextStream
  readonly stderr?: TextStream
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A stream that never throws, and what can be shown on it. */
export interface Terminal {
  write(text: string): void
  /** At most 80. */
  readonly width: number
  /** Whether lines can be drawn over: a person watches. */
  readonly live: boolean
  readonly color: boolean
  /** No more is written. */
  close(): void
}

/**
 * @param where - names the function in errors
 * @param name - of the process's own stream, where none is given
 * @throws NeuriteError `INVALID_ARGUMENT` where there is no stream
 */
export function openTerminal(
  where: string,
  name: 'stdout' | 'stderr',
  given: TextStream | undefined,
  color: boolean | undefined,
): Terminal {
  const { process } = globalThis as { readonly process?: Host }
  const stream = given ?? process?.[name]
  checkArgument(
    stream !== undefined && typeof stream.write === 'function',
    () => `${where}: there is no ${name} here; give a stream: { write(text) { ... } }.`,
  )
  const { env = {} } = process ?? {}
  const live = stream.isTTY === true && env.TERM !== 'dumb'
  // A reader that went away (`| head`) tells it by an error, now or later; training is worth more than its picture.
  const ignore = (): void => undefined
  stream.on?.('error', ignore)
  return {
    write(text) {
      try {
        stream.write(text)
      } catch {
        ignore()
      }
    },
    width: Math.min(80, Math.max(40, stream.columns ?? 80)),
    live,
    // https://no-color.org
    color: color ?? (live && (env.NO_COLOR ?? '') === ''),
    // Errors of the last text come a little later.
    close: () => void setTimeout(() => stream.off?.('error', ignore), 0),
  }
}

export const aStream = /* @__PURE__ */ having<TextStream>('a stream with write(text), as process.stdout is', 'write')

export const namesOfHistory = /* @__PURE__ */ must(
  "names of the history: ['loss', 'accuracy'], say",
  (value): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string'),
)

/**
 * A package that few programs need, at its first use.
 *
 * @throws NeuriteError `PACKAGE_MISSING` naming it
 */
export async function loadPackage(where: string, name: string): Promise<unknown> {
  try {
    // A name in a variable: bundlers for browsers, which need none of these, do not look for it.
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ name)
  } catch (error) {
    const message = `${where} draws with the package ${name}, which could not be loaded; install it: pnpm add ${name}.`
    throw new NeuriteError('PACKAGE_MISSING', message, { package: name }, error)
  }
}

/** A name of the history in words: valMeanAbsoluteError is 'validation mean absolute error'. */
export function labelOf(name: string): string {
  return name
    .replace(/^val(?=[A-Z])/, 'validation')
    .replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** A number in about six characters. */
export function shortly(value: number | undefined): string {
  if (value === undefined) return '-'
  const size = Math.abs(value)
  return Number.isFinite(value) && value !== 0 && (size >= 1e4 || size < 1e-4)
    ? value.toExponential(1)
    : value.toFixed(4)
}
