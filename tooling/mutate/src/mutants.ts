import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Instrumenter } from '@stryker-mutator/instrumenter'

/** One small change of one file. */
export interface Mutant {
  readonly file: string
  readonly from: number
  readonly to: number
  readonly replacement: string
  /** What kind of change it is, in Stryker's words. */
  readonly kind: string
}

/** Texts are messages for people: a change of one is no fault that a test should know. */
const LEFT_OUT = ['StringLiteral']

/** All changes that Stryker knows for the sources in a folder. */
export async function mutantsOf(folder: string): Promise<Mutant[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({ name: join(folder, name), content: readFileSync(join(folder, name), 'utf8'), mutate: true }))
  const options = { plugins: null, excludedMutations: LEFT_OUT, ignorers: [] }
  const { mutants } = await new Instrumenter(SILENT).instrument(files, options)
  const contents = new Map(files.map(({ name, content }) => [name, content]))
  return mutants
    .filter(({ status }) => status === undefined)
    .map(({ fileName, location, replacement, mutatorName }) => ({
      file: fileName,
      from: offsetOf(contents.get(fileName)!, location.start),
      to: offsetOf(contents.get(fileName)!, location.end),
      replacement,
      kind: mutatorName,
    }))
}

/** The place of a line and a column, both from 0. */
function offsetOf(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  let start = 0
  for (let i = 0; i < line; i++) start = text.indexOf('\n', start) + 1
  return start + column
}

/** A sample without repetition: the same seed draws the same from the same mutants, whatever their order, and wherever `folder` lies. */
export function sample(mutants: readonly Mutant[], folder: string, size: number, seed: number): Mutant[] {
  const rank = ({ file, from, to, replacement }: Mutant): string =>
    createHash('sha256')
      .update(JSON.stringify([seed, relative(folder, file), from, to, replacement]))
      .digest('hex')
  return mutants
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, size)
    .map(({ mutant }) => mutant)
}

const no = (): boolean => false
const nothing = (): void => {}
const SILENT = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
}
