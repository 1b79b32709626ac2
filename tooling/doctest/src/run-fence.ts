import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { CHECKER } from './assertions.js'
import { checkerFor, DoctestError } from './checker.js'

/** One generated test. */
export interface FenceRun {
  readonly file: string
  /** What the compiler and the parser said, as `file:line: message`. */
  readonly problems: readonly string[]
  /** A folder whose CSV files lie in the working directory of the fence. */
  readonly samples: string
  /** Puts a default backend in place before a docstring's fence. */
  readonly prelude?: () => Promise<void>
  /** Imports the fence; absent for those that are only type-checked. */
  readonly load?: () => Promise<unknown>
  /** The end of the generated file's path: its frames in a stack trace have the line numbers of the document. */
  readonly generated: string
}

/** Runs one fence as a program of its own: fresh modules, a fresh working directory. */
export async function runFence({ file, problems, samples, prelude, load, generated }: FenceRun): Promise<void> {
  if (problems.length > 0) throw new DoctestError(problems.join('\n'))
  if (load === undefined) return
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'neurite-doctest-'))
  const csvFiles = existsSync(samples) ? readdirSync(samples).filter((name) => name.endsWith('.csv')) : []
  for (const name of csvFiles) copyFileSync(join(samples, name), join(folder, name))
  vi.resetModules()
  Reflect.set(globalThis, CHECKER, checkerFor(file))
  process.chdir(folder)
  try {
    await prelude?.()
    await load()
  } catch (error) {
    throw error instanceof DoctestError ? error : located(error, file, generated)
  } finally {
    process.chdir(home)
    rmSync(folder, { recursive: true, force: true })
  }
}

function located(error: unknown, file: string, generated: string): DoctestError {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frame = stack.split('\n').find((line) => line.includes(generated))
  const line = /:(\d+):\d+\)?$/.exec(frame ?? '')?.[1]
  const place = line === undefined ? file : `${file}:${line}`
  return new DoctestError(`${place}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, {
    cause: error,
  })
}
