import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Mutant } from './mutants.js'

/** What hangs is noticed: a person would end it. */
const LONGEST = 300_000

/** Whether the tests of one of the folders fail, or never end, with the change in place. The file is as it was afterwards, also after Ctrl-C. */
export async function isCaught(mutant: Mutant, folders: readonly string[]): Promise<boolean> {
  const original = readFileSync(mutant.file, 'utf8')
  const restore = (): void => writeFileSync(mutant.file, original)
  const stop = (): never => {
    restore()
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    writeFileSync(mutant.file, original.slice(0, mutant.from) + mutant.replacement + original.slice(mutant.to))
    for (const folder of folders) if (!(await passes(folder, mutant.file))) return true
    return false
  } finally {
    restore()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** Runs the tests of a folder that import a file. */
export function passes(folder: string, file: string): Promise<boolean> {
  return new Promise((settle, refuse) => {
    const words = ['exec', 'vitest', 'related', '--run', '--bail=1', '--passWithNoTests', '--reporter=dot', file]
    const child = spawn('pnpm', words, { cwd: folder, stdio: 'ignore', timeout: LONGEST })
    child.on('error', refuse)
    child.on('close', (code) => settle(code === 0))
  })
}
