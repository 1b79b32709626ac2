import { launch } from '@tooling/browser/chromium'
import { build } from 'esbuild'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Seen } from './page.js'

// Web Workers, in Chromium: bundled from source, as a user's build would.

declare const seen: Seen

const ORIGIN = 'https://worker.invalid'

let browser: Awaited<ReturnType<typeof launch>>
let page: Awaited<ReturnType<typeof browser.newPage>>
let folder: string
const wrong: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neurite-web-workers-'))
  const modules = { page: 'browser/page', worker: 'channel/worker', 'train-worker': 'training/worker' }
  await build({
    entryPoints: Object.entries(modules).map(([out, path]) => ({
      out,
      in: join(import.meta.dirname, `../${path}.ts`),
    })),
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@neurite/source'],
  })
  browser = await launch()
  page = await browser.newPage()
  page.on('pageerror', ({ message }) => wrong.push(message))
  await page.route(`${ORIGIN}/**`, (route) => {
    const name = basename(new URL(route.request().url()).pathname)
    if (name === 'nowhere.js') return route.fulfill({ status: 404 })
    const script = name.endsWith('.js')
    return route.fulfill({
      contentType: script ? 'text/javascript' : 'text/html',
      body: script
        ? name === 'damaged.js'
          ? 'export const {'
          : readFileSync(join(folder, name), 'utf8')
        : '<!doctype html><script type="module" src="/page.js"></script>',
    })
  })
  await page.goto(ORIGIN)
  await page.waitForFunction(() => 'seen' in globalThis)
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

test('calls are answered, by a module that listens late too, and memory is moved', async () => {
  expect(await page.evaluate(() => seen.calls())).toEqual({ sum: 6, moved: 6, left: 0, filled: [1, 1, 1] })
})

test('streams make what is asked for, and end when they are left', async () => {
  expect(await page.evaluate(() => seen.streams())).toEqual({ events: [0, 1, 2], made: 3, closed: 1 })
})

test('an abort ends a call with its reason, here and there', async () => {
  expect(await page.evaluate(() => seen.abort())).toEqual({ message: 'enough', there: ['enough'] })
})

test('errors keep their codes', async () => {
  const [coded, plain] = await page.evaluate(() => seen.errors())
  expect(coded).toEqual({ code: 'SHAPE_MISMATCH', message: 'fail: made up. [SHAPE_MISMATCH]' })
  expect(plain).toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringMatching(/'fail' threw RangeError/) as string,
  })
})

test('workers that die reject what is in flight, and say why', async () => {
  const [uncaught, missing, damaged] = await page.evaluate(() => seen.deaths())
  expect(uncaught).toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringMatching(/worker\.js ended: .*JSON/) as string,
  })
  expect(missing).toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringMatching(/nowhere\.js ended/) as string,
  })
  expect(damaged).toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringMatching(/damaged\.js ended/) as string,
  })
})

test('a training gives the same bits as on the page', async () => {
  const { there, here } = await page.evaluate(() => seen.training())
  expect(here.length).toBeGreaterThan(50)
  expect(there).toEqual(here)
  expect(wrong).toEqual([])
})
