import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from './install.js'
import { run } from './run.js'
import { compareBits, runPrograms, runtimes } from './runtimes.js'
import { checkTypes } from './types.js'
import { buildPage } from './vite.js'

// The packed tarballs of a folder, installed into an empty project by npm and used from there: nothing of the workspace is in reach.
const { values } = parseArgs({ options: { tarballs: { type: 'string' } } })
if (values.tarballs === undefined)
  throw new Error('--tarballs FOLDER is missing: the packages as `pnpm pack` makes them')
const tarballs = readdirSync(values.tarballs).map((name) => resolve(values.tarballs ?? '', name))

const project = realpathSync(mkdtempSync(join(tmpdir(), 'neurite-smoke-')))
try {
  await smoke()
} finally {
  rmSync(project, { recursive: true, force: true })
}

async function smoke(): Promise<void> {
  const packages = await install(project, tarballs)
  cpSync(resolve(import.meta.dirname, '../programs'), project, { recursive: true })
  await buildPage(join(project, 'page'), join(project, 'built'))
  const all = await runtimes()
  for (const runtime of all) await runPrograms(project, runtime)
  for (const { command } of all.slice(1)) await run(project, ...command, 'import-all.mjs', ...packages)
  // No package needs another to have been imported before.
  for (const name of packages) await run(project, ...all[0]!.command, 'import-all.mjs', name)
  await compareBits(project, all)
  const compiled = await checkTypes(project, packages)
  const names = all.map(({ name }) => name).join(', ')
  process.stdout.write(`import, require(), a Vite build and the same bits on ${names}; ${compiled} compilations\n`)
}
