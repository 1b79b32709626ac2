import { readFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from '@tooling/browser/chromium'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The stores of a page, in Chromium: what is kept is there when the page comes again, and a page that goes in the middle of
// saving leaves the old content or the new one.

declare const storage: {
  save(kind: string, byte: number): Promise<void>
  load(kind: string): Promise<number | null>
  saveForever(kind: string): Promise<never>
  failure(act: string): Promise<unknown>
}

const ADDRESS = 'https://files.invalid/app/page/'
let browser: Awaited<ReturnType<typeof launch>>
let folder = ''
let context: Awaited<ReturnType<(typeof browser)['newContext']>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neurite-files-page-'))
  await build({
    entryPoints: [join(import.meta.dirname, 'support/page-storage.ts')],
    outfile: join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@neurite/source'],
  })
  browser = await launch()
  context = await browser.newContext()
  await context.route('https://files.invalid/**', (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/page.js')
      return route.fulfill({ contentType: 'text/javascript', body: readFileSync(join(folder, 'page.js')) })
    if (pathname === '/app/file.bin') return route.fulfill({ body: Buffer.from([1, 2, 3]) })
    if (pathname === '/app/page/')
      return route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><script type="module" src="/page.js"></script>',
      })
    return route.fulfill({ status: 404, body: 'Not found' })
  })
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

async function open() {
  const page = await context.newPage()
  await page.goto(ADDRESS)
  await page.waitForFunction(() => 'storage' in globalThis)
  return page
}

describe.each(['IndexedDB', 'OPFS'])('%s', (kind) => {
  test('keeps the last, also for the next page', async () => {
    const first = await open()
    expect(await first.evaluate((kind) => storage.load(kind), kind)).toBeNull()
    await first.evaluate((kind) => storage.save(kind, 7), kind)
    await first.evaluate((kind) => storage.save(kind, 8), kind)
    await first.close()
    const second = await open()
    expect(await second.evaluate((kind) => storage.load(kind), kind)).toBe(8)
    await second.close()
  })

  test('of two pages that save at once neither mixes', async () => {
    const [a, b] = await Promise.all([open(), open()])
    const saves = [a, b].flatMap((page, i) =>
      [1, 2, 3].map((n) =>
        page.evaluate(([kind, byte]) => storage.save(kind, byte), [kind, 10 * (i + 1) + n] as const),
      ),
    )
    await Promise.allSettled(saves)
    expect([11, 12, 13, 21, 22, 23]).toContain(await a.evaluate((kind) => storage.load(kind), kind))
    await Promise.all([a.close(), b.close()])
  })

  test('a page that goes in the middle of saving leaves something whole', async () => {
    for (let i = 0; i < 8; i++) {
      const page = await open()
      page.evaluate((kind) => storage.saveForever(kind), kind).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 30 * i))
      await page.close()
      const next = await open()
      expect(await next.evaluate((kind) => storage.load(kind), kind)).toBeGreaterThan(0)
      await next.close()
    }
  })
})

test('a failure is coded, and the old content stays', async () => {
  const page = await open()
  const before = await page.evaluate(() => storage.load('IndexedDB'))
  expect(await page.evaluate(() => storage.failure('full'))).toMatchObject({
    code: 'BAD_FILE',
    message: expect.stringMatching(/cannot keep 'run'/) as string,
  })
  expect(await page.evaluate(() => storage.load('IndexedDB'))).toBe(before)
  await page.close()
})

test('an address is taken relative to the page', async () => {
  const page = await open()
  expect(await page.evaluate(() => storage.failure('relative'))).toEqual([1, 2, 3])
  expect(await page.evaluate(() => storage.failure('missing'))).toMatchObject({
    code: 'BAD_FILE',
    message: expect.stringMatching(/status 404/) as string,
  })
  await page.close()
})
