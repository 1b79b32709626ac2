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
const OPTIONS = { plugins: null, excludedMutations: ['StringLiteral'], ignorers: [] }

/** All changes that Stryker knows for the sources in a folder. */
export async function mutantsOf(folder: string): Promise<Mutant[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({ name: join(folder, name), content: readFileSync(join(folder, name), 'utf8'), mutate: true }))
  return drawn(files, (await new Instrumenter(SILENT).instrument(files, OPTIONS)).mutants)
}

/** Files with some mutants built in, all off, that note at run time which of them a test comes by; and the ids that they note, in the order of the mutants. */
export async function instrumented(
  mutants: readonly Mutant[],
): Promise<{ readonly texts: Readonly<Record<string, string>>; readonly ids: readonly (string | undefined)[] }> {
  const files = [...new Set(mutants.map(({ file }) => file))].map((name) => {
    const content = readFileSync(name, 'utf8')
    const own = mutants.filter(({ file }) => file === name)
    const mutate = own.map(({ from, to }) => ({ start: placeOf(content, from), end: placeOf(content, to) }))
    return { name, content, mutate }
  })
  const made = await new Instrumenter(SILENT).instrument(files, OPTIONS)
  const key = ({ file, from, to, replacement }: Mutant): string => JSON.stringify([file, from, to, replacement])
  const ids = new Map(drawn(files, made.mutants).map((mutant) => [key(mutant), mutant.id]))
  return {
    texts: Object.fromEntries(made.files.map(({ name, content }) => [name, content])),
    ids: mutants.map((mutant) => ids.get(key(mutant))),
  }
}

/** Stryker's mutants as places in the texts. */
function drawn(
  files: readonly { readonly name: string; readonly content: string }[],
  mutants: Awaited<ReturnType<Instrumenter['instrument']>>['mutants'],
): (Mutant & { readonly id: string })[] {
  const contents = new Map(files.map(({ name, content }) => [name, content]))
  return mutants
    .filter(({ status }) => status === undefined)
    .map(({ id, fileName, location, replacement, mutatorName }) => ({
      id,
      file: fileName,
      from: offsetOf(contents.get(fileName)!, location.start),
      to: offsetOf(contents.get(fileName)!, location.end),
      replacement,
      kind: mutatorName,
    }))
}

/** The line and the column of a place, both from 0. */
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length - 1, column: before.at(-1)!.length }
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
