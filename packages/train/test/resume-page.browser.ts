import { join } from 'node:path'
import { launch } from '@tooling/browser/chromium'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { training as Training } from './support/page-training.js'

// A page that is reloaded in the middle of a training goes on from IndexedDB, to the bits of a run that nobody interrupted.

declare const training: typeof Training

let browser: Awaited<ReturnType<typeof launch>>
let context: Awaited<ReturnType<(typeof browser)['newContext']>>

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'support/page-training.ts')],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@neurite/source'],
  })
  const [script] = outputFiles
  browser = await launch()
  context = await browser.newContext()
  await context.route('https://training.invalid/**', (route) =>
    new URL(route.request().url()).pathname === '/page.js'
      ? route.fulfill({ contentType: 'text/javascript', body: Buffer.from(script!.contents) })
      : route.fulfill({
          contentType: 'text/html',
          body: '<!doctype html><script type="module" src="/page.js"></script>',
        }),
  )
})
afterAll(() => browser.close())

test('a page that is reloaded again and again ends with the bits of an uninterrupted run', async () => {
  const page = await context.newPage()
  const loaded = () => page.waitForFunction(() => 'training' in globalThis)
  await page.goto('https://training.invalid/')
  await loaded()
  const whole = await page.evaluate(() => training.train('whole'))
  expect(whole).toMatchObject({ begun: 0, iterations: 72 })

  // In the first epoch and later ones, within and at their ends; each time while the page trains, or has just stopped to.
  const reloads = [3, 4, 11, 17, 40, 65]
  for (const [i, from] of reloads.entries()) {
    const haltAt = from + 3
    page.evaluate((haltAt) => training.train('run', haltAt), haltAt).catch(() => undefined)
    await page.waitForFunction((from) => training.seen.iteration >= from, from)
    await page.reload()
    await loaded()
    expect(await page.evaluate(() => training.seen.iteration), `a new page, reload ${i}`).toBe(-1)
  }
  const { begun, ...ended } = await page.evaluate(() => training.train('run'))
  expect(begun).toBeGreaterThanOrEqual(65)
  expect(begun).toBeLessThan(72)
  expect({ ...ended, begun: 0 }).toEqual(whole)
  await page.close()
})
