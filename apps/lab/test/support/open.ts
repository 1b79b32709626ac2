import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { launch } from '@tooling/browser/chromium'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, expect, inject } from 'vitest'
import type { Language } from '../../src/i18n/language.js'

let browser: Promise<Browser> | undefined
afterAll(async () => (await browser)?.close())

/** What pages of the present test called errors, whether it asked for that or not: no test passes on them. */
const errors: string[] = []
afterEach(() => expect(errors.splice(0)).toEqual([]))

export interface Visit {
  readonly language?: Language
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  /** What stands after `?` in the lab's link. */
  readonly state?: string
  readonly reducedMotion?: boolean
  /** A policy that forbids to compile WebAssembly in the worker. */
  readonly withoutWebAssembly?: boolean
}

export interface Opened {
  readonly page: Page
  /** Everything that the page complained about; a test expects it empty at its end. */
  readonly complaints: string[]
}

/** A fresh page with a lab in it, waited for until its stage is there. `undefined` is the contents. */
export async function open(lab: string | undefined, visit: Visit = {}): Promise<Opened> {
  const { language = 'ko', theme = 'light', width = 1280, height = 800, state, reducedMotion = false } = visit
  browser ??= launch()
  const context = await (
    await browser
  ).newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    // Its cache would answer with the site of an earlier build.
    serviceWorkers: 'block',
  })
  if (visit.withoutWebAssembly === true)
    await context.route('**/tasks.worker-*.js', async (route) => {
      const response = await route.fetch()
      const headers = { ...response.headers(), 'content-security-policy': "script-src 'self'" }
      await route.fulfill({ response, headers })
    })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    const ours = message.text() !== 'Service Worker registration blocked by Playwright'
    if (ours && ['error', 'warning'].includes(message.type())) complaints.push(message.text())
    // A policy that is broken on purpose is complained about.
    if (ours && message.type() === 'error' && visit.withoutWebAssembly !== true) errors.push(message.text())
  })
  page.on('pageerror', (error) => {
    complaints.push(error.message)
    errors.push(error.message)
  })
  const path = lab === undefined ? language : `${language}/${lab}`
  await page.goto(`${inject('address')}#/${path}${state === undefined ? '' : `?v=1&${state}`}`)
  await page.waitForSelector(lab === undefined ? '.contents' : '.lab')
  return { page, complaints }
}

/** WCAG 2.2 AA by axe, with zero violations. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  // As text: `axe` is a global of the page alone.
  const found = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
  expect(found).toEqual([])
}

/** Nothing is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { wide, window } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }))
  expect(wide).toBeLessThanOrEqual(window)
}

/** Keeps a picture for people to look at: CI keeps `.reports`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = resolve(import.meta.dirname, '../../.reports/pictures')
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: resolve(folder, `${name}.png`) })
}
