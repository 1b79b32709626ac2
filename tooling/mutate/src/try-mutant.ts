import { readFileSync, writeFileSync } from 'node:fs'
import { instrumented, type Mutant } from './mutants.js'
import type { Tests } from './tests.js'

/** The tests of a folder: how long each file of them takes, and which mutants it comes by. */
export interface Covered {
  readonly tests: Tests
  readonly files: readonly {
    readonly test: string
    readonly milliseconds: number
    readonly near: ReadonlySet<Mutant>
  }[]
}

/** Runs the tests of a folder once. @throws Error if one of them fails without any change */
export async function coverage(mutants: readonly Mutant[], tests: Tests): Promise<Covered> {
  const { texts, ids } = await instrumented(mutants)
  const files = await tests.cover(texts)
  return {
    tests,
    files: files.map(({ ids: met, ...file }) => {
      const known = new Set(met)
      return { ...file, near: new Set(mutants.filter((_, i) => known.has(ids[i] ?? ''))) }
    }),
  }
}

/**
 * The first test that fails with the change in place, and how; undefined if all pass. Those that come by its place are tried, the
 * quickest first; if none does, all are, since a line may also run in another process. The file is as it was afterwards, also after Ctrl-C.
 *
 * @param patience - milliseconds that a busy machine may lose
 */
export async function caughtBy(
  mutant: Mutant,
  covered: readonly Covered[],
  patience: number,
): Promise<string | undefined> {
  const original = readFileSync(mutant.file, 'utf8')
  const restore = (): void => writeFileSync(mutant.file, original)
  process.once('exit', restore)
  try {
    writeFileSync(mutant.file, original.slice(0, mutant.from) + mutant.replacement + original.slice(mutant.to))
    const somewhere = covered.some(({ files }) => files.some(({ near }) => near.has(mutant)))
    for (const { tests, files } of covered) {
      const chosen = files.filter(({ near }) => !somewhere || near.has(mutant))
      const quickest = [...chosen].sort((a, b) => a.milliseconds - b.milliseconds)
      // What takes three times as long as without a change will not end.
      const limit = patience + 3 * quickest.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
      const names = quickest.map(({ test }) => test)
      const failure = names.length > 0 ? await tests.failure(mutant.file, names, limit) : undefined
      if (failure !== undefined) return failure
    }
    return undefined
  } finally {
    restore()
    process.off('exit', restore)
  }
}
