import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Mutant } from './mutants.js'

/** The first test of the folders that fails with the change in place; undefined if all pass. The file is as it was afterwards, also after Ctrl-C. */
export async function caughtBy(mutant: Mutant, folders: readonly string[], limit: number): Promise<string | undefined> {
  const original = readFileSync(mutant.file, 'utf8')
  const restore = (): void => writeFileSync(mutant.file, original)
  process.once('exit', restore)
  try {
    writeFileSync(mutant.file, original.slice(0, mutant.from) + mutant.replacement + original.slice(mutant.to))
    for (const folder of folders) {
      const failure = await firstFailure(folder, mutant.file, limit)
      if (failure !== undefined) return failure
    }
    return undefined
  } finally {
    restore()
    process.off('exit', restore)
  }
}

/** Runs the tests of a folder that import a file. What takes longer than `limit` milliseconds has failed: a person would end it. */
export function firstFailure(folder: string, file: string, limit: number): Promise<string | undefined> {
  const vitest = join(dirname(createRequire(join(folder, 'package.json')).resolve('vitest/package.json')), 'vitest.mjs')
  const words = [vitest, 'related', '--run', '--bail=1', '--passWithNoTests', '--reporter=dot', file]
  return new Promise((settle, refuse) => {
    // A group of its own: a worker that never ends outlives vitest, and only the group's end reaches it.
    const child = spawn(process.execPath, words, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    const end = (): void => void (child.exitCode === null && process.kill(-child.pid!, 'SIGKILL'))
    process.once('exit', end)
    let late = false
    const timer = setTimeout(() => {
      late = true
      end()
    }, limit)
    let said = ''
    child.stdout.on('data', (text) => (said += text))
    child.stderr.on('data', (text) => (said += text))
    child.on('error', refuse)
    child.on('close', (code) => {
      clearTimeout(timer)
      process.off('exit', end)
      if (late) settle('no test: they never end')
      else if (code === 0) settle(undefined)
      else settle(failureIn(said))
    })
  })
}

/** The first test that a report names; of a file that fails as a whole, often only since others ended it early, the file. */
function failureIn(report: string): string {
  const failures = [...report.matchAll(/^ *FAIL +(.*)$/gm)].map(([, name]) => name!)
  return failures.find((name) => name.includes(' > ')) ?? failures[0] ?? 'no test: vitest itself fails'
}
