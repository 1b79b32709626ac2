import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkTypes } from './check-types.js'
import { newerNode } from './newer-node.js'
import { run } from './run.js'
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
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }))
  await run(project, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...tarballs)
  cpSync(resolve(import.meta.dirname, '../programs'), project, { recursive: true })
  await buildPage(join(project, 'page'), join(project, 'built'))
  checkTypes(project, join(project, 'consumer.ts'))

  const newer = await newerNode(resolve(import.meta.dirname, '../.generated'))
  const nodes = [process.execPath, ...(newer === undefined ? [] : [newer])]
  const versions: string[] = []
  for (const node of nodes) {
    versions.push(await run(project, node, '--version'))
    for (const program of ['import.mjs', 'require.cjs', 'run-page.mjs']) await run(project, node, program)
    await importEverything(node)
  }
  process.stdout.write(`import, require() and a Vite build on Node ${versions.join(' and ')}\n`)
}

/** Each package alone in a process: no package needs another to have been imported before. */
async function importEverything(node: string): Promise<void> {
  const folder = join(project, 'node_modules/@neurite')
  mkdirSync(folder, { recursive: true })
  for (const name of ['neurite', ...readdirSync(folder).map((name) => `@neurite/${name}`)]) {
    await run(project, node, '--input-type=module', '--eval', `await import('${name}')`)
  }
}
