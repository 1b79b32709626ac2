import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { generate } from './generate.js'

// pnpm doctest [path ...]: all fences, or those of the files whose path begins with one of these.
const folder = resolve(import.meta.dirname, '..')
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const count = generate({ root: resolve(folder, '../..'), out: resolve(folder, '.generated'), only })
process.stdout.write(`${count} fences\n`)
if (!process.argv.includes('--generate-only')) {
  const { status } = spawnSync(resolve(folder, 'node_modules/.bin/vitest'), ['run', '.generated/'], {
    cwd: folder,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
