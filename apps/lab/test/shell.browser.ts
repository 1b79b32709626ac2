import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { launch } from '@tooling/browser/chromium'
import { expect, inject, test } from 'vitest'
import { LABS } from '../src/labs/registry.js'
import { LANGUAGES } from '../src/i18n/language.js'
import { expectAccessible, expectNoSidewaysScroll, keepPicture, open } from './support/open.js'

const SETTLED = '[data-working="false"]'

for (const language of LANGUAGES)
  for (const theme of ['light', 'dark'] as const)
    for (const width of [360, 1280])
      test(`contents: ${language}, ${theme}, ${width} px`, async () => {
        const { page, complaints } = await open(undefined, { language, theme, width })
        expect(await page.locator('.contents-list li').count()).toBe(LABS.length)
        await expectNoSidewaysScroll(page)
        await expectAccessible(page)
        await keepPicture(page, `contents-${language}-${theme}-${width}`)
        expect(complaints).toEqual([])
        await page.context().close()
      })

test('another language keeps the state of the lab, and says so in the page and in its address', async () => {
  const { page } = await open('approximation', { language: 'ko', state: 'n=3&target=abs' })
  await page.waitForSelector(SETTLED)
  await page.click('a[hreflang="en"]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  expect(page.url()).toContain('#/en/approximation?')
  expect(await page.locator('.idea .scrub').textContent()).toBe('3')
  expect(await page.title()).toContain('Neurite lab')
})

test('back leaves the lab, and the lab is found as it was left', async () => {
  const { page } = await open(undefined, { language: 'en' })
  await page.click('.contents-list a >> nth=0')
  await page.waitForSelector('.lab')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  await page.locator('.idea .scrub').focus()
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(() => location.hash.includes('n=5'))
  await page.goBack()
  await page.waitForSelector('.contents')
  await page.click('.contents-list a >> nth=0')
  await page.waitForSelector('.lab')
  expect(await page.locator('.idea .scrub').textContent()).toBe('5')
})

test('reset asks nothing and can be undone', async () => {
  const { page } = await open('approximation', { language: 'en', state: 'n=3' })
  const neurons = page.locator('.idea .scrub')
  await page.getByRole('button', { name: 'Reset' }).click()
  await expect.poll(() => neurons.textContent()).toBe('6')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => neurons.textContent()).toBe('3')
})

test('the colours follow the device, or what the reader chose', async () => {
  const { page } = await open('approximation', { language: 'en', theme: 'dark' })
  const theme = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset['theme'])
  expect(await theme()).toBe('dark')
  await page.click('.menu summary')
  await page.getByLabel('light').check()
  expect(await theme()).toBe('light')
  await page.reload()
  await page.waitForSelector('.lab')
  expect(await theme()).toBe('light')
})

test('presenting shows one block at a time in large type, and the arrow keys turn them', async () => {
  const { page } = await open('approximation', { width: 1920, height: 1080 })
  await page.waitForSelector(SETTLED)
  await page.keyboard.press('p')
  const seen = (): Promise<string[]> =>
    page.locator('.block:not([hidden])').evaluateAll((blocks) => blocks.map(({ className }) => className))
  await expect.poll(seen).toEqual(['block block-idea'])
  const size = await page.locator('.idea').evaluate((idea) => parseFloat(getComputedStyle(idea).fontSize))
  expect(size).toBeGreaterThanOrEqual(28)
  await keepPicture(page, 'presenting-ko-light-1920')
  await page.keyboard.press('ArrowRight')
  await expect.poll(seen).toEqual(['block block-formula'])
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await seen()).length).toBe(5)
})

test('the keys are listed, and the list gives the focus back', async () => {
  const { page } = await open('approximation', { language: 'en' })
  await page.locator('.idea .scrub').focus()
  await page.locator('main').focus()
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open]')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog:not([open])', { state: 'attached' })
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
})

test('a link of nobody opens the contents, and a hostile one opens the lab as it is at first', async () => {
  const { page, complaints } = await open('approximation', {
    state: `n=1e9&target=__proto__&own=${'9,'.repeat(3000)}&phi=%3Cscript%3E`,
  })
  await page.waitForSelector(SETTLED)
  expect(await page.locator('.idea .scrub').textContent()).toBe('6')
  await page.goto(`${inject('address')}#/ko/constructor`)
  await page.waitForSelector('.contents')
  expect(complaints).toEqual([])
})

test('offline after the first load, from a sub-path or not', async () => {
  const browser = await launch()
  try {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${inject('address')}#/en/approximation`)
    await page.waitForSelector(SETTLED)
    await page.evaluate(async () => navigator.serviceWorker.ready)
    // The list of files is fetched before the worker is ready; the page is its own from the next load on.
    await context.setOffline(true)
    await page.reload()
    await page.waitForSelector(SETTLED)
    await page.goto(`${inject('address')}#/en/hyperparameters`)
    await page.waitForSelector('[data-best="true"]')
  } finally {
    await browser.close()
  }
})

const dist = resolve(import.meta.dirname, '../dist')

test('the page has a strict policy, nothing inline, and relative addresses', () => {
  const html = readFileSync(resolve(dist, 'index.html'), 'utf8')
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!.replaceAll('&#39;', "'")
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/)
  expect(html).not.toMatch(/ style=|<style|<script(?![^>]* src=)/)
  for (const [, address] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\.\//)
})

/** gzip, bytes: the page and its worker until the stage is there and answers; and the page's with its formulas. */
const [INTERACTIVE, WITH_FORMULAS] = [115_000, 147_000]

test('the first lab answers after less than 115 kB of script, and the page has its formulas after less than 147 kB', async () => {
  const { page } = await open('approximation')
  await page.waitForSelector(SETTLED)
  await page.waitForSelector('.formula .katex')
  const scripts = (): string[] =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name.split('/').at(-1)!)
      .filter((name) => name.endsWith('.js'))
  const [ofPage, ofWorker] = [await page.evaluate(scripts), await page.workers()[0]!.evaluate(scripts)]
  expect(ofPage.length).toBeGreaterThan(4)
  expect(ofWorker.length).toBeGreaterThan(4)
  const isFormulas = (file: string): boolean => file.startsWith('katex')
  const sum = (files: readonly string[]): number =>
    [...new Set(files)]
      .map((file) => gzipSync(readFileSync(resolve(dist, 'assets', file))).length)
      .reduce((all, size) => all + size, 0)
  // KaTeX comes when a formula is shown; the stage and the controls do not wait for it.
  expect(sum([...ofPage, ...ofWorker].filter((file) => !isFormulas(file)))).toBeLessThan(INTERACTIVE)
  expect(ofPage.some(isFormulas)).toBe(true)
  expect(sum(ofPage)).toBeLessThan(WITH_FORMULAS)
})
