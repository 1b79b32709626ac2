import { launch } from '@tooling/browser/chromium'
import { build } from 'esbuild'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gridSearch, type Trial } from '../../src/index.js'
import { objective } from './objective.js'

// A search in Web Workers, in Chromium: bundled from source, as a user's build would.

type Results = readonly Pick<Trial<unknown>, 'point' | 'value' | 'error'>[]

declare const search: (workers: number) => Promise<Results>
declare const failure: (act: string) => Promise<{ readonly code: string; readonly message: string }>

const ORIGIN = 'https://search.invalid'

let browser: Awaited<ReturnType<typeof launch>>
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neurite-web-workers-'))
  await build({
    entryPoints: ['page-search', 'worker'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@neurite/source'],
  })
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

test('a grid in three Web Workers gives the leaderboard of this process; failures are coded', async () => {
  const page = await browser.newPage()
  const wrong: string[] = []
  page.on('pageerror', ({ message }) => wrong.push(message))
  await page.route(`${ORIGIN}/**`, (route) => {
    const name = basename(new URL(route.request().url()).pathname)
    return name.endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: readFileSync(join(folder, name), 'utf8') })
      : route.fulfill({
          contentType: 'text/html',
          body: '<!doctype html><script type="module" src="/page-search.js"></script>',
        })
  })
  await page.goto(ORIGIN)
  await page.waitForFunction(() => 'search' in globalThis)

  const here = await gridSearch({ units: [4, 2], rate: [0.1, 1e30, 0.01] }, objective)
  const there = await page.evaluate(() => search(3))
  expect(there.map(({ point }) => point)).toEqual(here.leaderboard.map(({ point }) => point))
  // Math.sin and Math.cos, of which the data are made, may differ in the last digit between engines.
  there.forEach(({ value }, i) => {
    const expected = here.leaderboard[i]!.value
    if (expected === null) expect(value).toBeNull()
    else expect(value).toBeCloseTo(expected, 4)
  })
  expect(there.at(-1)!.error).toMatch(/NON_FINITE/)

  expect(await page.evaluate(() => failure('coded'))).toMatchObject({ code: 'SHAPE_MISMATCH' })
  const died = await page.evaluate(() => failure('uncaught'))
  expect(died.code).toBe('WORKER_FAILED')
  expect(died.message).toMatch(/trial 0.*JSON/)
  expect(await page.evaluate(() => failure('missing'))).toMatchObject({ code: 'WORKER_FAILED' })
  expect(wrong).toEqual([])
})
