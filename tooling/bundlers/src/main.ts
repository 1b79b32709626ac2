import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { launch } from '@tooling/browser/chromium'
import type { Browser } from 'playwright-core'
import { install } from './install.js'
import { writeModules } from './readme.js'
import { checkTable } from './table.js'
import { visit } from './visit.js'
import { esbuild } from './ways/esbuild.js'
import { importMap } from './ways/import-map.js'
import { parcel } from './ways/parcel.js'
import { rollup } from './ways/rollup.js'
import { vite } from './ways/vite.js'
import type { Way } from './ways/way.js'
import { webpack } from './ways/webpack.js'

// Pages of the packed packages: built in each way without a warning, run in Chromium under script-src 'self', with the same loss everywhere.
const { values } = parseArgs({ options: { tarballs: { type: 'string' }, update: { type: 'boolean', default: false } } })
if (values.tarballs === undefined)
  throw new Error('--tarballs FOLDER is missing: the packages as `pnpm pack` makes them')

const WAYS: readonly Way[] = [vite, esbuild, webpack, rollup, parcel, importMap]
const PAGES = { fit: WAYS, engine: WAYS, search: [vite] }
const root = resolve(import.meta.dirname, '../../..')

const project = await install(values.tarballs)
const browser = await launch()
try {
  cpSync(resolve(import.meta.dirname, '../pages'), join(project, 'pages'), { recursive: true })
  const modules = writeModules(join(project, 'node_modules/@neurite/search/README.md'), join(project, 'pages/search'))
  if (modules.join() !== 'objective.ts,search.ts')
    throw new Error(`the README of search has ${modules.join() || 'no modules'}`)
  process.exitCode = (await run(browser)) ? 0 : 1
} finally {
  await browser.close()
  rmSync(project, { recursive: true, force: true })
}

/** Builds and visits everything; whether nothing was wrong. */
async function run(browser: Browser): Promise<boolean> {
  const problems: string[] = []
  const sizes = new Map<string, Record<string, number>>(WAYS.map(({ name }) => [name, {}]))
  for (const [page, ways] of Object.entries(PAGES)) {
    const losses = new Map<string, string>()
    for (const way of ways) {
      const start = performance.now()
      try {
        const out = `built/${page}/${way.name.replaceAll(' ', '-')}`
        mkdirSync(join(project, out), { recursive: true })
        const folders = { source: join(project, 'pages', page), out: join(project, out), project }
        const { warnings, scripts = [] } = await way.build({ name: page, ...folders })
        problems.push(...warnings.map((warning) => `${page}, ${way.name}: warning: ${warning}`))
        const built = performance.now()
        const { loss, gzipped } = await visit(browser, project, out, scripts)
        losses.set(way.name, loss)
        if (ways === WAYS) sizes.get(way.name)![page] = gzipped / 1000
        const seconds = [built - start, performance.now() - built].map((time) => (time / 1000).toFixed(1))
        process.stdout.write(
          `${page}, ${way.name}: loss ${loss}, ${(gzipped / 1000).toFixed(1)} kB, ${seconds.join(' + ')} s\n`,
        )
      } catch (error) {
        problems.push(`${page}, ${way.name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    if (new Set(losses.values()).size > 1) problems.push(`${page}: losses differ: ${JSON.stringify([...losses])}`)
  }
  if (problems.length === 0) problems.push(...checkTable(join(root, 'docs/bundlers.md'), sizes, values.update))
  process.stdout.write(
    problems.length === 0
      ? `${WAYS.length} ways, ${Object.keys(PAGES).length} pages, the same losses under script-src 'self'\n`
      : `${problems.join('\n')}\n`,
  )
  return problems.length === 0
}
