import { launch } from '@tooling/browser/chromium'
import axe from 'axe-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boardOf } from './support/board.js'
import { report } from './support/reports.js'

const FOUND = 'axe.run().then(({ violations }) => violations.map(({ id }) => id))'

let browser: Awaited<ReturnType<typeof launch>>
beforeAll(async () => void (browser = await launch()))
afterAll(() => browser.close())

test('what is hostile is text, and the page is shown anew: open logs stay open, and a pause holds', async () => {
  let state: typeof report.state = 'running'
  let asked = 0
  const show = async () => {
    asked++
    return { ...report, state }
  }
  const list = async () => [report]
  const board = await boardOf({ reports: { show, list, history: async () => [] } })
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => problems.push(message.text()))
  page.on('dialog', (dialog) => {
    problems.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(`${board.url}studies/7`)
  await page.locator('summary').first().click()
  expect(await page.locator('pre').first().textContent()).toBe(report.failures[0]!.log)
  expect(await page.locator('h1').textContent()).toBe(`7: ${report.name}, digits`)

  state = 'done'
  await page.locator('main strong', { hasText: 'done' }).waitFor()
  expect(await page.locator('pre').first().isVisible()).toBe(true)
  expect(await page.locator('pre').last().isVisible()).toBe(false)

  await page.getByRole('button', { name: 'Pause', pressed: false }).click()
  await page.getByRole('button', { name: 'Pause', pressed: true }).waitFor()
  state = 'cancelled'
  // One more may be under way.
  await page.waitForTimeout(2500)
  const before = asked
  await page.waitForTimeout(4500)
  expect(asked).toBe(before)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.locator('main strong', { hasText: 'cancelled' }).waitFor()

  await board.close()
  await page.getByText(/No answer since \d\d:\d\d:\d\d/).waitFor()
  expect(problems.filter((problem) => !problem.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
  await page.close()
})

test('pages fit narrow and wide windows, in light and dark, and axe finds nothing', async () => {
  const board = await boardOf()
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true })
      const page = await context.newPage()
      for (const path of ['', 'studies/7', 'queue', 'nowhere']) {
        await page.goto(board.url + path)
        await page.evaluate(axe.source)
        const found = await page.evaluate<string[]>(FOUND)
        expect([path, colorScheme, width, found]).toEqual([path, colorScheme, width, []])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      }
      await context.close()
    }
  }
  await board.close()
})
